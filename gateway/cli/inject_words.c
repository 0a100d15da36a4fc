#include "gateway/cli/inject_words.h"

#include "gateway/base/text.h"

#include <assert.h>
#include <string.h>
#include <sysexits.h>

#define CLIENT_MOST 64
#define LOGIN_MOST  254

enum option {
    OPTION_CONFIG,
    OPTION_FROM,
    OPTION_TO,
    OPTION_CLIENT,
    OPTION_LOGIN,
    OPTION_REFUSED,
    OPTION_COUNT,
};

static const char *const names[] = {
    [OPTION_CONFIG] = "--config",      [OPTION_FROM] = "--from",  [OPTION_TO] = "--to",
    [OPTION_CLIENT] = "--client-addr", [OPTION_LOGIN] = "--auth", [OPTION_REFUSED] = "--refused",
};
static_assert(G_N_ELEMENTS(names) == OPTION_COUNT, "an option has no name");

/* Without its value; OPTION_COUNT for none. */
static enum option find_option(const char *word, const char **value)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const size_t size = strlen(names[i]);

        if (strncmp(word, names[i], size) != 0 || (word[size] != '\0' && word[size] != '='))
            continue;
        *value = word[size] == '=' ? word + size + 1 : NULL;
        return (enum option)i;
    }
    return OPTION_COUNT;
}

/* Wherever it stands, also behind a word that nobody knows. */
static bool find_discard(const char *const *words)
{
    const char *value = NULL;

    for (size_t i = 0; words[i] != NULL; i++)
        if (find_option(words[i], &value) == OPTION_REFUSED &&
            g_strcmp0(value != NULL ? value : words[i + 1], "discard") == 0)
            return true;
    return false;
}

static bool keep_once(const char **kept, const char *value, const char *name, GError **error)
{
    if (*kept != NULL)
        return error_set(error, TOCSIN_ERROR_INPUT, "%s stands twice", name);
    *kept = value;
    return true;
}

struct raw_words {
    const char *values[OPTION_COUNT]; /* NULL: not said; of --to the first */
    const char **to;
    size_t to_count;
};

/* As SMTP writes it, "<ada@example.com>", or bare. */
static const char *without_brackets(struct arena *arena, const char *address)
{
    const size_t size = strlen(address);

    if (size < 2 || address[0] != '<' || address[size - 1] != '>')
        return address;
    return arena_copy(arena, address + 1, size - 2);
}

static bool keep(struct raw_words *raw, enum option option, const char *value, GError **error)
{
    if (option != OPTION_TO)
        return keep_once(&raw->values[option], value, names[option], error);
    raw->values[option] = value;
    raw->to[raw->to_count++] = value;
    return true;
}

static bool read_options(const char *const *words, struct raw_words *raw, GError **error)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *value = NULL;
        const enum option option = find_option(words[i], &value);

        if (option == OPTION_COUNT)
            return error_set(error, TOCSIN_ERROR_INPUT, "inject knows no such word");
        if (value == NULL)
            value = words[++i];
        if (value == NULL)
            return error_set(error, TOCSIN_ERROR_INPUT, "%s needs a value", names[option]);
        if (!keep(raw, option, value, error))
            return false;
    }
    return true;
}

static bool check_use(const struct raw_words *raw, GError **error)
{
    const char *refused = raw->values[OPTION_REFUSED];

    if (raw->values[OPTION_FROM] == NULL || raw->values[OPTION_TO] == NULL)
        return error_set(error, TOCSIN_ERROR_INPUT, "--from and --to are needed");
    if (refused != NULL && strcmp(refused, "exit") != 0 && strcmp(refused, "discard") != 0)
        return error_set(error, TOCSIN_ERROR_INPUT, "--refused is `exit` or `discard`");
    return true;
}

/* What would be another word, line or address to somebody else who reads it. */
static bool is_clean(const char *value, size_t most, const char *forbidden)
{
    struct text rest = text_of(value);
    uint32_t character;

    if (strlen(value) > most || strpbrk(value, forbidden) != NULL)
        return false;
    while (text_next_character(&rest, &character))
        if (character == TEXT_INVALID || g_unichar_iscntrl(character))
            return false;
    return true;
}

static bool check_values(const struct raw_words *raw, GError **error)
{
    const char *client = raw->values[OPTION_CLIENT];
    const char *login = raw->values[OPTION_LOGIN];

    if (raw->to_count > INJECT_RECIPIENTS)
        return error_set(error, TOCSIN_ERROR_INPUT, "more than %d recipients", INJECT_RECIPIENTS);
    for (size_t i = 0; i < raw->to_count; i++)
        if (raw->to[i][0] == '\0' || !is_clean(raw->to[i], INJECT_ADDRESS, "<> "))
            return error_set(error, TOCSIN_ERROR_INPUT, "--to is no address");
    if (!is_clean(raw->values[OPTION_FROM], INJECT_ADDRESS, "<> "))
        return error_set(error, TOCSIN_ERROR_INPUT, "--from is no address");
    if (client != NULL && (!is_clean(client, CLIENT_MOST, "<> ") || !g_str_is_ascii(client)))
        return error_set(error, TOCSIN_ERROR_INPUT, "--client-addr is no address of a network");
    if (login != NULL && !is_clean(login, LOGIN_MOST, ""))
        return error_set(error, TOCSIN_ERROR_INPUT, "--auth is no name of a user");
    return true;
}

static const char *or_nothing(const char *value)
{
    return value != NULL ? value : "";
}

enum inject_outcome inject_words_read(struct arena *arena, const char *const *words,
                                      struct inject_words *read, GError **error)
{
    struct raw_words raw = {.to_count = 0};
    size_t count = 0;

    while (words[count] != NULL)
        count++;
    *read = (struct inject_words){
        .from = "", .client_addr = "", .login = "", .discards = find_discard(words)};
    raw.to = ARENA_ARRAY(arena, const char *, count + 1);
    if (!read_options(words, &raw, error))
        return INJECT_USAGE;
    read->discards = g_strcmp0(raw.values[OPTION_REFUSED], "discard") == 0;
    if (!check_use(&raw, error))
        return INJECT_USAGE;
    assert(raw.values[OPTION_FROM] != NULL);
    raw.values[OPTION_FROM] = without_brackets(arena, raw.values[OPTION_FROM]);
    for (size_t i = 0; i < raw.to_count; i++)
        raw.to[i] = without_brackets(arena, raw.to[i]);
    read->config_file = raw.values[OPTION_CONFIG];
    if (!check_values(&raw, error))
        return INJECT_REFUSED;
    read->from = raw.values[OPTION_FROM];
    read->to = raw.to;
    read->to_count = raw.to_count;
    read->client_addr = or_nothing(raw.values[OPTION_CLIENT]);
    read->login = or_nothing(raw.values[OPTION_LOGIN]);
    return INJECT_READ;
}

int inject_words_exit(const struct inject_words *words, int status)
{
    if (!words->discards || status == EX_OK)
        return status;
    return status == EX_DATAERR || status == EX_NOUSER || status == EX_NOPERM ? EX_OK : EX_TEMPFAIL;
}
