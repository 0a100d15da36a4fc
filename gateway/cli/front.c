#include "gateway/cli/front.h"

#include <string.h>
#include <sys/stat.h>

/* One entry of smtpd_milters: "inet:host:port", or "{ inet:host:port, default_action=accept }". */
struct entry {
    const char *address;
    const char *default_action;
};

static struct entry read_entry(struct arena *arena, const char *word)
{
    struct entry entry = {word, ""};

    if (word[0] != '{')
        return entry;
    const size_t size = strlen(word);
    const char *inner = arena_copy(arena, word + 1, size > 2 ? size - 2 : 0);
    const char *const *parts = postfix_split(arena, inner);

    entry.address = parts[0] != NULL ? parts[0] : "";
    for (size_t i = 1; parts[0] != NULL && parts[i] != NULL; i++)
        if (g_str_has_prefix(parts[i], "default_action="))
            entry.default_action = parts[i] + strlen("default_action=");
    return entry;
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "127.0.0.1") == 0 || g_ascii_strcasecmp(host, "localhost") == 0;
}

/* Postfix writes host:port what libmilter writes port@host. */
static bool is_same_inet(struct arena *arena, const char *ours, const char *address)
{
    const char *at = strchr(ours, '@');
    const char *host = at != NULL ? at + 1 : "127.0.0.1";
    const size_t port_size = at != NULL ? (size_t)(at - ours) : strlen(ours);
    const char *colon = strrchr(address, ':');

    if (colon == NULL || strlen(colon + 1) != port_size || strncmp(colon + 1, ours, port_size) != 0)
        return false;
    const char *their_host = arena_copy(arena, address, (size_t)(colon - address));
    return g_ascii_strcasecmp(host, their_host) == 0 || strcmp(host, "0.0.0.0") == 0 ||
           (is_loopback(host) && is_loopback(their_host));
}

static bool is_same_file(const char *one, const char *other)
{
    struct stat one_status;
    struct stat other_status;

    if (strcmp(one, other) == 0)
        return true;
    return stat(one, &one_status) == 0 && stat(other, &other_status) == 0 &&
           one_status.st_dev == other_status.st_dev && one_status.st_ino == other_status.st_ino;
}

static bool is_same_unix(struct doctor *doctor, const struct postfix *postfix,
                         const struct postfix_door *door, const char *address)
{
    const char *ours = doctor->config->milter.socket;
    const char *path = g_str_has_prefix(ours, "unix:") ? ours + strlen("unix:") : ours;
    const char *queue = postfix_find(postfix, NULL, "queue_directory");
    const bool is_below = door->is_chrooted || address[0] != '/';
    const char *real =
        is_below && queue != NULL
            ? arena_format(doctor->arena, "%s/%s", queue, address[0] == '/' ? address + 1 : address)
            : address;

    if (is_same_file(path, real))
        return true;
    if (strcmp(path, address) == 0)
        doctor_report(doctor, DOCTOR_ERROR,
                      "set the chroot column of this service in master.cf to n, or use inet:",
                      "%s: runs in a chroot, where %s is %s: nobody answers there", door->name,
                      address, real);
    return false;
}

static bool is_ours(struct doctor *doctor, const struct postfix *postfix,
                    const struct postfix_door *door, const char *address)
{
    const char *ours = doctor->config->milter.socket;
    const bool is_inet = g_str_has_prefix(ours, "inet:");

    if (is_inet && g_str_has_prefix(address, "inet:"))
        return is_same_inet(doctor->arena, ours + strlen("inet:"), address + strlen("inet:"));
    if (!is_inet && (g_str_has_prefix(address, "unix:") || g_str_has_prefix(address, "local:")))
        return is_same_unix(doctor, postfix, door, strchr(address, ':') + 1);
    return false;
}

static bool asks_us(struct doctor *doctor, const struct postfix *postfix,
                    const struct postfix_door *door, struct front_door *found)
{
    const char *list = postfix_find(postfix, door, "smtpd_milters");
    const char *const *words = postfix_split(doctor->arena, list != NULL ? list : "");

    for (size_t i = 0; words[i] != NULL; i++) {
        const struct entry entry = read_entry(doctor->arena, words[i]);

        if (!is_ours(doctor, postfix, door, entry.address))
            continue;
        *found = (struct front_door){door, i, entry.default_action};
        return true;
    }
    return false;
}

const struct front *front_find(struct doctor *doctor, const struct postfix *postfix)
{
    struct front_door *doors = ARENA_ARRAY(doctor->arena, struct front_door, postfix->door_count);
    struct front *front = ARENA_NEW(doctor->arena, struct front);
    size_t count = 0;

    for (size_t i = 0; i < postfix->door_count; i++)
        count += asks_us(doctor, postfix, &postfix->doors[i], &doors[count]);
    *front = (struct front){postfix, doors, count};
    return front;
}
