/* The n-th write, sync, truncation or deletion fails, for every n until none does. */
#include "gateway/store/letters.h"

#include "gateway/base/error.h"
#include "tests/unit/gateway/store/scene.h"
#include "tests/unit/gateway/store/shim.h"

#include <inttypes.h>

static const struct component_change api[] = {{COMPONENT_ADD, "comp_api", false, 0}};
static const struct operator* const operators[] = {&scene_ada};

static const struct command command = {
    .kind = COMMAND_OPEN,
    .page_id = "sp_abc123",
    .actor = {ACTOR_SHELL, "cli:root", "", "", "", NULL},
    .title = "API errors",
    .components = api,
    .component_count = 1,
    .message = "We are looking.",
    .note = "The vendor knows.",
};

struct fault {
    const char *name;
    enum shim_failure failure;
    bool for_ever;
};

static const struct fault faults[] = {
    {"one I/O error", SHIM_IO, false},
    {"a dead disk", SHIM_IO, true},
    {"a full write", SHIM_FULL, false},
    {"a full disk", SHIM_FULL, true},
};

/* Everything that one mail does. */
static bool take_mail(struct store *store, struct arena *arena, GError **error)
{
    if (!store_begin(store, error))
        return false;
    const struct decision *const decision =
        store_change(store, arena, &scene_page, &command, NOW, error);
    if (decision == NULL ||
        !letters_add_copies(store, &scene_page, operators, 1, decision, "", NOW, error)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}

/* Counts of what a whole change adds, each as often as there are changes. */
static void check_whole(struct scene *scene, const char *name, int nth, int64_t told)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM incident) || ' ' ||"
        " (SELECT count(*) FROM incident_component) || ' ' ||"
        " (SELECT count(*) / 2 FROM incident_update) || ' ' ||"
        " (SELECT count(*) FROM audit) || ' ' || (SELECT count(*) FROM notification) || ' ' ||"
        " (SELECT count(*) / 4 FROM notification_topic) || ' ' ||"
        " (SELECT count(*) / 2 FROM notification_lane) || ' ' ||"
        " (SELECT count(*) / 2 FROM letter) || ' ' ||"
        " (SELECT value FROM counter WHERE name = 'number')";
    const char *const counts = scene_ask(scene, sql);
    const int64_t stored = g_ascii_strtoll(counts, NULL, 10);
    const char *const want =
        arena_format(scene->arena,
                     "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
                     " %" PRId64 " %" PRId64 " %" PRId64,
                     stored, stored, stored, stored, stored, stored, stored, stored, stored);

    if (strcmp(counts, want) != 0)
        fail_msg("%s at %d: half a change: %s", name, nth, counts);
    if (stored < told)
        fail_msg("%s at %d: %" PRId64 " told, %" PRId64 " stored", name, nth, told, stored);
    if (strcmp(scene_ask(scene, "PRAGMA integrity_check"), "ok") != 0)
        fail_msg("%s at %d: damaged", name, nth);
}

static void reopen(struct scene *scene)
{
    g_autoptr(GError) error = NULL;

    store_close(scene->store);
    scene->store = store_open(&scene->settings, STORE_FULL, &error);
    scene_fail_on(error);
}

/* True: nothing failed any more. */
static bool try_mail(struct scene *scene, const struct fault *fault, int nth, int64_t *told)
{
    g_autoptr(GError) error = NULL;
    OWN(arena) arena = arena_open(MEMORY);

    shim_arm(nth, fault->failure, fault->for_ever);
    const bool is_done = take_mail(scene->store, arena, &error);
    const bool was_hit = shim_count() >= nth;
    shim_arm(0, SHIM_IO, false);
    if (!is_done && !g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_BUSY))
        fail_msg("%s at %d: %s", fault->name, nth, error->message);
    *told += is_done;
    return !was_hit;
}

SCENE(whatever_fails_at_any_write_a_change_is_whole_or_nothing_and_told_only_if_it_is_there)
{
    int64_t told = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        bool is_clean = false;

        for (int nth = 1; !is_clean; nth++) {
            assert_true(nth < 1000);
            is_clean = try_mail(scene, &faults[i], nth, &told);
            check_whole(scene, faults[i].name, nth, told);
            reopen(scene);
            check_whole(scene, faults[i].name, nth, told);
        }
    }
    assert_true(told >= (int64_t)G_N_ELEMENTS(faults));
}

SCENE(after_a_full_disk_the_same_connection_goes_on)
{
    g_autoptr(GError) full = NULL;
    g_autoptr(GError) again = NULL;

    shim_arm(1, SHIM_FULL, true);
    assert_false(take_mail(scene->store, scene->arena, &full));
    shim_arm(0, SHIM_FULL, false);
    assert_true(g_error_matches(full, TOCSIN_ERROR, TOCSIN_ERROR_BUSY));
    assert_non_null(strstr(full->message, "the disk is full"));
    assert_false(store_is_broken(scene->store));
    assert_true(take_mail(scene->store, scene->arena, &again));
}

SCENE(after_a_failed_sync_nothing_works_until_it_is_opened_again)
{
    g_autoptr(GError) again = NULL;
    int nth = 0;

    while (!store_is_broken(scene->store)) {
        shim_arm(++nth, SHIM_IO, false);
        (void)take_mail(scene->store, scene->arena, NULL);
        assert_true(nth < 1000);
    }
    shim_arm(0, SHIM_IO, false);
    assert_false(take_mail(scene->store, scene->arena, &again));
    assert_true(g_error_matches(again, TOCSIN_ERROR, TOCSIN_ERROR_BUSY));
    reopen(scene);
    assert_true(take_mail(scene->store, scene->arena, NULL));
}

static void remove_database(struct scene *scene)
{
    (void)unlink(scene_path(scene, "tocsin.db"));
    (void)unlink(scene_path(scene, "tocsin.db-wal"));
    (void)unlink(scene_path(scene, "tocsin.db-shm"));
}

SCENE(an_interrupted_migration_leaves_the_old_schema_or_the_new)
{
    bool is_clean = false;

    for (int nth = 1; !is_clean; nth++) {
        g_autoptr(GError) error = NULL;

        assert_true(nth < 1000);
        remove_database(scene);
        shim_arm(nth, SHIM_IO, true);
        store_close(store_open(&scene->settings, STORE_FULL, &error));
        is_clean = shim_count() < nth;
        shim_arm(0, SHIM_IO, false);
        const char *const tables =
            scene_ask(scene, "SELECT (SELECT user_version FROM pragma_user_version()) || ' ' ||"
                             " (SELECT count(*) > 10 FROM sqlite_schema)");
        if (strcmp(tables, "0 0") != 0 && strcmp(tables, "1 1") != 0 &&
            strcmp(tables, "2 1") != 0 && strcmp(tables, "3 1") != 0 && strcmp(tables, "4 1") != 0)
            fail_msg("at %d: %s", nth, tables);
        reopen(scene);
        store_close(scene->store);
        scene->store = NULL;
    }
}

SCENE(an_interrupted_backup_leaves_no_file)
{
    const char *const path = scene_path(scene, "copy");
    bool is_clean = false;

    for (int nth = 1; !is_clean; nth += 7) {
        assert_true(nth < 5000);
        shim_arm(nth, SHIM_FULL, true);
        const bool is_done = store_backup(scene->store, path, NULL);
        is_clean = shim_count() < nth;
        shim_arm(0, SHIM_IO, false);
        assert_int_equal(is_done, access(path, F_OK) == 0);
        if (store_is_broken(scene->store))
            reopen(scene);
        assert_true(is_done == is_clean);
    }
    const char *name = NULL;
    g_autoptr(GDir) folder = g_dir_open(scene->directory, 0, NULL);
    while ((name = g_dir_read_name(folder)) != NULL)
        assert_false(g_str_has_prefix(name, "copy."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(
            whatever_fails_at_any_write_a_change_is_whole_or_nothing_and_told_only_if_it_is_there),
        SCENE_TEST(after_a_full_disk_the_same_connection_goes_on),
        SCENE_TEST(after_a_failed_sync_nothing_works_until_it_is_opened_again),
        BARE_TEST(an_interrupted_migration_leaves_the_old_schema_or_the_new),
        SCENE_TEST(an_interrupted_backup_leaves_no_file),
    };

    shim_register();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
