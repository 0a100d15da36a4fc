/* tests/unit/gateway/calendar/imip.h: the corpora, and the calendars in their mails. Without the corpora
 * (TOCSIN_CORPORA, or ../shared/corpora) a test that reads one is skipped. */
#pragma once

#include "gateway/calendar/invitation.h"
#include "tests/unit/unit.h"

#include <gmime/gmime.h>
#include <jansson.h>

#define ARENA_BYTES ((size_t)64 << 20)

static const struct calendar_frame frame = {
    .limits = &calendar_limits_default, .now = 862272000000, .zone = "UTC"}; /* in 1997 */

/* NULL: there is no such file. */
static inline char *read_file(const char *folder, const char *file, gsize *size)
{
    const char *given = getenv("TOCSIN_CORPORA");
    const char *corpora = given != NULL ? given : TOCSIN_SOURCE_DIR "/../shared/corpora";
    char *bytes = NULL;

    if (!g_file_test(corpora, G_FILE_TEST_IS_DIR)) {
        print_message("corpora not present: skipped\n");
        skip(); /* jumps: nothing may be held here */
    }
    g_autofree char *path = g_build_filename(corpora, folder, file, NULL);
    return g_file_get_contents(path, &bytes, size, NULL) ? bytes : NULL;
}

static inline json_t *read_json(const char *folder, const char *file)
{
    gsize size = 0;
    g_autofree char *bytes = read_file(folder, file, &size);
    json_t *json = json_loadb(bytes, size, 0, NULL);

    assert_non_null(json);
    return json;
}

/* The calendars of a mail, in their order, as UTF-8. */
struct imip_part {
    char *bytes;
    size_t size;
    char *method;
};
#define PARTS_MOST 8

struct imip_parts {
    struct imip_part parts[PARTS_MOST];
    size_t count;
};

static inline void take_part(GMimeObject *parent, GMimeObject *object, gpointer data)
{
    struct imip_parts *parts = data;
    GMimeContentType *type = g_mime_object_get_content_type(object);

    (void)parent;
    if (!GMIME_IS_PART(object) || parts->count == PARTS_MOST ||
        (!g_mime_content_type_is_type(type, "text", "calendar") &&
         !g_mime_content_type_is_type(type, "application", "ics")))
        return;
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));
    GMimeStream *memory = g_mime_stream_mem_new();
    if (content != NULL)
        g_mime_data_wrapper_write_to_stream(content, memory);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    struct imip_part *part = &parts->parts[parts->count++];
    const char *method = g_mime_content_type_get_parameter(type, "method");
    part->bytes = g_memdup2(bytes->data, bytes->len);
    part->size = bytes->len;
    part->method = g_strdup(method != NULL ? method : "");
    g_object_unref(memory);
}

static inline void free_parts(struct imip_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        g_free(parts->parts[i].bytes);
        g_free(parts->parts[i].method);
    }
}

static inline struct imip_parts split_mail(const char *bytes, size_t size)
{
    struct imip_parts parts = {0};
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    if (message != NULL) {
        g_mime_message_foreach(message, take_part, &parts);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return parts;
}
