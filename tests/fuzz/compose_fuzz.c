/* tests/fuzz/compose_fuzz.c: a format's letter, then title, message and page name separated by NUL:
 * composed, passed through the gate, and read back by GMime (security Z7). Whatever they hold: header
 * names are there once each, and the subject decodes to the cleaned title. */
#include "gateway/compose/compose.h"

#include <assert.h>
#include <gmime/gmime.h>
#include <string.h>

#define BEGAN_AT     INT64_C(1767949200000)
#define MOST_SIZE    8192
#define HEADERS_MOST 26 /* a notification in plain text has them all */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const values[SLOT_COUNT] = {"carol@example.net", "n7.1.example@example.com",
                                               "status+u@example.com"};

static struct compose *open_once(void)
{
    static struct compose *compose;
    static const uint8_t root[32] = {5};
    const struct compose_settings settings = {NULL, TOCSIN_SOURCE_DIR "/templates"};

    if (compose == NULL) {
        g_mime_init();
        compose = compose_open(&settings, secret_new(root), NULL);
    }
    assert(compose != NULL);
    return compose;
}

static struct text compose_mail(struct arena *arena, const char *const words[3],
                                enum subscriber_format format)
{
    const struct page page = {
        .id = "sp_abc123",
        .name = words[2],
        .local = "status",
        .domain = "example.com",
        .address = "status@example.com",
        .url = "",
        .time_zone = "Etc/UTC",
        .language = "en",
        .contact = "",
    };
    const struct incident incident = {.number = 42,
                                      .public_id = "inc_a",
                                      .title = words[0],
                                      .first_title = words[0],
                                      .created_at = BEGAN_AT};
    const struct update update = {.message = words[1], .by = "", .created_at = BEGAN_AT};
    const struct story story = {&page, &incident, &update, 1, 0, 7, NOTIFICATION_OPENED, BEGAN_AT};
    const struct audience audience = {
        .format = format, .language = "", .time_zone = "", .values = values};
    const struct message *message =
        compose_notification(open_once(), arena, &story, &audience, NULL);

    assert(message != NULL);
    assert(compose_check(message, NULL, NULL));
    return compose_splice(arena, message, NULL);
}

static void check_names(struct text mail)
{
    struct text rest = text_first(mail, (size_t)text_find(mail, TEXT("\r\n\r\n")));
    struct text line;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    while (text_next_line(&rest, &line)) {
        const ptrdiff_t colon = text_find(line, TEXT(": "));
        if (line.at[0] == ' ')
            continue;
        assert(colon > 0);
        assert(g_hash_table_add(seen, g_strndup(line.at, (size_t)colon)));
    }
    assert(g_hash_table_size(seen) <= HEADERS_MOST && !g_hash_table_contains(seen, "Bcc"));
}

static void check_subject(struct arena *arena, struct text mail, const char *title)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail.at, mail.size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    const char *line = arena_format(arena, "[Investigating] %s (#42)",
                                    text_clean_line(arena, text_of(title), 400));
    const char *wanted = text_clean_line(arena, text_of(line), 500);

    assert(message != NULL && strcmp(g_mime_message_get_subject(message), wanted) == 0);
    g_object_unref(message);
    g_object_unref(parser);
    g_object_unref(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(arena) arena = arena_open((size_t)256 * 1024 * 1024);
    struct text rest = text_from((const char *)data, MIN(size, MOST_SIZE));
    const char *words[3] = {"", "", ""};
    struct text word;

    if (size == 0)
        return 0;
    const enum subscriber_format format =
        (enum subscriber_format)(data[0] % SUBSCRIBER_FORMAT_COUNT);
    rest = text_skip(rest, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(words) && text_next_piece(&rest, '\0', &word); i++)
        words[i] = text_clean(arena, word);
    const struct text mail = compose_mail(arena, words, format);
    check_names(mail);
    if (format != FORMAT_PAGER)
        check_subject(arena, mail, words[0]);
    return 0;
}
