/* tests/unit/gateway/store/scene.h: a page with its people, and a store in a directory of its own. */
#pragma once

#include "gateway/store/statements.h"
#include "tests/unit/unit.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW     INT64_C(1800000000000)
#define MEMORY  ((size_t)256 * 1024 * 1024)
#define BUSY_MS 20000

static const struct component scene_components[] = {
    {"comp_api", "API", "Core"},
    {"comp_web", "Website", "Core"},
    {"comp_mail", "Mail", ""},
};

static const struct page scene_page = {
    .id = "sp_abc123",
    .name = "Example",
    .local = "status",
    .domain = "status.example.com",
    .address = "status@status.example.com",
    .url = "https://status.example.com",
    .time_zone = "Etc/UTC",
    .language = "en",
    .contact = "",
    .reopen_ms = INT64_C(7) * 24 * 3600 * 1000,
    .reply_key_ms = INT64_C(14) * 24 * 3600 * 1000,
    .components = scene_components,
    .component_count = G_N_ELEMENTS(scene_components),
};

static const struct page *const scene_pages[] = {&scene_page};
static const char *const scene_page_ids[] = {"sp_abc123"};

static const struct operator scene_ada = {
    .name = "Ada Byron",
    .address = "ada@example.com",
    .time_zone = "Etc/UTC",
    .language = "en",
    .notify = OPERATOR_NOTIFY_ALL,
    .page_ids = scene_page_ids,
    .page_count = 1,
};

struct scene {
    char directory[64];
    struct store_settings settings;
    struct store *store;
    struct arena *arena;
};

static inline int scene_unlink(const char *path, const struct stat *status, int kind,
                               struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

/* cmocka's setup and teardown of a test that needs no store yet. */
static inline int scene_make(void **state)
{
    struct scene *const scene = calloc(1, sizeof *scene);

    assert_non_null(scene);
    (void)snprintf(scene->directory, sizeof scene->directory, "/tmp/tocsin-store-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    scene->settings = (struct store_settings){scene->directory, BUSY_MS};
    scene->arena = arena_open(MEMORY);
    *state = scene;
    return 0;
}

static inline int scene_end(void **state)
{
    struct scene *const scene = *state;

    store_close(scene->store);
    arena_close(scene->arena);
    (void)nftw(scene->directory, scene_unlink, 8, FTW_DEPTH | FTW_PHYS);
    free(scene);
    return 0;
}

static inline void scene_fail_on(const GError *error)
{
    if (error != NULL)
        fail_msg("%s", error->message);
}

/* The file at `name` in the scene's directory; in the arena. */
static inline char *scene_path(struct scene *scene, const char *name)
{
    return arena_format(scene->arena, "%s/%s", scene->directory, name);
}

/* The whole: opened and mirrored. */
static inline int scene_set(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)scene_make(state);
    struct scene *const scene = *state;
    scene->store = store_open(&scene->settings, STORE_FULL, &error);
    scene_fail_on(error);
    assert_true(store_mirror(scene->store, scene_pages, 1, NOW, &error));
    return 0;
}

/* A test like TEST, with `struct scene *scene`. */
#define SCENE(sentence)                                                                            \
    static void act_##sentence(struct scene *scene);                                               \
    static void sentence(void **state)                                                             \
    {                                                                                              \
        act_##sentence(*state);                                                                    \
    }                                                                                              \
    static void act_##sentence(struct scene *scene)

#define SCENE_TEST(sentence) cmocka_unit_test_setup_teardown(sentence, scene_set, scene_end)
#define BARE_TEST(sentence)  cmocka_unit_test_setup_teardown(sentence, scene_make, scene_end)

/* A connection of the test's own: it judges apart from the store's code. */
static inline sqlite3 *scene_connect(struct scene *scene)
{
    sqlite3 *other = NULL;

    assert_int_equal(sqlite3_open(scene_path(scene, "tocsin.db"), &other), SQLITE_OK);
    (void)sqlite3_busy_timeout(other, BUSY_MS);
    return other;
}

/* The first column of the first row, "" where there is none. */
static inline char *scene_ask(struct scene *scene, const char *sql)
{
    sqlite3 *const other = scene_connect(scene);
    sqlite3_stmt *asked = NULL;
    char *answer = arena_string(scene->arena, "");

    assert_int_equal(sqlite3_prepare_v2(other, sql, -1, &asked, NULL), SQLITE_OK);
    if (sqlite3_step(asked) == SQLITE_ROW && sqlite3_column_text(asked, 0) != NULL)
        answer = arena_string(scene->arena, (const char *)sqlite3_column_text(asked, 0));
    (void)sqlite3_finalize(asked);
    (void)sqlite3_close(other);
    return answer;
}

/* SQLite's result code. */
static inline int scene_try(struct scene *scene, const char *sql)
{
    sqlite3 *const other = scene_connect(scene);
    int code = sqlite3_exec(other, "PRAGMA foreign_keys = 1", NULL, NULL, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_exec(other, sql, NULL, NULL, NULL);
    (void)sqlite3_close(other);
    return code;
}
