#include "tests/unit/gateway/store/alert_scene.h"

SCENE(a_problem_opens_an_incident_and_its_clear_resolves_it)
{
    const struct monitor monitor = alert_monitor();
    struct alerts_effect effect = problem(scene, &monitor, "web1/http", NOW);

    assert_int_equal(effect.outcome, ALERT_OPENED);
    assert_int_equal(effect.action, ALERT_DO_CHANGE);
    assert_int_equal(effect.decision->notification, NOTIFICATION_OPENED);
    assert_string_equal(scene_ask(scene, "SELECT title || ', ' || severity FROM incident"),
                        "Production API is down, 1");
    assert_string_equal(scene_ask(scene, "SELECT state FROM component WHERE id = 'comp_api'"), "3");
    assert_int_equal(count(scene, NOTIFICATIONS), 1);
    assert_int_equal(count(scene, LETTERS(7)), 1); /* Bob wants none */
    assert_string_equal(scene_ask(scene, LAST_NOTE),
                        "Production API: web1/http\n\nconnection refused by 10.0.0.7");
    effect = cleared(scene, &monitor, "web1/http", NOW + MINUTE_MS);
    assert_int_equal(effect.outcome, ALERT_CLOSED);
    assert_int_equal(effect.decision->notification, NOTIFICATION_RESOLVED);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
    assert_string_equal(scene_ask(scene, "SELECT message FROM incident_update WHERE status = 3"),
                        "Production API is working again.");
}

SCENE(nothing_raw_is_public)
{
    const struct monitor monitor = alert_monitor();

    (void)problem(scene, &monitor, "web1.internal/http", NOW);
    (void)cleared(scene, &monitor, "web1.internal/http", NOW + 1);
    assert_int_equal(count(scene, "SELECT count(*) FROM incident_update WHERE kind = 0"
                                  " AND (message LIKE '%internal%' OR message LIKE '%10.0.0%')"),
                     0);
    assert_int_equal(count(scene, "SELECT count(*) FROM incident WHERE title LIKE '%internal%'"),
                     0);
}

SCENE(who_reported_by_which_proof_is_recorded)
{
    const struct monitor monitor = alert_monitor();
    const struct alert_report report = alert_report(ALERT_PROBLEM, "k", NOW);
    struct alerts_source source = alert_source(&monitor);
    struct alerts_effect effect;

    (void)problem(scene, &monitor, "k", NOW);
    assert_string_equal(scene_ask(scene, "SELECT role || ' ' || by_whom || ' ' || proofs || ' ' ||"
                                         " client || ' ' || message_id FROM audit"),
                        "1 monitor:Production API network 192.0.2.7 <m@mon.example>");
    (void)cleared(scene, &monitor, "k", NOW);
    source.by = "ada@example.com";
    source.proofs = "dkim";
    assert_true(store_begin(scene->store, NULL));
    assert_true(alerts_hear(alert_desk(scene, &monitor, NOW + 5), scene->arena, &source, &report,
                            &effect, NULL));
    assert_true(store_commit(scene->store, NULL));
    assert_string_equal(scene_ask(scene, "SELECT proofs FROM audit ORDER BY id DESC LIMIT 1"),
                        "dkim by ada@example.com");
}

SCENE(known_problems_are_counted_and_change_nothing)
{
    const struct monitor monitor = alert_monitor();

    for (int i = 0; i < 100; i++)
        (void)problem(scene, &monitor, "k", NOW + i);
    assert_int_equal(count(scene, "SELECT count FROM alert"), 100);
    assert_int_equal(count(scene, "SELECT count(*) FROM incident_update"), 2); /* and its note */
    assert_int_equal(count(scene, NOTIFICATIONS), 1);
    assert_int_equal(cleared(scene, &monitor, "other", NOW + 200).outcome, ALERT_NOTHING_OPEN);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
}

SCENE(one_incident_for_many_alerts_resolves_when_all_are_clear)
{
    const struct monitor monitor = alert_monitor();

    (void)problem(scene, &monitor, "a", NOW);
    (void)problem(scene, &monitor, "b", NOW + 1);
    assert_int_equal(count(scene, INCIDENTS), 1);
    (void)cleared(scene, &monitor, "a", NOW + 2);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    (void)cleared(scene, &monitor, "b", NOW + 3);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
}

SCENE(without_a_group_each_key_has_its_own)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.group = ALERT_GROUP_NONE;
    (void)problem(scene, &monitor, "a", NOW);
    (void)problem(scene, &monitor, "b", NOW + 1);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 2);
    (void)cleared(scene, &monitor, "a", NOW + 2);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
}

SCENE(monitors_that_share_a_component_or_a_page_share_an_incident)
{
    static const enum alert_group groups[] = {ALERT_GROUP_COMPONENT, ALERT_GROUP_PAGE};

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        const int64_t now = NOW + (int64_t)i * DAY_MS;
        struct monitor one = alert_monitor();
        struct monitor other = alert_monitor();

        one.policy.group = groups[i];
        other.policy.group = groups[i];
        other.name = "Second";
        (void)problem(scene, &one, "k", now);
        (void)problem(scene, &other, "k", now + 1);
        assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
        (void)cleared(scene, &one, "k", now + 2);
        assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
        (void)cleared(scene, &other, "k", now + 3);
        assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    }
}

/* Two monitors of one page, the second of the website. */
struct pair {
    struct monitor one;
    struct monitor other;
    const struct monitor *both[2];
};

static const char *const web[] = {"comp_web"};

static void set_pair(struct pair *pair)
{
    *pair = (struct pair){.one = alert_monitor(), .other = alert_monitor()};
    pair->one.policy.group = pair->other.policy.group = ALERT_GROUP_PAGE;
    pair->other.name = "Second";
    pair->other.policy.component_ids = web;
    pair->other.policy.severity = SEVERITY_CRITICAL;
    pair->both[0] = &pair->one;
    pair->both[1] = &pair->other;
}

static void pair_hears(struct scene *scene, const struct pair *pair, const struct monitor *monitor,
                       enum alert_word word, int64_t now)
{
    struct alerts_desk desk = *alert_desk(scene, monitor, now);
    const struct alerts_source source = alert_source(monitor);
    const struct alert_report report = alert_report(word, "k", now);
    struct alerts_effect effect;

    desk.monitors = pair->both;
    desk.monitor_count = G_N_ELEMENTS(pair->both);
    assert_true(store_begin(scene->store, NULL));
    assert_true(alerts_hear(&desk, scene->arena, &source, &report, &effect, NULL));
    assert_true(store_commit(scene->store, NULL));
}

#define AFFECTED                                                                                   \
    "SELECT group_concat(component_id, ' ') FROM (SELECT component_id FROM incident_component"     \
    " ORDER BY component_id)"

SCENE(who_joins_an_incident_brings_its_component_and_its_severity_once)
{
    struct pair pair;

    set_pair(&pair);
    pair_hears(scene, &pair, &pair.one, ALERT_PROBLEM, NOW);
    assert_string_equal(scene_ask(scene, AFFECTED), "comp_api");
    pair_hears(scene, &pair, &pair.other, ALERT_PROBLEM, NOW + 1);
    assert_string_equal(scene_ask(scene, AFFECTED), "comp_api comp_web");
    assert_string_equal(scene_ask(scene, "SELECT severity FROM incident"), "2");
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
    pair_hears(scene, &pair, &pair.other, ALERT_PROBLEM, NOW + 2);
    pair_hears(scene, &pair, &pair.one, ALERT_CLEARED, NOW + 3);
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
    pair_hears(scene, &pair, &pair.other, ALERT_CLEARED, NOW + 4);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
}

SCENE(one_that_joins_is_ripe_and_under_no_maintenance)
{
    struct pair pair;

    set_pair(&pair);
    pair.other.policy.open_after_alerts = 2;
    pair_hears(scene, &pair, &pair.one, ALERT_PROBLEM, NOW);
    pair_hears(scene, &pair, &pair.other, ALERT_PROBLEM, NOW + 1);
    assert_string_equal(scene_ask(scene, AFFECTED), "comp_api");
    (void)scene_ask(scene, "UPDATE component SET state = 1 WHERE id = 'comp_web' RETURNING id");
    pair_hears(scene, &pair, &pair.other, ALERT_PROBLEM, NOW + 2);
    assert_string_equal(scene_ask(scene, AFFECTED), "comp_api");
    (void)scene_ask(scene, "UPDATE component SET state = 0 WHERE id = 'comp_web' RETURNING id");
    pair_hears(scene, &pair, &pair.one, ALERT_PROBLEM, NOW + 3);
    assert_string_equal(scene_ask(scene, AFFECTED), "comp_api comp_web");
}

SCENE(a_draft_of_one_holds_nothing_back_that_another_publishes)
{
    struct pair pair;

    set_pair(&pair);
    pair.one.policy.creates_incident = false;
    pair_hears(scene, &pair, &pair.one, ALERT_PROBLEM, NOW);
    assert_int_equal(count(scene, INCIDENTS), 0);
    pair_hears(scene, &pair, &pair.other, ALERT_PROBLEM, NOW + 1);
    assert_int_equal(count(scene, INCIDENTS), 1);
}

SCENE(it_opens_after_so_many_alerts_or_so_long)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.open_after_alerts = 3;
    monitor.policy.open_after_ms = 5 * MINUTE_MS;
    (void)problem(scene, &monitor, "k", NOW);
    (void)problem(scene, &monitor, "k", NOW + 1);
    assert_int_equal(next_alerts(scene, &monitor, NOW + 1), 0);
    (void)problem(scene, &monitor, "k", NOW + 2);
    assert_int_equal(count(scene, INCIDENTS), 0);
    assert_int_equal(next_alerts(scene, &monitor, NOW + 2), NOW + 5 * MINUTE_MS);
    assert_int_equal(run_alerts(scene, &monitor, NOW + 5 * MINUTE_MS - 1), 0);
    assert_int_equal(run_alerts(scene, &monitor, NOW + 5 * MINUTE_MS), 1);
    assert_int_equal(count(scene, INCIDENTS), 1);
    assert_int_equal(run_alerts(scene, &monitor, NOW + 5 * MINUTE_MS), 0);
}

SCENE(what_clears_before_it_is_ripe_opens_nothing)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.open_after_ms = 5 * MINUTE_MS;
    (void)problem(scene, &monitor, "k", NOW);
    (void)cleared(scene, &monitor, "k", NOW + MINUTE_MS);
    (void)run_alerts(scene, &monitor, NOW + HOUR_MS);
    assert_int_equal(count(scene, INCIDENTS), 0);
    assert_int_equal(next_alerts(scene, &monitor, NOW + HOUR_MS), 0);
}

SCENE(a_clear_must_hold_before_it_resolves)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.resolve_after_ms = 5 * MINUTE_MS;
    (void)problem(scene, &monitor, "k", NOW);
    (void)cleared(scene, &monitor, "k", NOW + MINUTE_MS);
    (void)problem(scene, &monitor, "k", NOW + 2 * MINUTE_MS);
    (void)run_alerts(scene, &monitor, NOW + 6 * MINUTE_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    (void)cleared(scene, &monitor, "k", NOW + 7 * MINUTE_MS);
    (void)run_alerts(scene, &monitor, NOW + 11 * MINUTE_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    (void)run_alerts(scene, &monitor, NOW + 12 * MINUTE_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
}

SCENE(a_flapping_key_is_held_open_said_once_and_resolves_when_it_is_stable)
{
    struct monitor monitor = alert_monitor();
    int64_t at = NOW;

    monitor.policy.flapping = (struct alert_limit){3, 10 * MINUTE_MS};
    monitor.policy.resolve_after_ms = MINUTE_MS; /* so that the first clear does not resolve */
    for (int i = 0; i < 20; i++, at += 20 * SECOND_MS)
        (void)(i % 2 == 0 ? problem(scene, &monitor, "k", at) : cleared(scene, &monitor, "k", at));
    assert_int_equal(count(scene, INCIDENTS), 1);
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
    assert_int_equal(
        count(scene, "SELECT count(*) FROM incident_update WHERE message LIKE '%unstable%'"), 1);
    at -= 20 * SECOND_MS; /* the last clear */
    (void)run_alerts(scene, &monitor, at);
    assert_int_equal(next_alerts(scene, &monitor, at), at + 10 * MINUTE_MS);
    (void)run_alerts(scene, &monitor, at + 10 * MINUTE_MS - 1);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    (void)run_alerts(scene, &monitor, at + 10 * MINUTE_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    assert_int_equal(count(scene, NOTIFICATIONS), 3);
}

SCENE(severity_rises_once_and_never_falls)
{
    struct monitor monitor = alert_monitor();
    struct alert_report report = alert_report(ALERT_PROBLEM, "k", NOW);

    monitor.policy.has_severity = false;
    monitor.policy.updates_on_change = true;
    report.has_severity = true;
    for (int i = 0; i < 6; i++) {
        report.severity = (enum incident_severity)(i / 2);
        report.arrived_at = NOW + i;
        (void)hear_report(scene, &monitor, &report);
    }
    assert_int_equal(count(scene, "SELECT severity FROM incident"), SEVERITY_CRITICAL);
    assert_int_equal(count(scene, NOTIFICATIONS), 3);
    report.severity = SEVERITY_MINOR;
    (void)hear_report(scene, &monitor, &report);
    assert_int_equal(count(scene, "SELECT severity FROM incident"), SEVERITY_CRITICAL);
    assert_int_equal(count(scene, NOTIFICATIONS), 3);
}

SCENE(alerts_of_a_component_under_maintenance_wait_for_its_end)
{
    const struct monitor monitor = alert_monitor();

    assert_int_equal(scene_try(scene, "UPDATE component SET state = 1 WHERE id = 'comp_api'"),
                     SQLITE_OK);
    (void)problem(scene, &monitor, "k", NOW);
    assert_int_equal(count(scene, INCIDENTS), 0);
    assert_int_equal(run_alerts(scene, &monitor, NOW + MINUTE_MS), 1);
    assert_int_equal(count(scene, INCIDENTS), 0);
    assert_int_equal(scene_try(scene, "UPDATE component SET state = 0 WHERE id = 'comp_api'"),
                     SQLITE_OK);
    (void)run_alerts(scene, &monitor, NOW + 2 * MINUTE_MS);
    assert_int_equal(count(scene, INCIDENTS), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_problem_opens_an_incident_and_its_clear_resolves_it),
        SCENE_TEST(nothing_raw_is_public),
        SCENE_TEST(who_reported_by_which_proof_is_recorded),
        SCENE_TEST(known_problems_are_counted_and_change_nothing),
        SCENE_TEST(one_incident_for_many_alerts_resolves_when_all_are_clear),
        SCENE_TEST(without_a_group_each_key_has_its_own),
        SCENE_TEST(monitors_that_share_a_component_or_a_page_share_an_incident),
        SCENE_TEST(who_joins_an_incident_brings_its_component_and_its_severity_once),
        SCENE_TEST(one_that_joins_is_ripe_and_under_no_maintenance),
        SCENE_TEST(a_draft_of_one_holds_nothing_back_that_another_publishes),
        SCENE_TEST(it_opens_after_so_many_alerts_or_so_long),
        SCENE_TEST(what_clears_before_it_is_ripe_opens_nothing),
        SCENE_TEST(a_clear_must_hold_before_it_resolves),
        SCENE_TEST(a_flapping_key_is_held_open_said_once_and_resolves_when_it_is_stable),
        SCENE_TEST(severity_rises_once_and_never_falls),
        SCENE_TEST(alerts_of_a_component_under_maintenance_wait_for_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
