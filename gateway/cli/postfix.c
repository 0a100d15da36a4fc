#include "gateway/cli/postfix.h"

#include "gateway/base/error.h"
#include "gateway/base/text.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MOST ((size_t)1 << 20)
#define SAID_MOST   300
/* Columns of master.cf(5) before the command. */
#define MASTER_TYPE    1
#define MASTER_CHROOT  4
#define MASTER_COMMAND 7

static const char *const names[] = {
    "allow_percent_hack",
    "cleanup_replace_stray_cr_lf",
    "compatibility_level",
    "defer_transports",
    "header_checks",
    "internal_mail_filter_classes",
    "mail_owner",
    "message_reject_characters",
    "message_size_limit",
    "milter_default_action",
    "mydestination",
    "mynetworks",
    "non_smtpd_milters",
    "queue_directory",
    "receive_override_options",
    "recipient_delimiter",
    "relay_domains",
    "relay_recipient_maps",
    "smtpd_data_restrictions",
    "smtpd_discard_ehlo_keywords",
    "smtpd_forbid_bare_newline",
    "smtpd_forbid_bare_newline_exclusions",
    "smtpd_forbid_unauth_pipelining",
    "smtpd_milter_maps",
    "smtpd_milters",
    "smtpd_recipient_restrictions",
    "smtpd_relay_restrictions",
    "smtpd_sasl_auth_enable",
    "smtpd_sender_login_maps",
    "smtpd_sender_restrictions",
    "transport_maps",
    "virtual_alias_domains",
    "virtual_mailbox_domains",
    "virtual_mailbox_maps",
};

/* The types that are files of this machine; others ask servers, which may keep us waiting. */
static const char *const local_tables[] = {
    "btree", "cdb",    "cidr",      "dbm",     "fail",   "hash",     "inline",  "lmdb",
    "pcre",  "regexp", "randommap", "pipemap", "static", "texthash", "unionmap"};

static char *find_program(const char *name)
{
    static const char *const folders[] = {"/usr/sbin", "/usr/local/sbin", "/sbin"};

    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(folders[i], name, NULL);

        if (access(path, X_OK) == 0)
            return g_steal_pointer(&path);
    }
    return g_find_program_in_path(name);
}

struct outcome {
    const char *output;
    const char *said; /* on standard error */
    int status;       /* -1: ended by a signal */
};

/* Runs `name` with -c DIRECTORY and the words. False: it cannot be run. */
static bool run(const struct postfix *postfix, const char *name, const char *const *words,
                struct outcome *outcome, GError **error)
{
    static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    static char locale[] = "LC_ALL=C";
    char *environment[] = {path, locale, NULL};
    g_autofree char *program = find_program(name);
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    g_autofree char *output = NULL;
    g_autofree char *said = NULL;
    int status;

    if (program == NULL)
        return error_set(error, TOCSIN_ERROR_MISSING, "there is no %s here", name);
    g_ptr_array_add(arguments, program);
    if (postfix->directory != NULL) {
        g_ptr_array_add(arguments, arena_string(postfix->arena, "-c"));
        g_ptr_array_add(arguments, arena_string(postfix->arena, postfix->directory));
    }
    for (size_t i = 0; words[i] != NULL; i++)
        g_ptr_array_add(arguments, arena_string(postfix->arena, words[i]));
    g_ptr_array_add(arguments, NULL);
    if (!g_spawn_sync("/", (char **)arguments->pdata, environment, G_SPAWN_DEFAULT, NULL, NULL,
                      &output, &said, &status, error))
        return false;
    if (strlen(output) > OUTPUT_MOST)
        return error_set(error, TOCSIN_ERROR_BUSY, "%s says too much", name);
    *outcome = (struct outcome){
        arena_string(postfix->arena, output),
        text_clean_line(postfix->arena, text_of(said), SAID_MOST),
        WIFEXITED(status) ? WEXITSTATUS(status) : -1,
    };
    return true;
}

/* Lines "NAME = VALUE"; `prefix` is what the name must begin with, and is taken off. */
static const struct postfix_setting *read_settings(struct arena *arena, char **lines,
                                                   const char *prefix, size_t *count)
{
    struct postfix_setting *settings =
        ARENA_ARRAY(arena, struct postfix_setting, g_strv_length(lines));

    *count = 0;
    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *equals = strstr(lines[i], " =");

        if (equals == NULL || !g_str_has_prefix(lines[i], prefix))
            continue;
        const char *name = lines[i] + strlen(prefix);
        settings[(*count)++] = (struct postfix_setting){
            arena_copy(arena, name, (size_t)(equals - name)),
            text_clean(arena, text_of(equals + 2 + strspn(equals + 2, " ")))};
    }
    return settings;
}

static const char *find(const struct postfix_setting *settings, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(settings[i].name, name) == 0)
            return settings[i].value;
    return NULL;
}

static char **run_lines(const struct postfix *postfix, const char *const *words, GError **error)
{
    struct outcome outcome = {"", "", -1};

    if (!run(postfix, "postconf", words, &outcome, error))
        return NULL;
    if (outcome.status == 0)
        return g_strsplit(outcome.output, "\n", -1);
    error_set(error, TOCSIN_ERROR_BUSY, "postconf: %s", outcome.said);
    return NULL;
}

static bool load_settings(struct postfix *postfix, GError **error)
{
    const char *all[G_N_ELEMENTS(names) + 2] = {"-x"};
    const char *const given[] = {"-n", NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        all[i + 1] = names[i];
    g_auto(GStrv) lines = run_lines(postfix, all, error);
    if (lines == NULL)
        return false;
    postfix->settings = read_settings(postfix->arena, lines, "", &postfix->setting_count);
    g_auto(GStrv) given_lines = run_lines(postfix, given, error);
    if (given_lines == NULL)
        return false;
    postfix->given = read_settings(postfix->arena, given_lines, "", &postfix->given_count);
    return true;
}

/* "-" is the default: n since compatibility level 1. */
static bool is_chrooted(const struct postfix *postfix, const char *column)
{
    const char *level = find(postfix->settings, postfix->setting_count, "compatibility_level");

    if (strcmp(column, "-") == 0)
        return level != NULL && strcmp(level, "0") == 0;
    return strcmp(column, "y") == 0;
}

static bool load_doors(struct postfix *postfix, GError **error)
{
    const char *const services[] = {"-M", NULL};
    const char *const options[] = {"-P", "-x", NULL};
    g_auto(GStrv) lines = run_lines(postfix, services, error);
    g_auto(GStrv) overrides = lines != NULL ? run_lines(postfix, options, error) : NULL;

    if (overrides == NULL)
        return false;
    struct postfix_door *doors =
        ARENA_ARRAY(postfix->arena, struct postfix_door, g_strv_length(lines));
    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *const *columns = postfix_split(postfix->arena, lines[i]);
        size_t count = 0;

        while (columns[count] != NULL)
            count++;
        if (count <= MASTER_COMMAND || strcmp(columns[MASTER_COMMAND], "smtpd") != 0)
            continue;
        struct postfix_door *door = &doors[postfix->door_count++];
        door->name = arena_format(postfix->arena, "%s/%s", columns[0], columns[MASTER_TYPE]);
        door->is_chrooted = is_chrooted(postfix, columns[MASTER_CHROOT]);
        door->overrides =
            read_settings(postfix->arena, overrides,
                          arena_format(postfix->arena, "%s/", door->name), &door->override_count);
    }
    postfix->doors = doors;
    return true;
}

const struct postfix *postfix_load(struct arena *arena, const char *directory, GError **error)
{
    struct postfix *postfix = ARENA_NEW(arena, struct postfix);

    *postfix = (struct postfix){.arena = arena, .directory = directory};
    return load_settings(postfix, error) && load_doors(postfix, error) ? postfix : NULL;
}

bool postfix_is_overridden(const struct postfix_door *door, const char *name)
{
    return door != NULL && find(door->overrides, door->override_count, name) != NULL;
}

const char *postfix_find(const struct postfix *postfix, const struct postfix_door *door,
                         const char *name)
{
    if (postfix_is_overridden(door, name))
        return find(door->overrides, door->override_count, name);
    return find(postfix->settings, postfix->setting_count, name);
}

bool postfix_is_given(const struct postfix *postfix, const struct postfix_door *door,
                      const char *name)
{
    return postfix_is_overridden(door, name) ||
           find(postfix->given, postfix->given_count, name) != NULL;
}

static size_t word_size(const char *at)
{
    size_t depth = 0;
    size_t size = 0;

    for (; at[size] != '\0' && (depth > 0 || strchr(", \t\n", at[size]) == NULL); size++) {
        depth += at[size] == '{';
        depth -= at[size] == '}' && depth > 0;
    }
    return size;
}

const char *const *postfix_split(struct arena *arena, const char *list)
{
    const char **words = ARENA_ARRAY(arena, const char *, strlen(list) / 2 + 2);
    size_t count = 0;

    for (const char *at = list + strspn(list, ", \t\n"); *at != '\0';) {
        const size_t size = word_size(at);

        words[count++] = arena_copy(arena, at, size);
        at += size;
        at += strspn(at, ", \t\n");
    }
    return words;
}

bool postfix_list_has(struct arena *arena, const char *list, const char *word)
{
    const char *const *words = postfix_split(arena, list);

    for (size_t i = 0; words[i] != NULL; i++)
        if (g_ascii_strcasecmp(words[i], word) == 0)
            return true;
    return false;
}

/* "hash:/etc/postfix/x", also behind "proxy:". */
static bool is_local_table(const char *table)
{
    for (size_t i = 0; i < G_N_ELEMENTS(local_tables); i++) {
        const size_t size = strlen(local_tables[i]);

        if (strncmp(table, local_tables[i], size) == 0 && table[size] == ':')
            return true;
    }
    return false;
}

static enum postfix_answer look_in(const struct postfix *postfix, const char *table,
                                   const char *key, const char **value)
{
    const char *bare = g_str_has_prefix(table, "proxy:") ? table + strlen("proxy:") : table;
    const char *const words[] = {"-q", key, bare, NULL};
    struct outcome outcome = {"", "", -1};

    if (!is_local_table(bare) || !run(postfix, "postmap", words, &outcome, NULL))
        return POSTFIX_UNKNOWN;
    /* A table that cannot be opened gives the same exit status as a key that is not there. */
    if (outcome.status == 1 && strstr(outcome.said, "fatal: ") == NULL &&
        strstr(outcome.said, "is unavailable") == NULL)
        return POSTFIX_NO;
    if (outcome.status != 0)
        return POSTFIX_UNKNOWN;
    *value = text_clean_line(postfix->arena, text_of(outcome.output), SAID_MOST);
    return POSTFIX_YES;
}

enum postfix_answer postfix_look_up(const struct postfix *postfix, const char *list,
                                    const char *key, const char **value)
{
    const char *const *tables = postfix_split(postfix->arena, list);
    enum postfix_answer answer = POSTFIX_NO;

    for (size_t i = 0; tables[i] != NULL; i++) {
        const enum postfix_answer one = look_in(postfix, tables[i], key, value);

        if (one == POSTFIX_YES)
            return one;
        if (one == POSTFIX_UNKNOWN)
            answer = one;
    }
    return answer;
}

static bool is_below(const char *domain, const char *word)
{
    const size_t size = strlen(domain);
    const size_t word_bytes = strlen(word);

    return size > word_bytes + 1 && domain[size - word_bytes - 1] == '.' &&
           g_ascii_strcasecmp(domain + size - word_bytes, word) == 0;
}

enum postfix_answer postfix_has_domain(const struct postfix *postfix, const char *list,
                                       const char *domain, bool holds_below)
{
    const char *const *words = postfix_split(postfix->arena, list);
    enum postfix_answer answer = POSTFIX_NO;
    const char *value;

    for (size_t i = 0; words[i] != NULL; i++) {
        const bool is_named = g_ascii_strcasecmp(domain, words[i]) == 0 ||
                              (holds_below && is_below(domain, words[i]));
        enum postfix_answer one = is_named ? POSTFIX_YES : POSTFIX_NO;

        if (words[i][0] == '/')
            one = POSTFIX_UNKNOWN; /* a file of patterns */
        else if (strchr(words[i], ':') != NULL)
            one = postfix_look_up(postfix, words[i], domain, &value);
        if (one == POSTFIX_YES)
            return one;
        if (one == POSTFIX_UNKNOWN)
            answer = one;
    }
    return answer;
}
