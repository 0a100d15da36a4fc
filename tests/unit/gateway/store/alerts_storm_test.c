/* Many, long, late, silent: what alerts do to a store. */
#include "gateway/store/connection.h"
#include "tests/unit/gateway/store/alert_scene.h"

static char *key_of(struct scene *scene, int i)
{
    return arena_format(scene->arena, "web%d/http", i);
}

SCENE(a_storm_in_a_group_is_one_incident_and_one_summary)
{
    const struct monitor monitor = alert_monitor();

    for (int i = 0; i < 300; i++)
        (void)problem(scene, &monitor, key_of(scene, i), NOW + i * 100);
    assert_int_equal(count(scene, INCIDENTS), 1);
    assert_int_equal(count(scene, NOTIFICATIONS), 1);
    assert_int_equal(count(scene, LETTERS(8)), 1);
    assert_int_equal(next_alerts(scene, &monitor, NOW), NOW + 29900 + MINUTE_MS);
    (void)run_alerts(scene, &monitor, NOW + MINUTE_MS);
    assert_int_equal(count(scene, LETTERS(8)), 1);
    (void)run_alerts(scene, &monitor, NOW + 2 * MINUTE_MS);
    assert_string_equal(scene_ask(scene, LAST_NOTE),
                        "Alerts open now: 300\nNew since the last word: 299");
    (void)run_alerts(scene, &monitor, NOW + 20 * MINUTE_MS);
    assert_int_equal(count(scene, LETTERS(8)), 2);
    for (int i = 0; i < 300; i++)
        (void)cleared(scene, &monitor, key_of(scene, i), NOW + HOUR_MS + i);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
}

SCENE(a_storm_that_goes_on_is_summed_up_each_quarter_of_an_hour)
{
    const struct monitor monitor = alert_monitor();

    for (int i = 0; i < 120; i++) {
        const int64_t now = NOW + i * 30 * SECOND_MS;

        (void)problem(scene, &monitor, key_of(scene, i), now);
        (void)run_alerts(scene, &monitor, now);
    }
    assert_int_equal(count(scene, LETTERS(8)), 1 + 3);
}

/* A48: 10,000 different alerts, each of its own, are ten incidents and one for all others. */
SCENE(over_the_limit_all_others_share_one_incident)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.group = ALERT_GROUP_NONE;
    for (int i = 0; i < 200; i++)
        (void)problem(scene, &monitor, key_of(scene, i), NOW + i);
    assert_int_equal(count(scene, INCIDENTS), 11);
    assert_int_equal(count(scene, "SELECT count(*) FROM incident WHERE title LIKE '%many alerts'"),
                     1);
    (void)run_alerts(scene, &monitor, NOW + 10 * MINUTE_MS);
    assert_string_equal(scene_ask(scene, LAST_NOTE),
                        "Alerts open now: 190\nNew since the last word: 189");
    for (int i = 0; i < 200; i++)
        (void)cleared(scene, &monitor, key_of(scene, i), NOW + 20 * MINUTE_MS + i);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    assert_int_equal(count(scene, NOTIFICATIONS), 22);
    (void)problem(scene, &monitor, "later", NOW + 3 * HOUR_MS);
    assert_string_equal(scene_ask(scene, "SELECT title FROM incident ORDER BY id DESC LIMIT 1"),
                        "Production API is down");
}

SCENE(over_the_limit_operators_are_asked_once_for_all_others)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.group = ALERT_GROUP_NONE;
    monitor.policy.creates_incident = false;
    for (int i = 0; i < 100; i++)
        (void)problem(scene, &monitor, key_of(scene, i), NOW + i);
    assert_int_equal(count(scene, LETTERS(20)), 11);
    assert_int_equal(count(scene, INCIDENTS), 0);
}

/* Steps of SQLite's machine for one more mail. */
static int64_t steps_of(struct scene *scene, const struct monitor *monitor, const char *key,
                        int64_t now)
{
    int64_t steps = 0;
    sqlite3_stmt *statement = NULL;

    while ((statement = sqlite3_next_stmt(scene->store->sqlite, statement)) != NULL)
        (void)sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    (void)problem(scene, monitor, key, now);
    while ((statement = sqlite3_next_stmt(scene->store->sqlite, statement)) != NULL)
        steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0);
    return steps;
}

SCENE(one_more_alert_costs_the_same_among_ten_thousand)
{
    struct monitor monitor = alert_monitor();
    int64_t few;

    monitor.policy.flapping = (struct alert_limit){4, HOUR_MS};
    monitor.policy.updates_on_change = true;
    (void)problem(scene, &monitor, "one", NOW);
    (void)problem(scene, &monitor, "two", NOW);
    few = steps_of(scene, &monitor, "three", NOW + 1);
    assert_int_equal(
        scene_try(
            scene,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
            " INSERT INTO alert (page_id, monitor, key, cluster_id, is_open, counts, severity,"
            " opened_at, said_at, count, ripe_at, unstable_until)"
            " SELECT page_id, monitor, 'k' || i, cluster_id, 1, 1, i % 2, opened_at, said_at,"
            " 1, CASE WHEN i % 3 THEN ripe_at ELSE ripe_at + 864000000 END,"
            " CASE WHEN i % 5 THEN 0 ELSE said_at + 864000000 END"
            " FROM alert, n WHERE key = 'one'"),
        SQLITE_OK);
    (void)problem(scene, &monitor, "four", NOW + 2); /* says that it is unstable */
    assert_in_range(steps_of(scene, &monitor, "five", NOW + 3), 1, few + few / 4);
    (void)cleared(scene, &monitor, "one", NOW + 4);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
}

SCENE(updates_over_the_limit_wait_and_are_told_in_one)
{
    struct monitor monitor = alert_monitor();
    struct alert_report report = alert_report(ALERT_PROBLEM, "k", NOW);

    monitor.policy.has_severity = false;
    monitor.policy.updates_on_change = true;
    monitor.policy.updates = (struct alert_limit){2, HOUR_MS};
    report.has_severity = true;
    report.severity = SEVERITY_MINOR;
    (void)hear_report(scene, &monitor, &report);
    report.severity = SEVERITY_MAJOR;
    report.arrived_at = NOW + 1;
    (void)hear_report(scene, &monitor, &report);
    report.severity = SEVERITY_CRITICAL;
    report.arrived_at = NOW + 2;
    (void)hear_report(scene, &monitor, &report);
    assert_int_equal(count(scene, NOTIFICATIONS), 1);
    assert_int_equal(next_alerts(scene, &monitor, NOW + 2), NOW + HOUR_MS);
    (void)run_alerts(scene, &monitor, NOW + HOUR_MS);
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
    assert_int_equal(count(scene, "SELECT severity FROM incident"), SEVERITY_CRITICAL);
}

SCENE(keys_that_are_too_long_stay_apart_and_details_are_cut)
{
    const struct monitor monitor = alert_monitor();
    g_autofree char *begin = g_strnfill(3000, 'x');
    struct alert_report report = alert_report(ALERT_PROBLEM, NULL, NOW);

    report.detail = begin;
    report.key = arena_format(scene->arena, "%s1", begin);
    (void)hear_report(scene, &monitor, &report);
    (void)hear_report(scene, &monitor, &report);
    report.key = arena_format(scene->arena, "%s2", begin);
    (void)hear_report(scene, &monitor, &report);
    assert_int_equal(count(scene, "SELECT count(*) FROM alert"), 2);
    assert_in_range(count(scene, "SELECT max(length(key)) FROM alert"), 400, ALERT_KEY_MOST);
    assert_int_equal(count(scene, "SELECT max(length(detail)) FROM alert"), ALERT_DETAIL_MOST);
}

SCENE(a_monitor_of_another_page_is_refused_and_nothing_is_kept)
{
    struct monitor monitor = alert_monitor();
    const struct alert_report report = alert_report(ALERT_PROBLEM, "k", NOW);
    const struct alerts_source source = alert_source(&monitor);
    struct alerts_effect effect;

    monitor.policy.page_id = "sp_other";
    assert_true(store_begin(scene->store, NULL));
    assert_false(alerts_hear(alert_desk(scene, &monitor, NOW), scene->arena, &source, &report,
                             &effect, NULL));
    store_rollback(scene->store);
    assert_int_equal(count(scene, "SELECT count(*) FROM alert"), 0);
}

SCENE(a_cluster_that_cannot_be_judged_does_not_keep_the_others_from_their_turn)
{
    struct monitor monitor = alert_monitor();
    g_autoptr(GError) error = NULL;
    int64_t done = 0;

    monitor.policy.group = ALERT_GROUP_NONE;
    monitor.policy.open_after_ms = MINUTE_MS;
    (void)problem(scene, &monitor, "bad", NOW);
    (void)problem(scene, &monitor, "good", NOW + 1);
    assert_int_equal(scene_try(scene,
                               "CREATE TRIGGER broken BEFORE INSERT ON incident_update WHEN"
                               " new.message LIKE '%: bad%' BEGIN SELECT raise(ABORT, 'no'); END"),
                     SQLITE_OK);
    assert_false(alerts_run_due(alert_desk(scene, &monitor, NOW + HOUR_MS), 250, &done, &error));
    assert_int_equal(run_alerts(scene, &monitor, NOW + HOUR_MS), 1);
    assert_int_equal(count(scene, INCIDENTS), 1);
    assert_int_equal(next_alerts(scene, &monitor, NOW + HOUR_MS), NOW + 2 * HOUR_MS);
}

SCENE(what_templates_make_of_a_mail_has_limits)
{
    const struct monitor monitor = alert_monitor();
    g_autofree char *much = g_strnfill(200000, 'x');
    struct alert_report report = alert_report(ALERT_PROBLEM, "k", NOW);

    report.title = much;
    report.update = much;
    report.who = much;
    assert_int_equal(hear_report(scene, &monitor, &report).action, ALERT_DO_CHANGE);
    assert_int_equal(count(scene, "SELECT max(length(title)) FROM incident"), INCIDENT_TITLE_MOST);
    assert_in_range(count(scene, "SELECT max(length(message)) FROM incident_update"), 1000,
                    INCIDENT_TEXT_MOST);
}

SCENE(a_key_that_was_held_open_and_not_yet_released_opens_anew)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.flapping = (struct alert_limit){2, MINUTE_MS};
    (void)problem(scene, &monitor, "k", NOW);
    (void)cleared(scene, &monitor, "k", NOW + 1);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    assert_int_equal(
        scene_try(scene, "UPDATE incident SET status = 3, resolved_at = 1800000000002"),
        SQLITE_OK);                                     /* by a person */
    (void)cleared(scene, &monitor, "other", NOW + 3);   /* its cluster parts from it */
    (void)problem(scene, &monitor, "k", NOW + HOUR_MS); /* no clock came between */
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
}

SCENE(a_cluster_whose_monitor_is_gone_is_left_alone)
{
    struct monitor monitor = alert_monitor();
    struct monitor other = alert_monitor();

    other.name = "Other";
    monitor.policy.resolve_after_ms = MINUTE_MS;
    (void)problem(scene, &monitor, "k", NOW);
    (void)cleared(scene, &monitor, "k", NOW + 1);
    (void)run_alerts(scene, &other, NOW + HOUR_MS);
    assert_int_equal(run_alerts(scene, &other, NOW + HOUR_MS), 0);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
}

static void note_life(struct scene *scene, const struct monitor *monitor, int64_t now)
{
    const struct alerts_source source = alert_source(monitor);

    assert_true(store_begin(scene->store, NULL));
    assert_true(alerts_note_life(alert_desk(scene, monitor, now), scene->arena, &source, NULL));
    assert_true(store_commit(scene->store, NULL));
}

SCENE(a_monitor_that_stays_away_is_said_once_and_its_return_resolves)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.expect_every_ms = 5 * MINUTE_MS;
    (void)run_alerts(scene, &monitor, NOW); /* never heard: from now on it is expected */
    assert_int_equal(next_alerts(scene, &monitor, NOW), NOW + 5 * MINUTE_MS);
    note_life(scene, &monitor, NOW + 4 * MINUTE_MS);
    assert_int_equal(run_alerts(scene, &monitor, NOW + 6 * MINUTE_MS), 0);
    assert_int_equal(run_alerts(scene, &monitor, NOW + 9 * MINUTE_MS), 1);
    assert_string_equal(scene_ask(scene, "SELECT title FROM incident"),
                        "No sign of life from Production API");
    assert_int_equal(run_alerts(scene, &monitor, NOW + HOUR_MS), 0);
    assert_int_equal(next_alerts(scene, &monitor, NOW + HOUR_MS), 0);
    assert_int_equal(count(scene, INCIDENTS), 1);
    note_life(scene, &monitor, NOW + 2 * HOUR_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    assert_string_equal(scene_ask(scene, "SELECT message FROM incident_update WHERE status = 3"),
                        "Production API reports again.");
    assert_int_equal(next_alerts(scene, &monitor, NOW + 2 * HOUR_MS),
                     NOW + 2 * HOUR_MS + 5 * MINUTE_MS);
}

SCENE(a_silence_ends_also_for_who_is_no_longer_expected_to_speak)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.expect_every_ms = 5 * MINUTE_MS;
    (void)run_alerts(scene, &monitor, NOW);
    (void)run_alerts(scene, &monitor, NOW + 5 * MINUTE_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    monitor.policy.expect_every_ms = 0;
    note_life(scene, &monitor, NOW + HOUR_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
}

SCENE(a_clock_that_steps_back_expects_the_monitor_from_then_on)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.expect_every_ms = 5 * MINUTE_MS;
    note_life(scene, &monitor, NOW + HOUR_MS);
    assert_int_equal(next_alerts(scene, &monitor, NOW), NOW + 5 * MINUTE_MS);
}

SCENE(any_report_is_a_sign_of_life)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.expect_every_ms = 5 * MINUTE_MS;
    (void)run_alerts(scene, &monitor, NOW);
    (void)run_alerts(scene, &monitor, NOW + 5 * MINUTE_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    (void)problem(scene, &monitor, "k", NOW + 6 * MINUTE_MS); /* the same incident goes on */
    assert_int_equal(count(scene, "SELECT count(*) FROM alert WHERE is_open = 1"), 1);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    assert_int_equal(count(scene, NOTIFICATIONS), 1);
    (void)cleared(scene, &monitor, "k", NOW + 7 * MINUTE_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
}

SCENE(alerts_are_listed_newest_first)
{
    const struct monitor monitor = alert_monitor();
    struct listing listing = {.page = &scene_page, .most = 2};
    const struct alert *alerts = NULL;
    size_t found = 0;

    (void)problem(scene, &monitor, "a", NOW);
    (void)problem(scene, &monitor, "b", NOW + 1);
    (void)problem(scene, &monitor, "c", NOW + 2);
    (void)cleared(scene, &monitor, "c", NOW + 3);
    assert_true(alerts_list(scene->store, scene->arena, &listing, &alerts, &found, NULL));
    assert_int_equal(found, 2);
    assert_string_equal(alerts[0].key, "c");
    assert_string_equal(alerts[0].monitor, "Production API");
    assert_false(alerts[0].is_open);
    assert_int_equal(alerts[0].cleared_at, NOW + 3);
    assert_int_equal(alerts[0].change_count, 2);
    assert_int_equal(alerts[0].changes[1], NOW + 2);
    listing = (struct listing){.before_id = alerts[1].id, .most = 9};
    assert_true(alerts_list(scene->store, scene->arena, &listing, &alerts, &found, NULL));
    assert_int_equal(found, 1);
    assert_string_equal(alerts[0].key, "a");
}

SCENE(what_cleared_long_ago_is_forgotten_and_what_is_open_is_not)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.group = ALERT_GROUP_NONE;
    (void)problem(scene, &monitor, "a", NOW);
    (void)problem(scene, &monitor, "b", NOW);
    (void)cleared(scene, &monitor, "b", NOW + 1);
    assert_true(alerts_forget(scene->store, NOW + 29 * DAY_MS, NULL));
    assert_int_equal(count(scene, "SELECT count(*) FROM alert"), 2);
    assert_true(alerts_forget(scene->store, NOW + 31 * DAY_MS, NULL));
    assert_string_equal(scene_ask(scene, "SELECT group_concat(key) FROM alert"), "a");
    assert_int_equal(count(scene, "SELECT count(*) FROM cluster"), 1);
    assert_int_equal(count(scene, "SELECT count(*) FROM opening"), 0);
}

SCENE(the_private_words_of_drafts_are_forgotten_once_they_have_ended)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.creates_incident = false;
    (void)problem(scene, &monitor, "a", NOW);
    assert_true(alerts_forget(scene->store, NOW + 60 * DAY_MS, NULL));
    assert_int_equal(count(scene, "SELECT count(*) FROM draft WHERE detail <> ''"), 1);
    (void)cleared(scene, &monitor, "a", NOW + 1);
    assert_true(alerts_forget(scene->store, NOW + 60 * DAY_MS, NULL));
    assert_int_equal(count(scene, "SELECT count(*) FROM draft WHERE detail <> ''"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_storm_in_a_group_is_one_incident_and_one_summary),
        SCENE_TEST(a_storm_that_goes_on_is_summed_up_each_quarter_of_an_hour),
        SCENE_TEST(over_the_limit_all_others_share_one_incident),
        SCENE_TEST(over_the_limit_operators_are_asked_once_for_all_others),
        SCENE_TEST(one_more_alert_costs_the_same_among_ten_thousand),
        SCENE_TEST(updates_over_the_limit_wait_and_are_told_in_one),
        SCENE_TEST(keys_that_are_too_long_stay_apart_and_details_are_cut),
        SCENE_TEST(a_monitor_of_another_page_is_refused_and_nothing_is_kept),
        SCENE_TEST(a_cluster_that_cannot_be_judged_does_not_keep_the_others_from_their_turn),
        SCENE_TEST(what_templates_make_of_a_mail_has_limits),
        SCENE_TEST(a_key_that_was_held_open_and_not_yet_released_opens_anew),
        SCENE_TEST(a_cluster_whose_monitor_is_gone_is_left_alone),
        SCENE_TEST(a_monitor_that_stays_away_is_said_once_and_its_return_resolves),
        SCENE_TEST(a_silence_ends_also_for_who_is_no_longer_expected_to_speak),
        SCENE_TEST(a_clock_that_steps_back_expects_the_monitor_from_then_on),
        SCENE_TEST(any_report_is_a_sign_of_life),
        SCENE_TEST(alerts_are_listed_newest_first),
        SCENE_TEST(what_cleared_long_ago_is_forgotten_and_what_is_open_is_not),
        SCENE_TEST(the_private_words_of_drafts_are_forgotten_once_they_have_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
