#include "gateway/clock/clock.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/clock/chores.h"
#include "gateway/store/intakes.h"
#include "gateway/store/letters.h"
#include "tests/unit/gateway/store/digest_scene.h"

static const uint8_t root[32] = {1};

static int64_t run_clock(struct scene *scene, int64_t now)
{
    const struct clock_world world = {
        .store = &scene->settings,
        .bounces = &bounce_settings_default,
        .pages = scene_pages,
        .page_count = 1,
    };
    OWN(secret) secret = secret_new(root);
    const struct clock_desk desk = {&world, scene->store, secret};
    g_autoptr(GError) error = NULL;
    int64_t next = -1;

    (void)clock_run_due(&desk, now, &next, &error);
    scene_fail_on(error);
    return next;
}

static void hold(struct scene *scene, int64_t expires_at)
{
    struct held held = {
        .operator_address = "ada@example.com",
        .mail = TEXT_INIT("From: x\r\n\r\n"),
        .proofs = "dkim",
        .reason = "the signature leaves To out",
        .created_at = expires_at - DAY_MS,
        .expires_at = expires_at,
    };

    assert_true(intakes_hold(scene->store, &scene_page, &held, NULL));
}

SCENE(the_author_of_a_held_command_hears_once_that_nothing_was_published)
{
    hold(scene, NOW);
    hold(scene, NOW + 1);
    (void)run_clock(scene, NOW - 1);
    assert_int_equal(ask(scene, "SELECT count(*) FROM letter"), 0);
    (void)run_clock(scene, NOW);
    (void)run_clock(scene, NOW);
    assert_string_equal(scene_ask(scene, "SELECT group_concat(kind || address) FROM letter"),
                        "5ada@example.com");
    assert_int_equal(ask(scene, "SELECT ended_at FROM held WHERE id = 1"), NOW);
    (void)run_clock(scene, NOW + 1);
    assert_int_equal(ask(scene, "SELECT count(*) FROM letter"), 2);
}

SCENE(all_digests_that_are_due_are_made_and_end_at_the_same_moment)
{
    add_reader(scene, CAROL);
    set(scene,
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 600)"
        " INSERT INTO subscriber (public_id, page_id, address, lane, state, created_at,"
        " confirmed_at, delivery, digest_since, digest_at)"
        " SELECT 'sub_' || i, 'sp_abc123', i || '@example.net', 1, 1, 1, 1, 1, %" PRId64
        ", %" PRId64 " FROM n",
        YESTERDAY, NOW);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    (void)run_clock(scene, NOW + 5);
    assert_int_equal(letters(scene), 600);
    assert_int_equal(ask(scene, "SELECT count(DISTINCT subscriber_id) FROM letter"), 600);
    assert_int_equal(ask(scene, "SELECT count(DISTINCT value) FROM letter_fact"), 2);
    assert_int_equal(ask(scene, "SELECT count(*) FROM digest_mark"), 1);
}

SCENE(the_next_moment_is_that_of_the_next_digest_or_two_seconds_later)
{
    add_reader(scene, CAROL);
    assert_int_equal(run_clock(scene, NOW - HOUR_MS), NOW - HOUR_MS + 2 * SECOND_MS);
    assert_int_equal(run_clock(scene, NOW - 700), NOW);
    assert_int_equal(run_clock(scene, NOW), NOW + 2 * SECOND_MS);
}

SCENE(where_nothing_is_due_no_lock_is_taken)
{
    const struct clock_world world = {
        .store = &scene->settings,
        .bounces = &bounce_settings_default,
        .pages = scene_pages,
        .page_count = 1,
    };
    const struct clock_desk desk = {&world, scene->store, NULL};
    sqlite3 *const other = scene_connect(scene);
    struct chores_tally tally = {0};
    bool has_more = true;

    add_reader(scene, CAROL);
    hold(scene, NOW);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_true(chores_run(&desk, NOW - 1, &tally, &has_more, NULL));
    assert_false(has_more);
    assert_false(chores_has_done(&tally));
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(other);
}

SCENE(a_chore_that_fails_does_not_keep_the_others_from_their_turn)
{
    const struct clock_world world = {
        .store = &scene->settings,
        .bounces = &bounce_settings_default,
        .pages = scene_pages,
        .page_count = 1,
    };
    const struct clock_desk desk = {&world, scene->store, NULL};
    g_autoptr(GError) error = NULL;
    struct chores_tally tally = {0};
    bool has_more = true;

    add_reader(scene, CAROL);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    hold(scene, NOW);
    set(scene, "CREATE TRIGGER broken BEFORE UPDATE ON held BEGIN SELECT raise(ABORT, 'no'); END");
    assert_false(chores_run(&desk, NOW, &tally, &has_more, &error));
    assert_true(g_str_has_prefix(error->message, "unpublished of sp_abc123: "));
    assert_int_equal(tally.done[CHORE_DIGESTS], 1);
    assert_int_equal(letters(scene), 1);
}

SCENE(what_is_made_for_a_moment_to_come_is_due_for_the_sender_at_once)
{
    const struct clock_world world = {
        .store = &scene->settings,
        .bounces = &bounce_settings_default,
        .pages = scene_pages,
        .page_count = 1,
    };
    const int64_t now = moment_now();
    const int64_t then = now + 3 * DAY_MS;
    g_autoptr(GError) error = NULL;

    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET digest_since = %" PRId64 ", digest_at = %" PRId64,
        now - DAY_MS, then - 1);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, now);
    assert_true(clock_run_once(&world, then, &error));
    assert_int_equal(letters(scene), 1);
    assert_in_range(ask(scene, "SELECT due_at FROM letter"), now, moment_now());
    assert_int_equal(ask(scene, "SELECT value FROM letter_fact WHERE name = 'until'"), then);
}

SCENE(a_monitor_that_is_silent_opens_an_incident_at_its_moment)
{
    static const struct monitor monitor = {
        .name = "Backup",
        .address = "",
        .policy = {.creates_incident = true,
                   .page_id = "sp_abc123",
                   .open_after_alerts = 1,
                   .resolves_on_clear = true,
                   .resolve_after_ms = MINUTE_MS,
                   .expect_every_ms = 500},
    };
    static const struct monitor *const monitors[] = {&monitor};
    const struct clock_world world = {
        .store = &scene->settings,
        .bounces = &bounce_settings_default,
        .pages = scene_pages,
        .page_count = 1,
        .monitors = monitors,
        .monitor_count = 1,
    };
    const struct clock_desk desk = {&world, scene->store, NULL};
    int64_t next = 0;

    assert_true(clock_run_due(&desk, NOW, &next, NULL));
    assert_int_equal(next, NOW + 500);
    assert_true(clock_run_due(&desk, NOW + 499, &next, NULL));
    assert_int_equal(ask(scene, "SELECT count(*) FROM incident"), 0);
    assert_true(clock_run_due(&desk, NOW + 500, &next, NULL));
    assert_string_equal(scene_ask(scene, "SELECT title FROM incident"),
                        "No sign of life from Backup");
    assert_true(clock_run_due(&desk, NOW + DAY_MS, &next, NULL));
    assert_int_equal(ask(scene, "SELECT count(*) FROM incident"), 1);
    assert_int_equal(next, NOW + DAY_MS + 2 * SECOND_MS);
}

SCENE(what_waits_for_another_try_is_not_made_due)
{
    struct letter letter = {
        .page_id = scene_page.id,
        .kind = LETTER_ANSWER,
        .address = CAROL,
        .language = "",
        .time_zone = "",
        .created_at = NOW - 5,
        .due_at = NOW + 5,
    };

    assert_true(letters_add(scene->store, &letter, NULL));
    assert_true(letters_make_due(scene->store, NOW, NULL));
    assert_int_equal(ask(scene, "SELECT due_at FROM letter"), NOW + 5);
}

SCENE(a_pause_ends_by_itself)
{
    struct subscriber carol = subscriber_default;
    bool was_there = false;

    carol.page_id = scene_page.id;
    carol.address = CAROL;
    carol.paused_until = NOW;
    assert_true(subscribers_add(scene->store, &carol, YESTERDAY, &was_there, NULL));
    (void)run_clock(scene, NOW - 1);
    assert_int_equal(ask(scene, "SELECT count(*) FROM interest"), 0);
    (void)run_clock(scene, NOW);
    assert_int_equal(ask(scene, "SELECT count(*) FROM interest"), 1);
    assert_string_equal(scene_ask(scene, "SELECT paused_until FROM subscriber"), "");
}

SCENE(a_digest_that_is_due_with_the_end_of_a_pause_is_made)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET paused_until = %" PRId64, NOW);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    (void)run_clock(scene, NOW);
    assert_int_equal(letters(scene), 1);
}

SCENE(what_is_old_is_forgotten)
{
    static const uint8_t digest[INTAKES_DIGEST_SIZE] = {1};
    bool is_new = false;

    assert_true(intakes_see(scene->store, &scene_page, SEEN_MAIL, digest, "<m@x>",
                            NOW - 31 * DAY_MS, &is_new, NULL));
    (void)run_clock(scene, NOW);
    assert_int_equal(ask(scene, "SELECT count(*) FROM seen"), 0);
    set(scene,
        "INSERT INTO subscriber (public_id, page_id, address, lane, state, created_at)"
        " VALUES ('sub_x', 'sp_abc123', 'x@example.net', 1, 0, %" PRId64 ")",
        NOW);
    (void)run_clock(scene, NOW + HOUR_MS);
    assert_int_equal(ask(scene, "SELECT count(*) FROM subscriber"), 1);
    (void)run_clock(scene, NOW + 60 * DAY_MS);
    assert_int_equal(ask(scene, "SELECT count(*) FROM subscriber"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(the_author_of_a_held_command_hears_once_that_nothing_was_published),
        SCENE_TEST(all_digests_that_are_due_are_made_and_end_at_the_same_moment),
        SCENE_TEST(the_next_moment_is_that_of_the_next_digest_or_two_seconds_later),
        SCENE_TEST(where_nothing_is_due_no_lock_is_taken),
        SCENE_TEST(a_chore_that_fails_does_not_keep_the_others_from_their_turn),
        SCENE_TEST(what_is_made_for_a_moment_to_come_is_due_for_the_sender_at_once),
        SCENE_TEST(a_monitor_that_is_silent_opens_an_incident_at_its_moment),
        SCENE_TEST(what_waits_for_another_try_is_not_made_due),
        SCENE_TEST(a_pause_ends_by_itself),
        SCENE_TEST(a_digest_that_is_due_with_the_end_of_a_pause_is_made),
        SCENE_TEST(what_is_old_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
