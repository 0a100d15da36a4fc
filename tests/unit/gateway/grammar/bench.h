/* tests/unit/gateway/grammar/bench.h: a grammar file in a folder of its own. */
#pragma once

#include "gateway/yaml/problems.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>

struct bench {
    struct arena *arena;
    char *folder;
    char *file;
    struct problems *problems;
};

static inline struct bench bench_open(const char *name, const char *content)
{
    struct bench bench = {.arena = arena_open((size_t)64 * 1024 * 1024)};

    bench.folder = g_dir_make_tmp("tocsin-grammar-XXXXXX", NULL);
    assert_non_null(bench.folder);
    bench.file = g_build_filename(bench.folder, name, NULL);
    assert_true(g_file_set_contents(bench.file, content, -1, NULL));
    assert_int_equal(g_chmod(bench.file, 0600), 0);
    bench.problems = problems_new(bench.arena);
    return bench;
}

static inline void bench_close(struct bench *bench)
{
    (void)g_unlink(bench->file);
    (void)g_rmdir(bench->folder);
    g_free(bench->file);
    g_free(bench->folder);
    arena_close(bench->arena);
}
