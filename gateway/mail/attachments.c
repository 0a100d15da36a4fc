#include "gateway/mail/attachments.h"

#include "gateway/mail/decode.h"

#include <string.h>

#define NAME_CHARACTERS 100

static const char *const unnamed[][2] = {
    {"application", "pgp-signature"},
    {"application", "pgp-encrypted"},
    {"application", "pkcs7-signature"},
    {"application", "x-pkcs7-signature"},
};

struct list {
    struct arena *arena;
    const struct mail_limits *limits;
    const char **names;
    size_t count;
    size_t parts;
};

static bool is_text(GMimeObject *object)
{
    return !tree_is_attached(object) &&
           (tree_is_type(object, "text", "plain") || tree_is_type(object, "text", "html"));
}

static bool is_no_file(GMimeObject *object)
{
    for (size_t i = 0; i < G_N_ELEMENTS(unnamed); i++) {
        if (tree_is_type(object, unnamed[i][0], unnamed[i][1])) {
            return true;
        }
    }
    return is_text(object);
}

/* "C:\reports\May.pdf" is May.pdf, and so is "../May.pdf". */
static const char *without_folders(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *last = slash != NULL ? slash + 1 : name;
    const char *backslash = strrchr(last, '\\');

    return backslash != NULL ? backslash + 1 : last;
}

static void add(struct list *list, GMimeObject *object)
{
    const char *given = GMIME_IS_PART(object) ? g_mime_part_get_filename(GMIME_PART(object)) : NULL;
    g_autofree char *type =
        g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));

    if (list->count == ATTACHMENTS_MOST || is_no_file(object)) {
        return;
    }
    const char *name = given == NULL ? ""
                                     : decode_header(list->arena, text_of(without_folders(given)),
                                                     NAME_CHARACTERS);
    if (*name == '\0') {
        name = text_clean_line(list->arena, text_of(type), NAME_CHARACTERS);
    }
    list->names[list->count++] = name;
}

/* `object` at `depth`: recursion ends at limits->depth. */
static void walk(struct list *list, GMimeObject *object, size_t depth)
{
    if (object == NULL || depth > list->limits->depth || ++list->parts > list->limits->parts ||
        tree_is_type(object, "multipart", "report")) {
        return;
    }
    if (!GMIME_IS_MULTIPART(object)) {
        add(list, object);
        return;
    }
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); i++) {
        walk(list, g_mime_multipart_get_part(multipart, i), depth + 1);
    }
}

const char *const *attachments_list(struct arena *arena, GMimeObject *top,
                                    const struct mail_limits *limits, size_t *count)
{
    struct list list = {arena, limits, ARENA_ARRAY(arena, const char *, ATTACHMENTS_MOST), 0, 0};

    walk(&list, top, 0);
    *count = list.count;
    return list.names;
}
