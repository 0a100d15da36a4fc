#include "gateway/mail/tree.h"

#include "gateway/mail/charset.h"
#include "gateway/mail/decode.h"
#include "gateway/mail/flowed.h"
#include "gateway/mail/htmltext.h"

/* GMime is given these of the mail's own header alone: what it does with ten thousand others, or with
 * a block that ends at its buffer's edge (notes A57), cannot matter. */
static const char *const given[] = {
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
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

GMimeMessage *tree_construct(const struct prescan *prescan)
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

bool tree_is_type(GMimeObject *object, const char *major, const char *minor)
{
    return g_mime_content_type_is_type(g_mime_object_get_content_type(object), major, minor);
}

bool tree_is_attached(GMimeObject *object)
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

struct text tree_read_content(GMimePart *part, GMimeStream *memory)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);

    if (content == NULL) {
        return text_from("", 0);
    }
    (void)g_mime_data_wrapper_write_to_stream(content, memory);
    const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    return text_from((const char *)bytes->data, bytes->len);
}

static bool has_value(GMimeContentType *type, const char *name, const char *value)
{
    const char *found = g_mime_content_type_get_parameter(type, name);

    return found != NULL && g_ascii_strcasecmp(found, value) == 0;
}

static void write_content(GString *out, GMimePart *part, size_t most_bytes)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    g_autoptr(GMimeStream) memory = g_mime_stream_mem_new();

    charset_convert(out, tree_read_content(part, memory),
                    g_mime_content_type_get_parameter(type, "charset"), most_bytes);
}

void tree_write_plain(GString *out, GMimePart *part, const struct mail_limits *limits)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    g_autoptr(GString) decoded = g_string_new(NULL);

    write_content(decoded, part, limits->text_bytes + 1);
    if (has_value(type, "format", "flowed")) {
        flowed_join(out, text_from(decoded->str, decoded->len), has_value(type, "delsp", "yes"));
    } else {
        g_string_append_len(out, decoded->str, (gssize)decoded->len);
    }
    g_string_append(out, "\n\n");
}

void tree_write_html(GString *out, GMimePart *part, const struct mail_limits *limits)
{
    g_autoptr(GString) decoded = g_string_new(NULL);

    write_content(decoded, part, limits->message_bytes);
    htmltext_write(out, text_from(decoded->str, decoded->len), limits->text_bytes + 1);
    g_string_append(out, "\n\n");
}
