#include "gateway/incident/alert_words.h"
#include "tests/unit/gateway/incident/alert_bench.h"

BENCH(one_ripe_alert_opens_at_once_with_friendly_words_and_its_own_in_a_note)
{
    const struct alert_plan plan = judge(bench);

    assert_int_equal(plan.action, ALERT_DO_CHANGE);
    assert_int_equal(plan.command->kind, COMMAND_OPEN);
    assert_string_equal(plan.command->title, "Production API is down");
    assert_string_equal(plan.command->message, "Our monitoring reports a problem with Production "
                                               "API. We are looking into it.");
    assert_int_equal(plan.command->severity, SEVERITY_MAJOR);
    assert_string_equal(plan.command->components[0].component_id, "comp_api");
    assert_string_equal(plan.command->note, "Production API: web1.internal/http\n\n"
                                            "Connection refused by 10.0.0.7");
    assert_string_equal(plan.command->actor.by, "monitor:Production API");
    assert_int_equal(plan.command->actor.role, ACTOR_MONITOR);
    assert_ptr_equal(plan.command->actor.monitor, &bench->monitor);
    assert_null(plan.command->actor.operator);
    assert_int_equal(plan.next_at, 0);
}

BENCH(what_a_policy_writes_is_said_instead_but_never_our_keyed_addresses)
{
    g_autofree char *long_title = g_strnfill(300, 'x');

    bench->lead.title = "API trouble, mail status+rabcdefgh@status.example.com";
    bench->lead.update = "Please wait.";
    const struct alert_plan plan = judge(bench);
    assert_string_equal(plan.command->title, "API trouble, mail status@status.example.com");
    assert_string_equal(plan.command->message, "Please wait.");
    bench->lead.title = long_title;
    assert_int_equal(g_utf8_strlen(judge(bench).command->title, -1), INCIDENT_TITLE_MOST);
}

BENCH(severity_is_the_policys_else_the_alerts_else_major)
{
    static const struct {
        int policy, alert;
        bool follows;
        enum incident_severity want;
        const char *title;
    } cases[] = {
        {-1, -1, false, SEVERITY_MAJOR, "Production API is down"},
        {-1, SEVERITY_MINOR, false, SEVERITY_MINOR, "Production API is impaired"},
        {-1, SEVERITY_CRITICAL, false, SEVERITY_CRITICAL, "Production API is down"},
        {SEVERITY_MAJOR, SEVERITY_CRITICAL, false, SEVERITY_MAJOR, "Production API is down"},
        {SEVERITY_MAJOR, SEVERITY_CRITICAL, true, SEVERITY_CRITICAL, "Production API is down"},
        {SEVERITY_MAJOR, SEVERITY_MINOR, true, SEVERITY_MAJOR, "Production API is down"},
        {SEVERITY_MINOR, -1, true, SEVERITY_MINOR, "Production API is impaired"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bench->monitor.policy.has_severity = cases[i].policy >= 0;
        bench->monitor.policy.severity = (enum incident_severity)MAX(cases[i].policy, 0);
        bench->monitor.policy.updates_on_change = cases[i].follows;
        bench->facts.has_severity = cases[i].alert >= 0;
        bench->facts.severity = (enum incident_severity)MAX(cases[i].alert, 0);
        const struct alert_plan plan = judge(bench);
        assert_int_equal(plan.command->severity, cases[i].want);
        assert_string_equal(plan.command->title, cases[i].title);
    }
}

BENCH(what_is_not_ripe_waits_for_its_moment)
{
    bench->facts.ripe = 0;
    bench->facts.lead = NULL;
    bench->facts.ripens_at = NOW + MINUTE_MS;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    assert_int_equal(judge(bench).next_at, NOW + MINUTE_MS);
    bench->facts.ripens_at = 0;
    assert_int_equal(judge(bench).next_at, 0);
}

BENCH(alerts_of_a_component_under_maintenance_open_nothing_until_it_is_over)
{
    bench->facts.is_under_maintenance = true;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    assert_in_range(judge(bench).next_at, NOW + 1, NOW + MINUTE_MS);
    bench->monitor.policy.creates_incident = false;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    bench->monitor.policy.is_suppressed_by_maintenance = false;
    assert_int_equal(judge(bench).action, ALERT_DO_ASK);
    bench->facts.is_under_maintenance = false;
    bench->monitor.policy.creates_incident = true;
    bench->monitor.policy.is_suppressed_by_maintenance = true;
    assert_int_equal(judge(bench).action, ALERT_DO_CHANGE);
}

BENCH(without_a_word_of_the_policy_operators_are_asked_once_and_it_is_withdrawn_when_clear)
{
    struct alert_plan plan;

    bench->monitor.policy.creates_incident = false;
    plan = judge(bench);
    assert_int_equal(plan.action, ALERT_DO_ASK);
    assert_string_equal(plan.command->title, "Production API is down");
    assert_non_null(strstr(plan.command->note, "10.0.0.7"));
    bench->facts.is_asked = true;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    bench->facts.counting = 0;
    bench->facts.lead = NULL;
    assert_int_equal(judge(bench).action, ALERT_DO_WITHDRAW);
    bench->facts.is_asked = false;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
}

BENCH(what_an_operator_ignores_is_not_asked_again)
{
    bench->monitor.policy.creates_incident = false;
    bench->facts.is_declined = true;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
}

BENCH(an_incident_that_an_operator_opened_for_it_is_hers_to_resolve)
{
    struct alert_plan plan;

    bench_clear(bench);
    bench->monitor.policy.creates_incident = false;
    plan = judge(bench);
    assert_int_equal(plan.action, ALERT_DO_CHANGE);
    assert_false(plan.command->has_status);
    assert_string_equal(plan.command->message, "");
    assert_non_null(strstr(plan.command->note, "Reply \"resolved\""));
    assert_true(plan.says_cleared);
}

BENCH(too_many_incidents_go_to_the_cluster_of_many_which_has_no_limit)
{
    bench->facts.incidents = 9;
    assert_int_equal(judge(bench).action, ALERT_DO_CHANGE);
    bench->facts.incidents = 10;
    assert_int_equal(judge(bench).action, ALERT_DO_OVERFLOW);
    bench->monitor.policy.creates_incident = false;
    assert_int_equal(judge(bench).action, ALERT_DO_OVERFLOW);
    bench->monitor.policy.creates_incident = true;
    bench->facts.is_many = true;
    bench->lead.title = "web1 is down";
    const struct alert_plan plan = judge(bench);
    assert_int_equal(plan.action, ALERT_DO_CHANGE);
    assert_string_equal(plan.command->title, "Production API: many alerts");
    bench->facts.is_many = false;
    bench->monitor.policy.incidents.most = 0;
    assert_int_equal(judge(bench).action, ALERT_DO_CHANGE);
}

BENCH(a_group_by_component_is_named_after_it)
{
    bench->monitor.policy.group = ALERT_GROUP_COMPONENT;
    assert_string_equal(judge(bench).command->title, "API is down");
}

BENCH(a_silent_monitor_has_words_of_its_own)
{
    bench->lead.key = ALERT_KEY_SILENT;
    assert_string_equal(judge(bench).command->title, "No sign of life from Production API");
}

TEST(each_text_is_there_in_each_language_with_its_subject)
{
    static const char *const languages[] = {"en", "de-AT", "fr", "es_MX", "ja"};
    OWN(arena) arena = arena_open(1 << 20);

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++)
        for (unsigned text = 0; text < ALERT_TEXT_COUNT; text++) {
            const char *const said =
                alert_words(arena, languages[i], (enum alert_text)text, "S-U-B");

            assert_true(g_utf8_validate(said, -1, NULL));
            if (strstr(said, "S-U-B") == NULL || strstr(said, "{}") != NULL ||
                (i > 0 &&
                 strcmp(said, alert_words(arena, "en", (enum alert_text)text, "S-U-B")) == 0))
                fail_msg("%s %u: %s", languages[i], text, said);
        }
    assert_string_equal(alert_words(arena, "xx", ALERT_TEXT_DOWN, "API"), "API is down");
    assert_string_equal(alert_words(arena, "", ALERT_TEXT_RESOLVED, "API"),
                        "API is working again.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_ripe_alert_opens_at_once_with_friendly_words_and_its_own_in_a_note),
        cmocka_unit_test(what_a_policy_writes_is_said_instead_but_never_our_keyed_addresses),
        cmocka_unit_test(severity_is_the_policys_else_the_alerts_else_major),
        cmocka_unit_test(what_is_not_ripe_waits_for_its_moment),
        cmocka_unit_test(alerts_of_a_component_under_maintenance_open_nothing_until_it_is_over),
        cmocka_unit_test(
            without_a_word_of_the_policy_operators_are_asked_once_and_it_is_withdrawn_when_clear),
        cmocka_unit_test(what_an_operator_ignores_is_not_asked_again),
        cmocka_unit_test(an_incident_that_an_operator_opened_for_it_is_hers_to_resolve),
        cmocka_unit_test(too_many_incidents_go_to_the_cluster_of_many_which_has_no_limit),
        cmocka_unit_test(a_group_by_component_is_named_after_it),
        cmocka_unit_test(a_silent_monitor_has_words_of_its_own),
        cmocka_unit_test(each_text_is_there_in_each_language_with_its_subject),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
