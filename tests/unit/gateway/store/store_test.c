#include "gateway/store/store.h"

#include "gateway/base/error.h"
#include "tests/unit/gateway/store/scene.h"

#include <fcntl.h>
#include <inttypes.h>

enum { QUERY_SYNCHRONOUS, QUERY_FOREIGN_KEYS, QUERY_COUNT, QUERY_ALL };

static const struct statements_query queries[QUERY_ALL] = {
    [QUERY_SYNCHRONOUS] = {"PRAGMA synchronous", NULL},
    [QUERY_FOREIGN_KEYS] = {"PRAGMA foreign_keys", NULL},
    [QUERY_COUNT] = {"UPDATE counter SET value = value + 1 WHERE name = 'number' RETURNING value",
                     NULL},
};
static const struct statements_table table = {"store_test", queries, QUERY_ALL};

static int64_t ask(struct store *store, size_t query)
{
    g_autoptr(GError) error = NULL;
    OWN(statement) asked = statements_start(store, &table, query);
    int64_t value = 0;

    (void)statements_run_value(asked, -1, &value, &error);
    scene_fail_on(error);
    return value;
}

static void refuse(struct scene *scene, enum tocsin_error code, const char *why)
{
    g_autoptr(GError) error = NULL;

    assert_null(store_open(&scene->settings, STORE_FULL, &error));
    if (!g_error_matches(error, TOCSIN_ERROR, (int)code) || strstr(error->message, why) == NULL)
        fail_msg("%d: %s", error->code, error->message);
}

static void open_and_close(struct scene *scene)
{
    g_autoptr(GError) error = NULL;
    OWN(store) store = store_open(&scene->settings, STORE_FULL, &error);

    scene_fail_on(error);
}

SCENE(a_fresh_database_is_made_in_wal_mode_for_us_alone)
{
    struct stat status;

    assert_int_equal(stat(scene_path(scene, "tocsin.db"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_string_equal(scene_ask(scene, "PRAGMA journal_mode"), "wal");
    assert_string_equal(scene_ask(scene, "PRAGMA user_version"), "4");
    assert_string_equal(scene_ask(scene, "PRAGMA integrity_check"), "ok");
}

SCENE(what_intake_commits_survives_a_power_cut)
{
    g_autoptr(GError) error = NULL;
    OWN(store) sender = store_open(&scene->settings, STORE_NORMAL, &error);

    scene_fail_on(error);
    assert_int_equal(ask(scene->store, QUERY_SYNCHRONOUS), 2);
    assert_int_equal(ask(sender, QUERY_SYNCHRONOUS), 1);
    assert_int_equal(ask(scene->store, QUERY_FOREIGN_KEYS), 1);
    assert_int_equal(ask(sender, QUERY_FOREIGN_KEYS), 1);
}

SCENE(a_newer_database_is_refused_and_stays_untouched)
{
    const char *const path = scene_path(scene, "tocsin.db");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    gsize size = 0;
    gsize size_after = 0;

    open_and_close(scene);
    assert_int_equal(scene_try(scene, "PRAGMA user_version = 5; PRAGMA journal_mode = DELETE"), 0);
    assert_true(g_file_get_contents(path, &before, &size, NULL));
    refuse(scene, TOCSIN_ERROR_CONFIG, "has schema 5, newer than this program's 4");
    assert_true(g_file_get_contents(path, &after, &size_after, NULL));
    assert_int_equal(size, size_after);
    assert_memory_equal(before, after, size);
}

SCENE(another_programs_database_is_refused)
{
    assert_int_equal(scene_try(scene, "CREATE TABLE moz_places (id INTEGER)"), 0);
    assert_int_equal(chmod(scene_path(scene, "tocsin.db"), 0600), 0);
    refuse(scene, TOCSIN_ERROR_CONFIG, "another program's");
}

SCENE(no_database_is_busy_not_lost_mail)
{
    assert_true(g_file_set_contents(scene_path(scene, "tocsin.db"), "nothing of SQLite's, but long",
                                    -1, NULL));
    assert_int_equal(chmod(scene_path(scene, "tocsin.db"), 0600), 0);
    refuse(scene, TOCSIN_ERROR_BUSY, "restore a backup");
}

SCENE(a_missing_directory_is_busy)
{
    scene->settings.state = scene_path(scene, "gone");
    refuse(scene, TOCSIN_ERROR_BUSY, "No such file");
}

SCENE(a_directory_that_others_write_is_refused)
{
    assert_int_equal(chmod(scene->directory, 0770), 0);
    refuse(scene, TOCSIN_ERROR_CONFIG, "chmod go-w");
}

SCENE(a_link_in_the_databases_place_is_not_followed)
{
    const char *const victim = scene_path(scene, "victim");

    assert_true(g_file_set_contents(victim, "", 0, NULL));
    assert_int_equal(symlink(victim, scene_path(scene, "tocsin.db")), 0);
    refuse(scene, TOCSIN_ERROR_CONFIG, "tocsin.db: is a symbolic link");
    assert_int_equal(unlink(scene_path(scene, "tocsin.db")), 0);
    assert_int_equal(link(victim, scene_path(scene, "tocsin.db")), 0);
    refuse(scene, TOCSIN_ERROR_CONFIG, "one name");
    assert_int_equal(unlink(scene_path(scene, "tocsin.db")), 0);
    assert_int_equal(chmod(victim, 0644), 0);
    assert_int_equal(rename(victim, scene_path(scene, "tocsin.db")), 0);
    refuse(scene, TOCSIN_ERROR_CONFIG, "chmod 600");
}

SCENE(a_link_to_the_state_directory_is_fine)
{
    const char *const link_path = scene_path(scene, "link");

    assert_int_equal(mkdir(scene_path(scene, "real"), 0700), 0);
    assert_int_equal(symlink("real", link_path), 0);
    scene->settings.state = link_path;
    open_and_close(scene);
}

SCENE(a_lock_held_by_another_is_busy_after_the_time_given)
{
    g_autoptr(GError) error = NULL;
    struct store_settings hasty = {scene->directory, 50};
    OWN(store) late = store_open(&hasty, STORE_FULL, &error);

    scene_fail_on(error);
    assert_true(store_begin(scene->store, NULL));
    assert_false(store_begin(late, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_BUSY));
    store_rollback(scene->store);
    assert_true(store_begin(late, NULL));
    store_rollback(late);
}

SCENE(a_rolled_back_transaction_leaves_nothing_and_a_committed_one_all)
{
    assert_true(store_begin(scene->store, NULL));
    assert_int_equal(ask(scene->store, QUERY_COUNT), 1);
    store_rollback(scene->store);
    store_rollback(scene->store);
    assert_string_equal(scene_ask(scene, "SELECT value FROM counter WHERE name = 'number'"), "0");
    assert_true(store_begin(scene->store, NULL));
    assert_int_equal(ask(scene->store, QUERY_COUNT), 1);
    assert_true(store_commit(scene->store, NULL));
    assert_string_equal(scene_ask(scene, "SELECT value FROM counter WHERE name = 'number'"), "1");
}

SCENE(transactions_do_not_nest_and_a_commit_needs_one)
{
    g_autoptr(GError) nested = NULL;
    g_autoptr(GError) bare = NULL;

    assert_true(store_begin(scene->store, NULL));
    assert_false(store_begin(scene->store, &nested));
    assert_true(g_error_matches(nested, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
    store_rollback(scene->store);
    assert_false(store_commit(scene->store, &bare));
    assert_true(g_error_matches(bare, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
}

SCENE(pages_and_components_are_mirrored_and_what_vanished_is_retired)
{
    struct page smaller = scene_page;
    const struct page *const pages[] = {&smaller};

    assert_string_equal(scene_ask(scene, "SELECT version FROM page"), "2");
    assert_true(store_mirror(scene->store, scene_pages, 1, NOW, NULL));
    assert_string_equal(scene_ask(scene, "SELECT version FROM page"), "2");
    smaller.name = "Renamed";
    smaller.component_count = 2;
    assert_true(store_mirror(scene->store, pages, 1, NOW + 1, NULL));
    assert_string_equal(scene_ask(scene, "SELECT name || version FROM page"), "Renamed3");
    assert_string_equal(scene_ask(scene, "SELECT id FROM component WHERE is_retired = 1"),
                        "comp_mail");
    assert_true(store_mirror(scene->store, scene_pages, 1, NOW + 2, NULL));
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM component WHERE is_retired = 0"),
                        "3");
    assert_true(store_mirror(scene->store, NULL, 0, NOW + 3, NULL));
    assert_string_equal(scene_ask(scene, "SELECT is_retired FROM page"), "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_fresh_database_is_made_in_wal_mode_for_us_alone),
        SCENE_TEST(what_intake_commits_survives_a_power_cut),
        BARE_TEST(a_newer_database_is_refused_and_stays_untouched),
        BARE_TEST(another_programs_database_is_refused),
        BARE_TEST(no_database_is_busy_not_lost_mail),
        BARE_TEST(a_missing_directory_is_busy),
        BARE_TEST(a_directory_that_others_write_is_refused),
        BARE_TEST(a_link_in_the_databases_place_is_not_followed),
        BARE_TEST(a_link_to_the_state_directory_is_fine),
        SCENE_TEST(a_lock_held_by_another_is_busy_after_the_time_given),
        SCENE_TEST(a_rolled_back_transaction_leaves_nothing_and_a_committed_one_all),
        SCENE_TEST(transactions_do_not_nest_and_a_commit_needs_one),
        SCENE_TEST(pages_and_components_are_mirrored_and_what_vanished_is_retired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
