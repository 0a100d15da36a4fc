/* tests/unit/gateway/compose/strict.h: a mail of ours, read by GMime and by a checker that forgives nothing. */
#pragma once

#include "gateway/compose/compose.h"
#include "tests/unit/unit.h"

#include <gmime/gmime.h>

static const struct component strict_components[] = {{"comp_api", "API", "Core"},
                                                     {"comp_web", "Website", ""}};

static const struct page strict_page = {
    .id = "sp_abc123",
    .name = "Example",
    .local = "status",
    .domain = "status.example.com",
    .address = "status@status.example.com",
    .url = "https://status.example.com",
    .time_zone = "Europe/Berlin",
    .language = "en",
    .contact = "",
    .reopen_ms = INT64_C(7) * 86400000,
    .components = strict_components,
    .component_count = 2,
};

static inline struct secret *strict_secret(void)
{
    static const uint8_t root[32] = {1, 2, 3};
    return secret_new(root);
}

static inline struct compose *strict_compose(const struct secret *secret)
{
    const struct compose_settings settings = {NULL, TOCSIN_SOURCE_DIR "/templates"};
    g_autoptr(GError) error = NULL;
    struct compose *compose = compose_open(&settings, secret, &error);

    if (compose == NULL)
        fail_msg("%s", error->message);
    return compose;
}

static inline GMimeMessage *strict_parse(struct text bytes)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.at, bytes.size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    g_object_unref(parser);
    g_object_unref(stream);
    assert_non_null(message);
    return message;
}

/* The raw value of the one header of that name; "" when there is none. */
static inline char *strict_header(struct text bytes, const char *name)
{
    GMimeMessage *message = strict_parse(bytes);
    const bool is_of_part = g_str_has_prefix(name, "Content-");
    const char *value = g_mime_object_get_header(
        is_of_part ? g_mime_message_get_mime_part(message) : (GMimeObject *)message, name);
    char *copy = g_strdup(value != NULL ? value : "");

    g_object_unref(message);
    return copy;
}

/* The decoded text of a part of that subtype ("plain", "html"), CRLF as LF; "" when there is none. */
static inline char *strict_text(struct text bytes, const char *subtype)
{
    GMimeMessage *message = strict_parse(bytes);
    GMimePartIter *parts = g_mime_part_iter_new((GMimeObject *)message);
    char *found = NULL;

    do {
        GMimeObject *part = g_mime_part_iter_get_current(parts);
        if (found != NULL || part == NULL || !GMIME_IS_TEXT_PART(part))
            continue;
        if (g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", subtype)) {
            g_autofree char *text = g_mime_text_part_get_text((GMimeTextPart *)part);
            g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
            found = g_strjoinv("\n", lines);
        }
    } while (g_mime_part_iter_next(parts));
    g_mime_part_iter_free(parts);
    g_object_unref(message);
    return found != NULL ? found : g_strdup("");
}

static inline void strict_check_name(const char *name)
{
    static const char *const names[] = {
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Thread-Topic",
        "Thread-Index",
        "List-Id",
        "List-Unsubscribe",
        "List-Help",
        "List-Post",
        "List-Subscribe",
        "Auto-Submitted",
        "Precedence",
        "Feedback-ID",
        "X-Tocsin-Status",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
        "X-Tocsin-Loop",
        "Content-Transfer-Encoding",
        "X-Tocsin-Incident",
        "X-Tocsin-Severity",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0)
            return;
    fail_msg("%s: not a header of ours", name);
}

/* Names are ours, each is there once, and those that a mail needs are there. */
static inline void strict_check_headers(struct text bytes)
{
    static const char *const needed[] = {"From",          "To",           "Subject",
                                         "Date",          "Message-ID",   "Auto-Submitted",
                                         "X-Tocsin-Loop", "MIME-Version", "Content-Type"};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct text rest = text_first(bytes, (size_t)text_find(bytes, TEXT("\r\n\r\n")));
    struct text line;

    while (text_next_line(&rest, &line)) {
        if (line.at[0] == ' ') {
            assert_true(text_trim(line).size > 0);
            continue;
        }
        const ptrdiff_t colon = text_find(line, TEXT(": "));
        assert_true(colon > 0);
        g_autofree char *name = g_strndup(line.at, (size_t)colon);
        strict_check_name(name);
        assert_true(g_hash_table_add(seen, g_ascii_strdown(name, -1)));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        g_autofree char *name = g_ascii_strdown(needed[i], -1);
        assert_true(g_hash_table_contains(seen, name));
    }
}

/* Spliced, through the gate, and checked. */
static inline struct text strict_mail(struct arena *arena, const struct message *message,
                                      const char *const *slots)
{
    g_autoptr(GError) error = NULL;

    assert_non_null(message);
    if (!compose_check(message, slots, &error))
        fail_msg("%s", error->message);
    const struct text bytes = compose_splice(arena, message, slots);
    strict_check_headers(bytes);
    return bytes;
}
