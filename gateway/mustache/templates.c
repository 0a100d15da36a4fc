#include "gateway/mustache/templates.h"

#include "gateway/base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_NAME_BYTES 32
/* Of sources, trees and paths of all templates; a template of 20,000 nodes takes about 3 MiB. */
#define ARENA_BYTES ((size_t)512 * 1024 * 1024)

struct directory {
    const char *path;
    int descriptor; /* -1: there is none */
};

enum { SITE, SHIPPED, DIRECTORY_COUNT };

struct templates {
    struct arena *arena;
    struct directory directories[DIRECTORY_COUNT];
    GHashTable *parsed; /* path -> struct mustache_template */
};

struct wanted {
    const char *language;
    const char *name;
    const char *extension;
};

/* Partials are found for the template that is rendered. */
struct search {
    struct templates *templates;
    const char *language;
    const char *extension;
};

static bool open_directory(struct templates *templates, size_t which, const char *path,
                           GError **error)
{
    struct directory *directory = &templates->directories[which];

    directory->descriptor = -1;
    if (path == NULL)
        return true;
    directory->path = arena_string(templates->arena, path);
    directory->descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory->descriptor >= 0 ||
           error_set(error, TOCSIN_ERROR_CONFIG, "templates %s: %s", path, g_strerror(errno));
}

struct templates *templates_open(const char *site_directory, const char *shipped_directory,
                                 GError **error)
{
    struct arena *arena = arena_open(ARENA_BYTES);
    struct templates *templates = ARENA_NEW(arena, struct templates);

    templates->arena = arena;
    templates->parsed = g_hash_table_new(g_str_hash, g_str_equal);
    templates->directories[SHIPPED].descriptor = -1;
    if (open_directory(templates, SITE, site_directory, error) &&
        open_directory(templates, SHIPPED, shipped_directory, error))
        return templates;
    templates_close(templates);
    return NULL;
}

void templates_close(struct templates *templates)
{
    if (templates == NULL)
        return;
    for (size_t i = 0; i < DIRECTORY_COUNT; i++)
        if (templates->directories[i].descriptor >= 0)
            (void)close(templates->directories[i].descriptor);
    g_hash_table_unref(templates->parsed);
    arena_close(templates->arena);
}

static bool is_name(const char *name)
{
    const size_t size = strlen(name);

    for (size_t i = 0; i < size; i++)
        if (!g_ascii_isalnum(name[i]) && name[i] != '_' && name[i] != '-')
            return false;
    return size > 0 && size <= MOST_NAME_BYTES;
}

/* -1 with errno: O_NOFOLLOW at each step, so that no link leads out of the directory. O_NONBLOCK: a
 * FIFO must not be waited for. */
static int open_file(const struct directory *directory, const char *language, const char *file)
{
    const int folder =
        openat(directory->descriptor, language, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (folder < 0)
        return -1;
    const int descriptor = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const int why = errno;
    (void)close(folder);
    errno = why;
    return descriptor;
}

/* NULL: read; else what is wrong. */
static const char *read_file(int descriptor, GByteArray *bytes)
{
    guint8 block[16 * 1024];
    struct stat status;
    ssize_t size = 0;

    if (fstat(descriptor, &status) != 0)
        return g_strerror(errno);
    if (!S_ISREG(status.st_mode))
        return "is no regular file";
    do {
        size = read(descriptor, block, sizeof block);
        if (size > 0)
            g_byte_array_append(bytes, block, (guint)size);
    } while ((size > 0 && bytes->len <= MUSTACHE_MOST_SOURCE_BYTES) ||
             (size < 0 && errno == EINTR));
    return size < 0 ? g_strerror(errno) : NULL;
}

static const struct mustache_template *parse_file(struct templates *templates, const char *path,
                                                  int descriptor, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const char *why = read_file(descriptor, bytes);

    if (why != NULL) {
        (void)error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", path, why);
        return NULL;
    }
    const struct mustache_template *template = mustache_parse(
        templates->arena, path, text_from((const char *)bytes->data, bytes->len), error);
    if (template != NULL)
        g_hash_table_insert(templates->parsed, arena_string(templates->arena, path),
                            (void *)(uintptr_t) template);
    return template;
}

/* NULL without an error: it is not there. */
static const struct mustache_template *find_in(struct templates *templates, size_t which,
                                               const struct wanted *wanted, GError **error)
{
    const struct directory *directory = &templates->directories[which];

    if (directory->descriptor < 0)
        return NULL;
    g_autofree char *file = g_strdup_printf("%s.%s", wanted->name, wanted->extension);
    g_autofree char *path = g_strdup_printf("%s/%s/%s", directory->path, wanted->language, file);
    const struct mustache_template *known = g_hash_table_lookup(templates->parsed, path);
    if (known != NULL)
        return known;
    const int descriptor = open_file(directory, wanted->language, file);
    if (descriptor < 0) {
        if (errno != ENOENT)
            (void)error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    const struct mustache_template *template = parse_file(templates, path, descriptor, error);
    (void)close(descriptor);
    return template;
}

static const struct mustache_template *find_in_language(struct templates *templates,
                                                        const char *language,
                                                        const struct wanted *wanted, GError **error)
{
    const struct wanted here = {language, wanted->name, wanted->extension};
    GError *why = NULL;

    for (size_t which = 0; which < DIRECTORY_COUNT; which++) {
        const struct mustache_template *template = find_in(templates, which, &here, &why);
        if (why != NULL)
            g_propagate_error(error, why);
        if (why != NULL || template != NULL)
            return template;
    }
    return NULL;
}

/* NULL without an error: no language has it. */
static const struct mustache_template *find(struct templates *templates,
                                            const struct wanted *wanted, GError **error)
{
    g_autofree char *without_region = g_strdup(wanted->language);
    const char *const languages[] = {wanted->language, without_region, "en"};
    GError *why = NULL;

    g_strdelimit(without_region, "-_", '\0');
    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        if (languages[i][0] == '\0')
            continue;
        const struct mustache_template *template =
            find_in_language(templates, languages[i], wanted, &why);
        if (why != NULL)
            g_propagate_error(error, why);
        if (why != NULL || template != NULL)
            return template;
    }
    return NULL;
}

static bool check_wanted(const struct wanted *wanted, GError **error)
{
    if (is_name(wanted->language) && is_name(wanted->name) && is_name(wanted->extension))
        return true;
    return error_set(
        error, TOCSIN_ERROR_CONFIG,
        "a template's language, name and extension are 1 to 32 letters, digits, _ and -");
}

const struct mustache_template *templates_find(struct templates *templates, const char *language,
                                               const char *name, const char *extension,
                                               GError **error)
{
    const struct wanted wanted = {language, name, extension};
    GError *why = NULL;

    if (!check_wanted(&wanted, error))
        return NULL;
    const struct mustache_template *template = find(templates, &wanted, &why);
    if (why != NULL)
        g_propagate_error(error, why);
    else if (template == NULL)
        (void)error_set(error, TOCSIN_ERROR_CONFIG, "there is no template %s.%s in %s or en", name,
                        extension, language);
    return template;
}

/* Words are the same in every medium, and what they stand in escapes them: a partial that exists in no
 * language as HTML is looked for as text. */
static const struct mustache_template *find_partial(void *context, const char *name, GError **error)
{
    const struct search *search = context;
    const struct wanted wanted = {search->language, name, search->extension};
    GError *why = NULL;

    if (!check_wanted(&wanted, error))
        return NULL;
    const struct mustache_template *partial = find(search->templates, &wanted, &why);
    if (why != NULL)
        g_propagate_error(error, why);
    if (why != NULL || partial != NULL)
        return partial;
    return templates_find(search->templates, search->language, name, "txt", error);
}

bool templates_render(struct templates *templates, const struct templates_task *task,
                      const json_t *values, GString *output, GError **error)
{
    const struct mustache_template *template =
        templates_find(templates, task->language, task->name, task->extension, error);
    struct search search = {templates, task->language, task->extension};
    const struct mustache_partials partials = {find_partial, &search};
    const struct mustache_task rendering = {task->escape, &partials, task->most_bytes};

    return template != NULL && mustache_render(template, values, &rendering, output, error);
}

static void check_file(struct search *search, size_t which, const char *file, GString *report)
{
    const char *dot = strrchr(file, '.');
    g_autofree char *name = dot != NULL ? g_strndup(file, (gsize)(dot - file)) : g_strdup("");
    const struct wanted wanted = {search->language, name, dot != NULL ? dot + 1 : ""};
    const struct mustache_partials partials = {find_partial, search};
    g_autoptr(GError) error = NULL;

    if (!check_wanted(&wanted, NULL)) /* an editor's copy, say */
        return;
    search->extension = wanted.extension;
    const struct mustache_template *template = find_in(search->templates, which, &wanted, &error);
    if (template != NULL)
        (void)mustache_check(template, &partials, &error);
    if (error != NULL)
        g_string_append_printf(report, "%s\n", error->message);
}

typedef void (*visitor)(struct search *search, size_t which, const char *entry, GString *report);

/* Calls `visit` for each entry of a directory that is a possible name. */
static void for_each_entry(struct search *search, size_t which, const char *folder, visitor visit,
                           GString *report)
{
    const int base = search->templates->directories[which].descriptor;
    const int descriptor =
        base < 0 ? -1 : openat(base, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = descriptor < 0 ? NULL : fdopendir(descriptor);

    if (entries == NULL) {
        if (descriptor >= 0)
            (void)close(descriptor);
        return; /* a file beside the languages */
    }
    for (const struct dirent *entry = NULL; (entry = readdir(entries)) != NULL;)
        if (entry->d_name[0] != '.')
            visit(search, which, entry->d_name, report);
    (void)closedir(entries);
}

static void check_language(struct search *search, size_t which, const char *language,
                           GString *report)
{
    if (!is_name(language))
        return;
    search->language = language;
    for_each_entry(search, which, language, check_file, report);
}

bool templates_check(struct templates *templates, GString *report)
{
    struct search search = {.templates = templates};
    const size_t size_before = report->len;

    for (size_t which = 0; which < DIRECTORY_COUNT; which++)
        for_each_entry(&search, which, ".", check_language, report);
    return report->len == size_before;
}
