#include "gateway/mail/forward_attached.h"

#include "gateway/mail/tree.h"

/* Room for the outer mail's fields once more, which are read only to find its parts. */
#define SCRATCH_BYTES(limits)                                                                      \
    (((size_t)1 << 20) + (limits)->fields * (sizeof(struct mail_field) + 32) +                     \
     2 * (limits)->header_bytes)

struct search {
    const struct mail_limits *limits;
    size_t parts;
};

static bool is_closed(GMimeObject *object)
{
    return tree_is_type(object, "multipart", "digest") ||
           tree_is_type(object, "multipart", "report") ||
           tree_is_type(object, "multipart", "encrypted");
}

/* A part that GMime did not read as a message: its type is right and it is encoded, or it is a file. */
static bool is_message_file(GMimeObject *object)
{
    const char *name = GMIME_IS_PART(object) ? g_mime_part_get_filename(GMIME_PART(object)) : NULL;

    if (!GMIME_IS_PART(object)) {
        return false;
    }
    if (tree_is_type(object, "message", "rfc822") || tree_is_type(object, "message", "global")) {
        return true;
    }
    g_autofree char *lower = name == NULL ? NULL : g_ascii_strdown(name, -1);
    return lower != NULL && g_str_has_suffix(lower, ".eml") &&
           tree_is_type(object, "application", "octet-stream");
}

/* `object` at `depth`: recursion ends at limits->depth. */
static GMimeObject *find_message(struct search *search, GMimeObject *object, size_t depth)
{
    if (object == NULL || depth > search->limits->depth ||
        ++search->parts > search->limits->parts || is_closed(object)) {
        return NULL;
    }
    if (!GMIME_IS_MULTIPART(object)) {
        return GMIME_IS_MESSAGE_PART(object) || is_message_file(object) ? object : NULL;
    }
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); i++) {
        GMimeObject *found =
            find_message(search, g_mime_multipart_get_part(multipart, i), depth + 1);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* GMime ends header lines as it likes and leaves bodies as they were: every line end becomes LF. */
static struct text copy_bytes(struct arena *arena, struct text bytes)
{
    char *copy = arena_alloc(arena, bytes.size + 1);
    size_t size = 0;

    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.at[i] != '\r' || i + 1 == bytes.size || bytes.at[i + 1] != '\n') {
            copy[size++] = bytes.at[i];
        }
    }
    return text_from(copy, size);
}

static struct text read_bytes(struct arena *arena, GMimeObject *object,
                              const struct mail_limits *limits)
{
    g_autoptr(GMimeStream) memory = g_mime_stream_mem_new();

    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        if (message != NULL) {
            (void)g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, memory);
        }
    } else {
        (void)tree_read_content(GMIME_PART(object), memory);
    }
    const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    if (bytes->len > limits->message_bytes) {
        return TEXT("");
    }
    return copy_bytes(arena, text_from((const char *)bytes->data, bytes->len));
}

const struct mail *forward_attached_parse(struct arena *arena, const struct mail *mail,
                                          const struct mail_limits *limits)
{
    struct prescan prescan;
    struct search search = {limits, 0};
    OWN(arena) scratch = arena_open(SCRATCH_BYTES(limits));

    if (mail->attachment_count == 0 || mail->raw.size == 0 ||
        !prescan_run(scratch, mail->raw, limits, &prescan, NULL)) {
        return NULL;
    }
    g_autoptr(GMimeMessage) message = tree_construct(&prescan);
    GMimeObject *found =
        message == NULL ? NULL : find_message(&search, g_mime_message_get_mime_part(message), 0);
    if (found == NULL) {
        return NULL;
    }
    return mail_parse(arena, read_bytes(arena, found, limits), limits, NULL);
}
