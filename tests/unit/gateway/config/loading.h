/* tests/unit/gateway/config/loading.h: a folder of configuration files, loaded. */
#pragma once

#include "gateway/base/arena.h"
#include "gateway/config/config.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#define LOADING_ARENA_BYTES ((size_t)256 * 1024 * 1024)

struct loading {
    struct arena *arena;
    char *folder;
    const char *file;
    struct problems *problems;
    const struct config *config; /* NULL: there were errors */
};

static inline struct loading loading_open(void)
{
    struct loading loading = {.arena = arena_open(LOADING_ARENA_BYTES)};

    loading.folder = g_dir_make_tmp("tocsin-config-XXXXXX", NULL);
    assert_non_null(loading.folder);
    loading.file = arena_format(loading.arena, "%s/tocsin.yaml", loading.folder);
    loading.problems = problems_new(loading.arena);
    return loading;
}

/* `name` is relative to the folder; its own folder is made. */
static inline const char *loading_write(const struct loading *loading, const char *name,
                                        const char *content, unsigned mode)
{
    const char *path = arena_format(loading->arena, "%s/%s", loading->folder, name);
    g_autofree char *parent = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
    assert_true(g_file_set_contents(path, content, -1, NULL));
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static inline void loading_remove(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);

    for (const char *name = NULL; folder != NULL && (name = g_dir_read_name(folder)) != NULL;) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        loading_remove(inner);
    }
    if (folder != NULL)
        g_dir_close(folder);
    (void)g_remove(path);
}

static inline void loading_close(struct loading *loading)
{
    loading_remove(loading->folder);
    g_free(loading->folder);
    arena_close(loading->arena);
}

static inline void loading_load(struct loading *loading)
{
    loading->config = config_load(loading->arena, loading->file, loading->problems);
}

/* The whole text of all problems: what a failed assertion should show. */
static inline const char *loading_report(const struct loading *loading)
{
    return problems_write(loading->problems, loading->arena);
}
