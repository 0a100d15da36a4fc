#include "gateway/mail/bodytext.h"

#include "gateway/base/error.h"
#include "gateway/mail/attachments.h"

#include <string.h>

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
    if (tree_is_type(object, "multipart", "digest") ||
        tree_is_type(object, "multipart", "encrypted")) {
        return true;
    }
    bool first_only = tree_is_type(object, "multipart", "signed") ||
                      tree_is_type(object, "multipart", "related") ||
                      tree_is_type(object, "multipart", "report");
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
    if (!GMIME_IS_PART(object) || (depth > 0 && tree_is_attached(object))) {
        return true;
    }
    if (tree_is_type(object, "text", "html")) {
        tree_write_html(reader->html, GMIME_PART(object), reader->limits);
    } else if (tree_is_type(object, "text", "plain") ||
               (depth == 0 && tree_is_type(object, "text", "*"))) {
        tree_write_plain(reader->plain, GMIME_PART(object), reader->limits);
    }
    return true;
}

static bool is_report_object(GMimeObject *object)
{
    if (tree_is_type(object, "multipart", "report")) {
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(report_types); i++) {
        if (tree_is_type(object, "message", report_types[i])) {
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
    g_autoptr(GMimeMessage) message = tree_construct(prescan);
    struct reader reader = {limits, plain, html, 0, error};

    if (message == NULL) {
        return error_set(error, TOCSIN_ERROR_INPUT, "its MIME structure cannot be read");
    }
    GMimeObject *top = g_mime_message_get_mime_part(message);
    if (!read_object(&reader, top, 0)) {
        return false;
    }
    body->text = clean(arena, is_blank(plain) ? html : plain, limits->text_bytes, &body->was_cut);
    body->attachments = attachments_list(arena, top, limits, &body->attachment_count);
    body->is_report = top != NULL && is_report_object(top);
    return true;
}
