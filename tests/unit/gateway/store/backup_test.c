#include "gateway/store/store.h"

#include "gateway/base/error.h"
#include "tests/unit/gateway/store/scene.h"

static void refuse(struct scene *scene, const char *path, const char *why)
{
    g_autoptr(GError) error = NULL;

    assert_false(store_backup(scene->store, path, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_INPUT));
    if (strstr(error->message, why) == NULL)
        fail_msg("%s", error->message);
}

static const char *check(struct scene *scene, bool is_thorough)
{
    g_autoptr(GError) error = NULL;
    const char *finding = NULL;

    (void)store_check(scene->store, scene->arena, is_thorough, &finding, &error);
    scene_fail_on(error);
    return finding;
}

SCENE(a_backup_is_a_whole_database_for_us_alone)
{
    g_autoptr(GError) error = NULL;
    struct stat status;

    assert_int_equal(mkdir(scene_path(scene, "copy"), 0700), 0);
    const char *const path = scene_path(scene, "copy/tocsin.db");
    assert_true(store_backup(scene->store, path, &error));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    const struct store_settings settings = {scene_path(scene, "copy"), BUSY_MS};
    OWN(store) copy = store_open(&settings, STORE_FULL, &error);
    scene_fail_on(error);
    assert_int_equal(access(scene_path(scene, "copy/tocsin.db"), F_OK), 0);
    assert_true(store_mirror(copy, scene_pages, 1, NOW, &error));
}

SCENE(a_backup_replaces_nothing_and_follows_nothing)
{
    g_autofree char *kept = NULL;

    assert_true(g_file_set_contents(scene_path(scene, "old"), "precious", -1, NULL));
    assert_int_equal(symlink("nowhere", scene_path(scene, "link")), 0);
    refuse(scene, scene_path(scene, "old"), "old: File exists");
    refuse(scene, scene_path(scene, "link"), "link: File exists");
    refuse(scene, scene_path(scene, "gone/copy"), "No such file");
    assert_true(g_file_get_contents(scene_path(scene, "old"), &kept, NULL, NULL));
    assert_string_equal(kept, "precious");
    assert_int_equal(access(scene_path(scene, "nowhere"), F_OK), -1);
}

SCENE(a_sound_database_is_ok)
{
    assert_string_equal(check(scene, false), "ok");
    assert_string_equal(check(scene, true), "ok");
}

SCENE(orphans_are_found_by_a_thorough_check)
{
    sqlite3 *const careless = scene_connect(scene);

    assert_int_equal(sqlite3_exec(careless,
                                  "PRAGMA foreign_keys = 0;"
                                  "INSERT INTO subscriber_topic VALUES (99, 'c:x')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    (void)sqlite3_close(careless);
    assert_string_equal(check(scene, true),
                        "a row of subscriber_topic refers to none of subscriber");
}

/* Flips one bit in each page but those that hold the way in, and asks: a finding or an error, never a
 * crash. */
SCENE(a_damaged_database_is_busy_or_found_out_and_never_repaired)
{
    g_autofree char *bytes = NULL;
    gsize size = 0;
    size_t found_out = 0;

    assert_int_equal(scene_try(scene, "PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
    store_close(scene->store);
    scene->store = NULL;
    assert_true(g_file_get_contents(scene_path(scene, "tocsin.db"), &bytes, &size, NULL));
    for (size_t at = 100; at < size; at += 4096 / 2 + 7) {
        OWN(store) store = NULL;
        const char *finding = "";

        bytes[at] ^= 0x55;
        assert_true(g_file_set_contents_full(scene_path(scene, "tocsin.db"), bytes, (gssize)size,
                                             G_FILE_SET_CONTENTS_NONE, 0600, NULL));
        store = store_open(&scene->settings, STORE_FULL, NULL);
        found_out += store == NULL || !store_check(store, scene->arena, true, &finding, NULL) ||
                     strcmp(finding, "ok") != 0;
        bytes[at] ^= 0x55;
    }
    assert_true(found_out > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_backup_is_a_whole_database_for_us_alone),
        SCENE_TEST(a_backup_replaces_nothing_and_follows_nothing),
        SCENE_TEST(a_sound_database_is_ok),
        SCENE_TEST(orphans_are_found_by_a_thorough_check),
        SCENE_TEST(a_damaged_database_is_busy_or_found_out_and_never_repaired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
