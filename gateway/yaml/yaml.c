#include "gateway/yaml/yaml.h"

#include "gateway/base/own.h"
#include "gateway/yaml/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_for_file(struct problems *problems, const char *path, const char *text)
{
    const struct problem place = {.file = path};

    problems_add(problems, &place, "%s", text);
}

struct yaml_node *yaml_load(struct arena *arena, const char *file, struct text bytes,
                            struct problems *problems)
{
    const char *name = arena_string(arena, file);

    if (bytes.size > YAML_MOST_BYTES) {
        add_for_file(problems, name, "is larger than 1 MiB");
        return NULL;
    }
    return document_parse(arena, name, bytes, problems);
}

/* NULL: the file may be read. */
static const char *judge_file(const struct stat *status, bool is_trusted)
{
    if (!S_ISREG(status->st_mode))
        return "is no regular file";
    if (status->st_size > (off_t)YAML_MOST_BYTES)
        return "is larger than 1 MiB";
    if (!is_trusted)
        return NULL;
    if (status->st_uid != 0 && status->st_uid != geteuid())
        return "belongs to somebody else: it must belong to root or to the user that runs Tocsin";
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "may be written by others: chmod go-w";
    return NULL;
}

/* One byte more than the limit is enough to tell that a file grew beyond it. */
static bool read_all(int descriptor, GByteArray *bytes)
{
    guint8 block[16 * 1024];
    ssize_t size = 0;

    do {
        size = read(descriptor, block, sizeof block);
        if (size > 0)
            g_byte_array_append(bytes, block, (guint)size);
    } while ((size > 0 && bytes->len <= YAML_MOST_BYTES) || (size < 0 && errno == EINTR));
    return size >= 0;
}

static bool read_file(int descriptor, const char *path, bool is_trusted, GByteArray *bytes,
                      struct problems *problems)
{
    struct stat status;

    if (fstat(descriptor, &status) != 0) {
        add_for_file(problems, path, g_strerror(errno));
        return false;
    }
    const char *why = judge_file(&status, is_trusted);
    if (why == NULL && !read_all(descriptor, bytes))
        why = g_strerror(errno);
    if (why != NULL)
        add_for_file(problems, path, why);
    return why == NULL;
}

struct yaml_node *yaml_load_file(struct arena *arena, const char *path, bool is_trusted,
                                 struct problems *problems)
{
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (descriptor < 0) {
        add_for_file(problems, path, g_strerror(errno));
        return NULL;
    }
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const bool is_read = read_file(descriptor, path, is_trusted, bytes, problems);
    (void)close(descriptor);
    if (!is_read)
        return NULL;
    /* An empty array has no bytes at all, which libyaml takes for a mistake of its caller. */
    const char *at = bytes->len > 0 ? (const char *)bytes->data : "";
    return yaml_load(arena, path, text_from(at, bytes->len), problems);
}

static struct yaml_node *find_child(const struct yaml_node *node, const char *key)
{
    if (node == NULL || node->kind != YAML_MAPPING)
        return NULL;
    for (struct yaml_node *child = node->first; child != NULL; child = child->next)
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

const struct yaml_node *yaml_find(const struct yaml_node *node, const char *key)
{
    return find_child(node, key);
}

bool yaml_is_null(const struct yaml_node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};

    if (node->kind != YAML_SCALAR || !node->is_plain)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(node->value, words[i]) == 0)
            return true;
    return false;
}

char *yaml_path(struct arena *arena, const struct yaml_node *node)
{
    const struct yaml_node *chain[YAML_MOST_DEPTH + 2] = {NULL};
    g_autoptr(GString) path = g_string_new(NULL);
    size_t depth = 0;

    for (; node->parent != NULL && depth < G_N_ELEMENTS(chain); node = node->parent)
        chain[depth++] = node;
    while (depth > 0) {
        node = chain[--depth];
        if (node->key == NULL)
            g_string_append_printf(path, "[%zu]", node->index);
        else
            g_string_append_printf(path, "%s%.64s", path->len > 0 ? "." : "", node->key);
    }
    /* A key may have been cut inside a character. */
    return text_clean(arena, text_from(path->str, path->len));
}

static void add_at(struct problems *problems, const struct problem *place, const char *format,
                   va_list arguments) __attribute__((format(printf, 3, 0)));

static void add_at(struct problems *problems, const struct problem *place, const char *format,
                   va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);

    problems_add(problems, place, "%s", text);
}

/* A path is needed for a moment only: problems copy it. */
#define PATH_BYTES (64 * 1024)

void yaml_problem(struct problems *problems, const struct yaml_node *node, const char *format, ...)
{
    OWN(arena) arena = arena_open(PATH_BYTES);
    const struct problem place = {node->file, node->line, node->column, yaml_path(arena, node),
                                  NULL,       false};
    va_list arguments;

    va_start(arguments, format);
    add_at(problems, &place, format, arguments);
    va_end(arguments);
}

void yaml_warning(struct problems *problems, const struct yaml_node *node, const char *format, ...)
{
    OWN(arena) arena = arena_open(PATH_BYTES);
    const struct problem place = {node->file, node->line, node->column, yaml_path(arena, node),
                                  NULL,       true};
    va_list arguments;

    va_start(arguments, format);
    add_at(problems, &place, format, arguments);
    va_end(arguments);
}

void yaml_problem_key(struct problems *problems, const struct yaml_node *node, const char *format,
                      ...)
{
    OWN(arena) arena = arena_open(PATH_BYTES);
    const struct yaml_node *named = node->parent != NULL ? node->parent : node;
    const struct problem place = {
        node->file, node->key_line, node->key_column, yaml_path(arena, named), NULL, false};
    va_list arguments;

    va_start(arguments, format);
    add_at(problems, &place, format, arguments);
    va_end(arguments);
}

static void append_all(struct yaml_node *into, struct yaml_node *from)
{
    struct yaml_node *next = NULL;

    for (struct yaml_node *child = from->first; child != NULL; child = next) {
        next = child->next;
        document_append(into, child);
    }
}

/* `operators:` alone in the first file must not hide the operators of the second. */
static void take_place(struct yaml_node *empty, const struct yaml_node *with)
{
    const struct yaml_node old = *empty;

    *empty = *with;
    empty->next = old.next;
    empty->parent = old.parent;
}

/* Recurses at most YAML_MOST_DEPTH deep: no tree is deeper. */
static void merge_mappings(struct yaml_node *into, struct yaml_node *from,
                           struct problems *problems)
{
    struct yaml_node *next = NULL;

    for (struct yaml_node *child = from->first; child != NULL; child = next) {
        struct yaml_node *present = find_child(into, child->key);
        next = child->next;
        if (present == NULL)
            document_append(into, child);
        else if (present->kind == YAML_BROKEN || yaml_is_null(child))
            continue;
        else if (yaml_is_null(present))
            take_place(present, child);
        else if (present->kind == YAML_MAPPING && child->kind == YAML_MAPPING)
            merge_mappings(present, child, problems);
        else if (present->kind == YAML_SEQUENCE && child->kind == YAML_SEQUENCE)
            append_all(present, child);
        else if (child->kind != YAML_BROKEN)
            yaml_problem(problems, child, "is given already in %s:%u", present->file,
                         present->key_line);
    }
}

void yaml_merge(struct yaml_node *into, struct yaml_node *from, struct problems *problems)
{
    if (from->kind != YAML_MAPPING)
        yaml_problem(problems, from, "holds no fields (`name: value`)");
    else if (into->kind == YAML_MAPPING)
        merge_mappings(into, from, problems);
}

void yaml_make_list(struct arena *arena, struct yaml_node *root, const char *single,
                    const char *many, struct problems *problems)
{
    struct yaml_node *node = find_child(root, single);

    if (node == NULL)
        return;
    if (find_child(root, many) != NULL) {
        yaml_problem_key(problems, node, "`%s` and `%s` cannot stand in one file", single, many);
        return;
    }
    struct yaml_node *element = ARENA_NEW(arena, struct yaml_node);
    *element = *node;
    for (struct yaml_node *child = node->first; child != NULL; child = child->next)
        child->parent = element;
    element->key = NULL;
    node->kind = YAML_SEQUENCE;
    node->key = arena_string(arena, many);
    node->value = "";
    node->count = 0;
    node->first = node->last = NULL;
    document_append(node, element);
}
