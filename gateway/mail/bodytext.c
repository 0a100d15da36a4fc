#include "gateway/mail/bodytext.h"

#include "gateway/base/error.h"
#include "gateway/mail/charset.h"
#include "gateway/mail/decode.h"
#include "gateway/mail/flowed.h"
#include "gateway/mail/htmltext.h"

#include <gmime/gmime.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)

/* GMime is given these of the mail's own header alone: what it does with ten thousand others, or with
 * a block that ends at its buffer's edge (notes A57), cannot matter. */
static const char *const given[] = {
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
};

static const char *const report_types[] = {
    "delivery-status",        "disposition-notification",        "feedback-report",
    "global-delivery-status", "global-disposition-notification",
};

struct reader {
    const struct mail_limits *limits;
    GString *plain; /* of the texts so far */
    GString *html;
    size_t parts;
    GError **error;
};

static bool is_given(struct text name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
        if (text_is_equal_any_case(name, text_of(given[i]))) {
            return true;
        }
    }
    return false;
}

static GMimeMessage *construct(const struct prescan *prescan)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    decode_start();
    g_byte_array_append(bytes, (const guint8 *)"MIME-Version: 1.0\n", 18);
    for (size_t i = 0; i < prescan->field_count; i++) {
        const struct mail_field *field = &prescan->fields[i];
        if (is_given(field->name)) {
            g_byte_array_append(bytes, (const guint8 *)field->name.at, (guint)field->name.size);
            g_byte_array_append(bytes, (const guint8 *)": ", 2);
            g_byte_array_append(bytes, (const guint8 *)field->value.at, (guint)field->value.size);
            g_byte_array_append(bytes, (const guint8 *)"\n", 1);
        }
    }
    g_byte_array_append(bytes, (const guint8 *)"\n", 1);
    g_byte_array_append(bytes, (const guint8 *)prescan->body.at, (guint)prescan->body.size);
    g_autoptr(GMimeStream) stream =
        g_mime_stream_mem_new_with_buffer((const char *)bytes->data, bytes->len);
    g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);
    return g_mime_parser_construct_message(parser, NULL);
}

static bool is_type(GMimeObject *object, const char *major, const char *minor)
{
    return g_mime_content_type_is_type(g_mime_object_get_content_type(object), major, minor);
}

static bool is_attached(GMimeObject *object)
{
    GMimeContentDisposition *disposition = g_mime_object_get_content_disposition(object);
    GMimeContentType *type = g_mime_object_get_content_type(object);

    return (disposition != NULL &&
            g_ascii_strcasecmp(g_mime_content_disposition_get_disposition(disposition),
                               "attachment") == 0) ||
           (disposition != NULL &&
            g_mime_content_disposition_get_parameter(disposition, "filename") != NULL) ||
           g_mime_content_type_get_parameter(type, "name") != NULL;
}

static void write_content(GString *out, GMimePart *part, const char *charset, size_t most_bytes)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);

    if (content == NULL) {
        return;
    }
    g_autoptr(GMimeStream) memory = g_mime_stream_mem_new();
    (void)g_mime_data_wrapper_write_to_stream(content, memory);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    charset_convert(out, text_from((const char *)bytes->data, bytes->len), charset, most_bytes);
}

static bool has_value(GMimeContentType *type, const char *name, const char *value)
{
    const char *found = g_mime_content_type_get_parameter(type, name);

    return found != NULL && g_ascii_strcasecmp(found, value) == 0;
}

static void read_plain(struct reader *reader, GMimePart *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    g_autoptr(GString) decoded = g_string_new(NULL);

    write_content(decoded, part, g_mime_content_type_get_parameter(type, "charset"),
                  reader->limits->text_bytes + 1);
    if (has_value(type, "format", "flowed")) {
        flowed_join(reader->plain, text_from(decoded->str, decoded->len),
                    has_value(type, "delsp", "yes"));
    } else {
        g_string_append_len(reader->plain, decoded->str, (gssize)decoded->len);
    }
    g_string_append(reader->plain, "\n\n");
}

static void read_html(struct reader *reader, GMimePart *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    g_autoptr(GString) decoded = g_string_new(NULL);

    write_content(decoded, part, g_mime_content_type_get_parameter(type, "charset"),
                  reader->limits->message_bytes);
    htmltext_write(reader->html, text_from(decoded->str, decoded->len),
                   reader->limits->text_bytes + 1);
    g_string_append(reader->html, "\n\n");
}

static bool is_blank(const GString *string)
{
    return strspn(string->str, " \t\r\n") == string->len;
}

static void append(GString *out, const GString *more)
{
    g_string_append_len(out, more->str, (gssize)more->len);
}

static bool read_object(struct reader *reader, GMimeObject *object, size_t depth);

/* Children into a reader of their own, then the better of plain and HTML into ours: an alternative's
 * plain text wins; in a mixed multipart that begins with HTML, plain parts are footers and notes. */
static bool read_children(struct reader *reader, GMimeMultipart *multipart, int most, size_t depth)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    g_autoptr(GString) html = g_string_new(NULL);
    struct reader inner = {reader->limits, plain, html, reader->parts, reader->error};
    int count = MIN(g_mime_multipart_get_count(multipart), most);

    for (int i = 0; i < count; i++) {
        if (!read_object(&inner, g_mime_multipart_get_part(multipart, i), depth + 1)) {
            return false;
        }
    }
    reader->parts = inner.parts;
    append(is_blank(plain) ? reader->html : reader->plain, is_blank(plain) ? html : plain);
    return true;
}

static bool read_multipart(struct reader *reader, GMimeMultipart *multipart, size_t depth)
{
    GMimeObject *object = GMIME_OBJECT(multipart);

    if (depth >= reader->limits->depth) {
        return error_set(reader->error, TOCSIN_ERROR_LIMIT, "parts nested more than %zu deep",
                         reader->limits->depth);
    }
    if (is_type(object, "multipart", "digest") || is_type(object, "multipart", "encrypted")) {
        return true;
    }
    bool first_only = is_type(object, "multipart", "signed") ||
                      is_type(object, "multipart", "related") ||
                      is_type(object, "multipart", "report");
    return read_children(reader, multipart, first_only ? 1 : INT_MAX, depth);
}

/* `object` at `depth`: recursion ends at limits->depth. */
static bool read_object(struct reader *reader, GMimeObject *object, size_t depth)
{
    if (object == NULL) {
        return true;
    }
    if (++reader->parts > reader->limits->parts) {
        return error_set(reader->error, TOCSIN_ERROR_LIMIT, "more than %zu parts",
                         reader->limits->parts);
    }
    if (GMIME_IS_MULTIPART(object)) {
        return read_multipart(reader, GMIME_MULTIPART(object), depth);
    }
    if (!GMIME_IS_PART(object) || (depth > 0 && is_attached(object))) {
        return true;
    }
    if (is_type(object, "text", "html")) {
        read_html(reader, GMIME_PART(object));
    } else if (is_type(object, "text", "plain") || (depth == 0 && is_type(object, "text", "*"))) {
        read_plain(reader, GMIME_PART(object));
    }
    return true;
}

static bool is_report_object(GMimeObject *object)
{
    if (is_type(object, "multipart", "report")) {
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(report_types); i++) {
        if (is_type(object, "message", report_types[i])) {
            return true;
        }
    }
    return false;
}

/* The most bytes of valid UTF-8, at most `most`, that end with a whole character. */
static size_t whole_characters(const char *text, size_t size, size_t most)
{
    if (size <= most) {
        return size;
    }
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80) {
        most--;
    }
    return most;
}

/* Cleaning may lengthen a text (NFC), so it is cut again. */
static const char *clean(struct arena *arena, const GString *text, size_t most, bool *was_cut)
{
    char *cleaned =
        text_clean(arena, text_from(text->str, whole_characters(text->str, text->len, most)));
    size_t size = strlen(cleaned);

    *was_cut = text->len > most || size > most;
    cleaned[whole_characters(cleaned, size, most)] = '\0';
    return cleaned;
}

bool bodytext_read(struct arena *arena, const struct prescan *prescan,
                   const struct mail_limits *limits, struct body *body, GError **error)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    g_autoptr(GString) html = g_string_new(NULL);
    g_autoptr(GMimeMessage) message = construct(prescan);
    struct reader reader = {limits, plain, html, 0, error};

    if (message == NULL) {
        return error_set(error, TOCSIN_ERROR_INPUT, "its MIME structure cannot be read");
    }
    GMimeObject *top = g_mime_message_get_mime_part(message);
    if (!read_object(&reader, top, 0)) {
        return false;
    }
    body->text = clean(arena, is_blank(plain) ? html : plain, limits->text_bytes, &body->was_cut);
    body->is_report = top != NULL && is_report_object(top);
    return true;
}
