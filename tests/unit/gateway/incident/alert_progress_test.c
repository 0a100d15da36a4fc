/* What alert_judge() makes of an incident that is there. */
#include "tests/unit/gateway/incident/alert_bench.h"

BENCH(a_clear_resolves_at_once_with_a_friendly_word)
{
    struct alert_plan plan;

    bench_clear(bench);
    bench->facts.clear_since = NOW;
    plan = judge(bench);
    assert_int_equal(plan.action, ALERT_DO_CHANGE);
    assert_int_equal(plan.command->kind, COMMAND_UPDATE);
    assert_int_equal(plan.command->incident_id, 7);
    assert_int_equal(plan.command->status, INCIDENT_RESOLVED);
    assert_string_equal(plan.command->message, "Production API is working again.");
    bench->facts.resolved = "All good.";
    assert_string_equal(judge(bench).command->message, "All good.");
}

BENCH(a_clear_must_hold_as_long_as_the_policy_says)
{
    bench_clear(bench);
    bench->monitor.policy.resolve_after_ms = 5 * MINUTE_MS;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    assert_int_equal(judge(bench).next_at, NOW + 3 * MINUTE_MS);
    bench->facts.clear_since = NOW - 5 * MINUTE_MS;
    assert_int_equal(judge(bench).action, ALERT_DO_CHANGE);
    bench->facts.clear_since = NOW + HOUR_MS; /* our clock stepped back */
    assert_int_equal(judge(bench).action, ALERT_DO_CHANGE);
}

BENCH(a_policy_that_does_not_resolve_says_so_to_operators_once)
{
    bench_clear(bench);
    bench->monitor.policy.resolves_on_clear = false;
    const struct alert_plan plan = judge(bench);
    assert_false(plan.command->has_status);
    assert_string_equal(plan.command->note,
                        "The monitor says that Production API is working again.");
    bench->facts.was_noted = true;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
}

BENCH(after_a_person_has_spoken_the_monitor_notes_and_asks)
{
    bench_clear(bench);
    bench->facts.was_human = true;
    assert_int_equal(judge(bench).command->status, INCIDENT_RESOLVED);
    bench->monitor.policy.is_quiet_after_human = true;
    const struct alert_plan plan = judge(bench);
    assert_false(plan.command->has_status);
    assert_true(plan.says_cleared);
    assert_non_null(strstr(plan.command->note, "Reply \"resolved\""));
    bench->facts.was_noted = true;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    bench->facts.was_human = false;
    assert_int_equal(judge(bench).command->status, INCIDENT_RESOLVED);
}

BENCH(what_goes_on_changes_nothing)
{
    bench_go_on(bench);
    bench->facts.ripens_at = NOW + 1;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    assert_int_equal(judge(bench).next_at, NOW + 1);
}

BENCH(what_is_unstable_is_held_open_and_said_once)
{
    struct alert_plan plan;

    bench_go_on(bench);
    bench->facts.is_unstable = true;
    bench->facts.stable_at = NOW + MINUTE_MS;
    bench->facts.lead = NULL;
    plan = judge(bench);
    assert_int_equal(plan.action, ALERT_DO_CHANGE);
    assert_non_null(strstr(plan.command->message, "unstable"));
    assert_false(plan.command->has_status);
    assert_true(plan.says_unstable);
    assert_int_equal(plan.next_at, NOW + MINUTE_MS);
    bench->facts.was_unstable = true;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    assert_int_equal(judge(bench).next_at, NOW + MINUTE_MS);
}

BENCH(severity_rises_where_the_policy_says_so_and_never_falls)
{
    struct incident lowered = outage;
    struct alert_plan plan;

    bench_go_on(bench);
    bench->facts.has_severity = true;
    bench->facts.severity = SEVERITY_CRITICAL;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    bench->monitor.policy.updates_on_change = true;
    plan = judge(bench);
    assert_true(plan.says_worse);
    assert_int_equal(plan.command->severity, SEVERITY_CRITICAL);
    assert_non_null(strstr(plan.command->message, "become worse"));
    bench->facts.severity = SEVERITY_MINOR;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    bench->facts.severity = SEVERITY_MAJOR; /* a person lowered it */
    lowered.severity = SEVERITY_MINOR;
    bench->facts.incident = &lowered;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
}

BENCH(a_template_for_updates_is_used_when_it_becomes_worse)
{
    bench_go_on(bench);
    bench->monitor.policy.updates_on_change = true;
    bench->monitor.policy.update = "{{severity}} problem";
    bench->lead.update = "critical problem";
    bench->facts.has_severity = true;
    bench->facts.severity = SEVERITY_CRITICAL;
    assert_string_equal(judge(bench).command->message, "critical problem");
}

BENCH(where_a_person_speaks_a_worse_state_is_noted_once)
{
    bench_go_on(bench);
    bench->monitor.policy.updates_on_change = true;
    bench->monitor.policy.is_quiet_after_human = true;
    bench->facts.was_human = true;
    bench->facts.has_severity = true;
    bench->facts.severity = SEVERITY_CRITICAL;
    const struct alert_plan plan = judge(bench);
    assert_string_equal(plan.command->message, "");
    assert_false(plan.command->has_severity);
    assert_non_null(strstr(plan.command->note, "critical"));
    bench->facts.noted_severity = SEVERITY_CRITICAL;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
}

BENCH(what_is_over_the_limit_waits_and_is_told_in_one_with_the_rest)
{
    bench_go_on(bench);
    bench->monitor.policy.updates_on_change = true;
    bench->facts.has_severity = true;
    bench->facts.severity = SEVERITY_CRITICAL;
    bench->facts.is_unstable = true;
    bench->facts.stable_at = NOW + 2 * HOUR_MS;
    bench->facts.told = 5; /* of six: the last is kept for the end */
    bench->facts.told_first_at = NOW - 50 * MINUTE_MS;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    assert_int_equal(judge(bench).next_at, NOW + 10 * MINUTE_MS);
    bench->facts.told = 4;
    const struct alert_plan plan = judge(bench);
    assert_true(plan.says_worse && plan.says_unstable);
    assert_non_null(strstr(plan.command->message, "become worse"));
    assert_non_null(strstr(plan.command->message, "unstable"));
    bench->monitor.policy.updates.most = 0;
    bench->facts.told = 1000;
    assert_int_equal(judge(bench).action, ALERT_DO_CHANGE);
}

BENCH(the_last_of_what_may_be_told_is_the_end)
{
    bench_clear(bench);
    bench->facts.told = 5;
    bench->facts.told_first_at = NOW - 50 * MINUTE_MS;
    assert_int_equal(judge(bench).command->status, INCIDENT_RESOLVED);
    bench->facts.told = 6;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    assert_int_equal(judge(bench).next_at, NOW + 10 * MINUTE_MS);
}

BENCH(the_second_incident_of_many_within_the_limits_time_is_held_open)
{
    bench_clear(bench);
    bench->facts.is_many = true;
    bench->facts.incidents = 11; /* ten, and the first of many */
    assert_true(judge(bench).command->has_status);
    bench->facts.incidents = 12;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    assert_int_equal(judge(bench).next_at, NOW + MINUTE_MS);
    bench->facts.incident = NULL;
    bench->facts.is_asked = true;
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
    bench->facts.incidents = 11;
    assert_int_equal(judge(bench).action, ALERT_DO_WITHDRAW);
}

BENCH(an_acknowledgement_is_a_note_or_identified_where_the_policy_says_so)
{
    struct incident identified = outage;
    struct alert_plan plan = alert_acknowledge(bench->arena, &bench->facts, &lead, "Ada");

    assert_int_equal(plan.action, ALERT_DO_NOTHING); /* there is no incident */
    bench_go_on(bench);
    plan = alert_acknowledge(bench->arena, &bench->facts, &lead, "Ada");
    assert_string_equal(plan.command->note, "Acknowledged: web1.internal/http\nBy: Ada");
    assert_string_equal(plan.command->message, "");
    bench->monitor.policy.identifies_on_acknowledge = true;
    plan = alert_acknowledge(bench->arena, &bench->facts, &lead, "");
    assert_string_equal(plan.command->note, "Acknowledged: web1.internal/http");
    assert_int_equal(plan.command->status, INCIDENT_IDENTIFIED);
    assert_string_equal(plan.command->message,
                        "Our team is working on the problem with Production API.");
    identified.status = INCIDENT_MONITORING;
    bench->facts.incident = &identified;
    assert_false(alert_acknowledge(bench->arena, &bench->facts, &lead, "").command->has_status);
}

BENCH(a_summary_is_a_note_that_counts)
{
    bench->facts.counting = 4711;
    assert_int_equal(alert_summarise(bench->arena, &bench->facts, 12).action, ALERT_DO_NOTHING);
    bench_go_on(bench);
    assert_string_equal(alert_summarise(bench->arena, &bench->facts, 12).command->note,
                        "Alerts open now: 4711\nNew since the last word: 12");
}

BENCH(operators_who_were_asked_whether_it_is_over_hear_that_it_is_not)
{
    struct alert_plan plan;

    bench_go_on(bench);
    bench->facts.was_noted = true;
    bench->monitor.policy.creates_incident = false;
    plan = judge(bench);
    assert_int_equal(plan.action, ALERT_DO_CHANGE);
    assert_true(plan.says_again);
    assert_string_equal(plan.command->message, "");
    assert_string_equal(plan.command->note,
                        "The monitor says that Production API has a problem again. The incident is "
                        "not over.");
    bench->facts.lead = NULL; /* not ripe yet */
    assert_int_equal(judge(bench).action, ALERT_DO_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_who_were_asked_whether_it_is_over_hear_that_it_is_not),
        cmocka_unit_test(a_clear_resolves_at_once_with_a_friendly_word),
        cmocka_unit_test(a_clear_must_hold_as_long_as_the_policy_says),
        cmocka_unit_test(a_policy_that_does_not_resolve_says_so_to_operators_once),
        cmocka_unit_test(after_a_person_has_spoken_the_monitor_notes_and_asks),
        cmocka_unit_test(what_goes_on_changes_nothing),
        cmocka_unit_test(what_is_unstable_is_held_open_and_said_once),
        cmocka_unit_test(severity_rises_where_the_policy_says_so_and_never_falls),
        cmocka_unit_test(a_template_for_updates_is_used_when_it_becomes_worse),
        cmocka_unit_test(where_a_person_speaks_a_worse_state_is_noted_once),
        cmocka_unit_test(what_is_over_the_limit_waits_and_is_told_in_one_with_the_rest),
        cmocka_unit_test(the_last_of_what_may_be_told_is_the_end),
        cmocka_unit_test(the_second_incident_of_many_within_the_limits_time_is_held_open),
        cmocka_unit_test(an_acknowledgement_is_a_note_or_identified_where_the_policy_says_so),
        cmocka_unit_test(a_summary_is_a_note_that_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
