#include "gateway/config/places.h"

#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096

struct place_row {
    const char *field;
    const char *sources; /* where the build tree has them */
    const char *site;    /* NULL: a site has none of its own */
};

static const struct place_row rows[] = {
    [PLACES_TEMPLATES] = {"templates", TOCSIN_SOURCE_DIR "/templates", "/etc/tocsin/templates"},
    [PLACES_GRAMMARS] = {"grammars", TOCSIN_SOURCE_DIR "/gateway/grammar", "/etc/tocsin/grammars"},
    [PLACES_MONITORS] = {"monitors", TOCSIN_SOURCE_DIR "/contrib/monitors", NULL},
};

static bool is_directory(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_DIR);
}

static bool is_beneath(const char *path, const char *folder)
{
    const size_t size = strlen(folder);

    return strncmp(path, folder, size) == 0 && path[size] == '/';
}

/* Of this program's file; "" where the system does not say. */
static const char *find_program(struct arena *arena)
{
    char path[PATH_BYTES];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path);

    return size <= 0 || size == sizeof path ? "" : arena_copy(arena, path, (size_t)size);
}

/* An installed program must not read templates from where it was once built: whoever owns that
 * folder today would write our mails. */
static bool is_of_build_tree(const char *program)
{
    return is_beneath(program, TOCSIN_SOURCE_DIR) || is_beneath(program, TOCSIN_BINARY_DIR);
}

static const char *find_installed(struct arena *arena, const char *program, const char *name)
{
    const char *suffix = g_strrstr(program, "/bin/");
    const char *path = NULL;

    if (suffix != NULL)
        path = arena_format(arena, "%.*s/share/tocsin/%s", (int)(suffix - program), program, name);
    if (path != NULL && is_directory(path))
        return path;
    return arena_format(arena, "/usr/share/tocsin/%s", name);
}

const char *places_shipped(struct arena *arena, enum place_kind kind)
{
    const char *program = find_program(arena);

    if (is_of_build_tree(program) && is_directory(rows[kind].sources))
        return rows[kind].sources;
    const char *installed = find_installed(arena, program, rows[kind].field);
    return kind == PLACES_MONITORS && !is_directory(installed) ? NULL : installed;
}

const char *places_site(const char *given, enum place_kind kind)
{
    if (given != NULL)
        return given;
    return is_directory(rows[kind].site) ? rows[kind].site : NULL;
}

void places_check(const struct reader *reader, const struct yaml_node *root)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows) && rows[i].site != NULL; i++) {
        const struct yaml_node *node = yaml_find(root, rows[i].field);
        if (node != NULL && node->kind == YAML_SCALAR && node->value[0] == '/' &&
            !is_directory(node->value))
            yaml_problem(reader->problems, node,
                         "%.200s is no directory: make it, or leave `%s` "
                         "out",
                         node->value, rows[i].field);
    }
}

static bool has_language(const char *templates, const char *language)
{
    g_autofree char *path = templates == NULL ? NULL : g_build_filename(templates, language, NULL);

    return path != NULL && is_directory(path);
}

void places_check_language(const struct reader *reader, const struct yaml_node *owner,
                           const char *site, const char *language)
{
    const struct yaml_node *node = yaml_find(owner, "language");
    const char *const folders[] = {places_site(site, PLACES_TEMPLATES),
                                   places_shipped(reader->arena, PLACES_TEMPLATES)};

    if (node == NULL || language == NULL)
        return;
    /* "de-AT" is looked for in "de" too. */
    g_autofree char *without_region = g_strndup(language, strcspn(language, "-"));
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
        if (has_language(folders[i], language) || has_language(folders[i], without_region))
            return;
    yaml_warning(reader->problems, node,
                 "there are no templates in \"%s\": mails will be in en (the site's would lie in "
                 "/etc/tocsin/templates/%s)",
                 language, language);
}
