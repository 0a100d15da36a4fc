#include "gateway/config/relay_checks.h"

#include "gateway/trust/trust.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PORT_SMTPS 465

/* What stands in a Maildir's mapping and is for SMTP. */
static const char *const smtp_fields[] = {"host",    "port", "tls",
                                          "ca_file", "user", "password_file"};

static void check_maildir(const struct reader *reader, const struct relay_reading *relay)
{
    for (size_t i = 0; i < G_N_ELEMENTS(smtp_fields); i++) {
        const struct yaml_node *node = yaml_find(relay->node, smtp_fields[i]);
        if (node != NULL)
            yaml_problem_key(reader->problems, node,
                             "`%s` has no meaning for a relay that is a Maildir: leave it out",
                             smtp_fields[i]);
    }
}

/* NULL: it can be read by us, and by nobody else. */
static const char *judge_secret(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return g_strerror(errno);
    if (!S_ISREG(status.st_mode))
        return "it is no regular file";
    if (status.st_uid != 0 && status.st_uid != geteuid() && geteuid() != 0)
        return "it belongs to somebody else than root and the user that runs Tocsin";
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return "others may read it: chmod 600";
    if (status.st_size == 0)
        return "it is empty: its first line is the password";
    return access(path, R_OK) == 0 ? NULL : g_strerror(errno);
}

static void check_login(const struct reader *reader, const struct relay_reading *relay)
{
    const struct yaml_node *user = yaml_find(relay->node, "user");
    const struct yaml_node *file = yaml_find(relay->node, "password_file");
    const char *why = relay->password_file == NULL ? NULL : judge_secret(relay->password_file);

    if (user != NULL && file == NULL)
        yaml_problem(reader->problems, user,
                     "needs a password: the path of a file that holds it, as `password_file:`");
    if (user == NULL && file != NULL)
        yaml_problem(reader->problems, file, "needs the name that it belongs to: `user:`");
    if (user != NULL && g_strcmp0(relay->tls, "none") == 0)
        yaml_problem(reader->problems, user,
                     "would be sent in the clear, with its password: write `tls: starttls`");
    if (why != NULL)
        yaml_problem(reader->problems, file, "%.200s: %s", relay->password_file, why);
}

enum reach { REACH_LOOPBACK, REACH_PRIVATE, REACH_UNKNOWN };

/* RFC 1918, 3927 (link-local), 6598 (carrier's). */
static enum reach reach_of(const char *host)
{
    static const char *const near[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                       "169.254.0.0/16", "100.64.0.0/10"};
    static const char *const loopback[] = {"127.0.0.0/8"};

    if (g_ascii_strcasecmp(host, "localhost") == 0 || network_has(loopback, 1, host))
        return REACH_LOOPBACK;
    return network_has(near, G_N_ELEMENTS(near), host) ? REACH_PRIVATE : REACH_UNKNOWN;
}

static void check_clear(const struct reader *reader, const struct relay_reading *relay)
{
    const struct yaml_node *tls = yaml_find(relay->node, "tls");
    const struct yaml_node *at = tls != NULL ? tls : relay->node;
    const enum reach reach = reach_of(relay->host);

    if (reach == REACH_PRIVATE)
        yaml_warning(reader->problems, at,
                     "`none` sends mail to %s in the clear, also the operators' reply keys: write "
                     "`starttls` unless that network is yours alone",
                     relay->host);
    else if (reach == REACH_UNKNOWN)
        yaml_warning(reader->problems, at,
                     "`none` is for loopback or a private network only, and %s may be elsewhere: "
                     "write `starttls`, or its private IPv4 address",
                     relay->host);
}

static void check_tls(const struct reader *reader, const struct relay_reading *relay)
{
    const bool is_starttls = g_strcmp0(relay->tls, "starttls") == 0;
    struct in_addr address;

    if (relay->port == PORT_SMTPS)
        yaml_problem(reader->problems, yaml_find(relay->node, "port"),
                     "465 speaks TLS from the first byte, which is not possible here: write "
                     "`port: 587` and `tls: starttls`");
    if (relay->host == NULL)
        return;
    if (is_starttls && inet_pton(AF_INET, relay->host, &address) == 1)
        yaml_warning(
            reader->problems, yaml_find(relay->node, "host"),
            "certificates name hosts, not addresses: with starttls write the relay's name");
    if (g_strcmp0(relay->tls, "none") == 0)
        check_clear(reader, relay);
}

void relay_checks_all(const struct reader *reader, const struct relay_reading *relay)
{
    if (relay->node == NULL)
        return;
    if (yaml_find(relay->node, "maildir") != NULL) {
        check_maildir(reader, relay);
        return;
    }
    if (yaml_find(relay->node, "host") == NULL)
        yaml_problem(reader->problems, relay->node,
                     "needs `host:` (the name or IPv4 address of a mail server) or `maildir:` (a "
                     "path)");
    check_login(reader, relay);
    check_tls(reader, relay);
}
