#include "gateway/store/digests.h"

#include "tests/unit/gateway/store/digest_scene.h"

SCENE(who_is_due_gets_one_letter_and_her_next_moment)
{
    add_reader(scene, CAROL);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 1);
    assert_string_equal(scene_ask(scene, "SELECT address || priority || subscriber_id FROM letter"),
                        CAROL "91");
    assert_int_equal(ask(scene, "SELECT value FROM letter_fact WHERE name = 'since'"), YESTERDAY);
    assert_int_equal(ask(scene, "SELECT value FROM letter_fact WHERE name = 'until'"), NOW);
    assert_int_equal(ask(scene, "SELECT digest_since FROM subscriber"), NOW);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"), TOMORROW);
    assert_int_equal(run(scene, NOW), 0);
    assert_int_equal(letters(scene), 1);
}

SCENE(where_nothing_changed_there_is_no_letter_and_the_moment_goes_on)
{
    add_reader(scene, CAROL);
    (void)open_at(scene, "Told before", SEVERITY_MAJOR, YESTERDAY - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    assert_int_equal(ask(scene, "SELECT digest_since FROM subscriber"), NOW);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"), TOMORROW);
}

SCENE(a_change_that_was_silent_makes_no_letter)
{
    struct command command = open_command("Quiet");

    command.is_silent = true;
    add_reader(scene, CAROL);
    (void)change(scene, &command, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
}

SCENE(nobody_is_due_before_her_moment)
{
    int64_t at = 0;

    add_reader(scene, CAROL);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW - 1), 0);
    assert_true(digests_next(scene->store, &scene_page, &at, NULL));
    assert_int_equal(at, NOW);
    set(scene, "UPDATE subscriber SET state = 2");
    assert_true(digests_next(scene->store, &scene_page, &at, NULL));
    assert_int_equal(at, 0);
    assert_int_equal(run(scene, NOW), 0);
}

SCENE(an_hour_is_that_of_her_zone)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET time_zone = 'America/New_York', digest_minute = 510");
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"),
                     NOW + 5 * HOUR_MS + 30 * MINUTE_MS); /* 08:30 EST is 13:30 UTC */
}

SCENE(a_week_ends_on_her_weekday)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET delivery = 2, digest_weekday = 1");
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"), NOW + 3 * DAY_MS);
}

/* Its writer took the time before the digest was made, and the lock after it. */

/* What she chose, and whether a major incident of the API is then in her digest. */
static const struct {
    const char *sql;
    bool hears;
} choices[] = {
    {"UPDATE subscriber SET severity = 1", true},
    {"UPDATE subscriber SET severity = 2", false},
    {"UPDATE subscriber SET kinds = 6", false},
    {"INSERT INTO subscriber_topic VALUES (1, 'c:comp_api')", true},
    {"INSERT INTO subscriber_topic VALUES (1, 'c:comp_mail')", false},
    {"INSERT INTO subscriber_topic VALUES (1, 'c:comp_mail'), (1, 'g:Core')", true},
    {"INSERT INTO subscriber_topic VALUES (1, 'i:1')", true},
    {"INSERT INTO subscriber_topic VALUES (1, 'i:2')", false},
    {"INSERT INTO subscriber_mute VALUES (1, 1)", false},
};

SCENE(filters_kinds_and_mutes_decide_whether_there_is_a_letter)
{
    add_reader(scene, CAROL);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
        set(scene,
            "DELETE FROM letter_fact; DELETE FROM letter; DELETE FROM subscriber_topic;"
            "DELETE FROM subscriber_mute; UPDATE subscriber SET severity = 0, kinds = 7,"
            " digest_since = %" PRId64 ", digest_at = %" PRId64 "; %s",
            YESTERDAY, NOW, choices[i].sql);
        assert_int_equal(run(scene, NOW), 1);
        if (letters(scene) != choices[i].hears)
            fail_msg("%s", choices[i].sql);
        assert_int_equal(load(scene, CAROL, YESTERDAY, NOW).story_count, choices[i].hears);
    }
}

SCENE(a_pause_puts_it_off_and_loses_nothing)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET paused_until = %" PRId64, NOW + DAY_MS + HOUR_MS);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"), NOW + 2 * DAY_MS);
    assert_int_equal(run(scene, NOW + 2 * DAY_MS), 1);
    assert_int_equal(ask(scene, "SELECT value FROM letter_fact WHERE name = 'since'"), YESTERDAY);
}

SCENE(who_wants_each_at_once_has_no_moment)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET delivery = 0");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    assert_string_equal(scene_ask(scene, "SELECT digest_at FROM subscriber"), "");
}

SCENE(a_digest_without_a_beginning_begins_now)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET digest_since = NULL");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    assert_int_equal(ask(scene, "SELECT digest_since FROM subscriber"), NOW);
}

SCENE(a_transaction_takes_as_many_as_it_is_told_and_the_longest_waiting_first)
{
    int64_t done = 0;

    add_reader(scene, CAROL);
    add_reader(scene, DAVE);
    set(scene, "UPDATE subscriber SET digest_at = digest_at - 60000 WHERE address = '" DAVE "'");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_true(digests_run_due(scene->store, &scene_page, NOW, 1, &done, NULL));
    assert_int_equal(done, 1);
    assert_string_equal(scene_ask(scene, "SELECT address FROM letter"), DAVE);
    assert_true(digests_run_due(scene->store, &scene_page, NOW, 1, &done, NULL));
    assert_int_equal(letters(scene), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(who_is_due_gets_one_letter_and_her_next_moment),
        SCENE_TEST(where_nothing_changed_there_is_no_letter_and_the_moment_goes_on),
        SCENE_TEST(a_change_that_was_silent_makes_no_letter),
        SCENE_TEST(nobody_is_due_before_her_moment),
        SCENE_TEST(an_hour_is_that_of_her_zone),
        SCENE_TEST(a_week_ends_on_her_weekday),
        SCENE_TEST(filters_kinds_and_mutes_decide_whether_there_is_a_letter),
        SCENE_TEST(a_pause_puts_it_off_and_loses_nothing),
        SCENE_TEST(who_wants_each_at_once_has_no_moment),
        SCENE_TEST(a_digest_without_a_beginning_begins_now),
        SCENE_TEST(a_transaction_takes_as_many_as_it_is_told_and_the_longest_waiting_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
