/* Where people have the word: drafts, incidents that they speak in, maintenance of the limits. */
#include "tests/unit/gateway/store/alert_scene.h"

static struct monitor asking_monitor(void)
{
    struct monitor monitor = alert_monitor();

    monitor.policy.creates_incident = false;
    return monitor;
}

static const struct draft_row *load_draft(struct scene *scene, int64_t id)
{
    const struct draft_row *draft = NULL;

    assert_true(drafts_find(scene->store, scene->arena, &scene_page, id, &draft, NULL));
    return draft;
}

/* As intake does with a reply `open`. */
static int64_t open_draft(struct scene *scene, const struct draft_row *draft, int64_t now)
{
    struct command command = open_command(draft->title);
    const struct decision *decision;
    bool was_waiting = false;

    command.message = draft->message;
    assert_true(store_begin(scene->store, NULL));
    decision = change(scene, &command, now);
    assert_true(
        drafts_end(scene->store, draft,
                   &(const struct draft_end){"ada@example.com", decision->incident->id, now},
                   &was_waiting, NULL));
    assert_true(was_waiting);
    assert_true(alerts_answer_draft(scene->store, &scene_page, draft->cluster_id,
                                    decision->incident->id, NULL));
    assert_true(store_commit(scene->store, NULL));
    return decision->incident->id;
}

static void ignore_draft(struct scene *scene, const struct draft_row *draft, int64_t now)
{
    bool was_waiting = false;

    assert_true(store_begin(scene->store, NULL));
    assert_true(drafts_end(scene->store, draft,
                           &(const struct draft_end){"ada@example.com", 0, now}, &was_waiting,
                           NULL));
    assert_true(alerts_answer_draft(scene->store, &scene_page, draft->cluster_id, 0, NULL));
    assert_true(store_commit(scene->store, NULL));
}

SCENE(without_a_word_of_the_policy_each_operator_is_asked_and_nothing_is_public)
{
    const struct monitor monitor = asking_monitor();
    const struct alerts_effect effect = problem(scene, &monitor, "k", NOW);
    const struct draft_row *draft;

    assert_int_equal(effect.action, ALERT_DO_ASK);
    assert_null(effect.decision);
    assert_int_equal(count(scene, INCIDENTS), 0);
    assert_int_equal(count(scene, NOTIFICATIONS), 0);
    assert_string_equal(scene_ask(scene, "SELECT group_concat(address || kind || draft_id)"
                                         " FROM letter"),
                        "ada@example.com201");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(name, ' ') FROM"
                                         " (SELECT name FROM letter_fact ORDER BY position)"),
                        "title text severity source draft_component detail");
    draft = load_draft(scene, 1);
    assert_int_equal(draft->kind, DRAFT_ALERT);
    assert_string_equal(draft->source, "monitor:Production API");
    assert_string_equal(draft->title, "Production API is down");
    assert_int_equal(draft->severity, SEVERITY_MAJOR);
    assert_int_equal(draft->component_count, 1);
    assert_string_equal(draft->component_ids[0], "comp_api");
    assert_non_null(strstr(draft->detail, "10.0.0.7"));
    assert_int_equal(draft->ended_at, 0);
    (void)problem(scene, &monitor, "k", NOW + 1);
    (void)problem(scene, &monitor, "other", NOW + 2);
    assert_int_equal(count(scene, "SELECT count(*) FROM draft"), 1);
}

SCENE(a_draft_is_of_its_page_alone)
{
    const struct monitor monitor = asking_monitor();
    struct page other = scene_page;
    const struct draft_row *draft = NULL;

    other.id = "sp_other";
    (void)problem(scene, &monitor, "k", NOW);
    assert_true(drafts_find(scene->store, scene->arena, &other, 1, &draft, NULL));
    assert_null(draft);
}

SCENE(a_clear_withdraws_the_question_and_its_letters_that_wait)
{
    const struct monitor monitor = asking_monitor();
    const struct draft_row *draft;
    bool was_waiting = true;

    (void)problem(scene, &monitor, "k", NOW);
    assert_int_equal(cleared(scene, &monitor, "k", NOW + 5).action, ALERT_DO_WITHDRAW);
    draft = load_draft(scene, 1);
    assert_int_equal(draft->ended_at, NOW + 5);
    assert_string_equal(draft->ended_by, "monitor:Production API");
    assert_int_equal(count(scene, LETTERS(20)), 0);
    assert_true(drafts_end(scene->store, draft,
                           &(const struct draft_end){"ada@example.com", 0, NOW + 6}, &was_waiting,
                           NULL));
    assert_false(was_waiting);
    assert_int_equal(problem(scene, &monitor, "k", NOW + 7).action, ALERT_DO_ASK);
}

SCENE(what_an_operator_ignored_is_asked_again_only_after_it_has_cleared)
{
    const struct monitor monitor = asking_monitor();

    (void)problem(scene, &monitor, "k", NOW);
    ignore_draft(scene, load_draft(scene, 1), NOW + 1);
    assert_int_equal(problem(scene, &monitor, "k", NOW + 2).action, ALERT_DO_NOTHING);
    assert_int_equal(problem(scene, &monitor, "other", NOW + 2).action, ALERT_DO_NOTHING);
    (void)cleared(scene, &monitor, "k", NOW + 3);
    assert_int_equal(problem(scene, &monitor, "k", NOW + 4).action, ALERT_DO_NOTHING);
    (void)cleared(scene, &monitor, "k", NOW + 5);
    (void)cleared(scene, &monitor, "other", NOW + 5);
    assert_int_equal(problem(scene, &monitor, "k", NOW + 6).action, ALERT_DO_ASK);
}

SCENE(what_an_operator_opened_is_hers_and_a_clear_asks_her)
{
    const struct monitor monitor = asking_monitor();

    (void)problem(scene, &monitor, "k", NOW);
    (void)open_draft(scene, load_draft(scene, 1), NOW + 1);
    assert_int_equal(problem(scene, &monitor, "k", NOW + 2).action, ALERT_DO_NOTHING);
    (void)cleared(scene, &monitor, "k", NOW + 3);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    assert_int_equal(count(scene, NOTIFICATIONS), 1);
    assert_non_null(strstr(scene_ask(scene, LAST_NOTE), "Reply \"resolved\""));
    assert_int_equal(count(scene, LETTERS(8)), 1);
    assert_int_equal(count(scene, "SELECT count(*) FROM letter WHERE kind = 8 AND is_operator = 1"
                                  " AND incident_id IS NOT NULL"),
                     1);
    (void)cleared(scene, &monitor, "k", NOW + 4);
    assert_int_equal(count(scene, LETTERS(8)), 1);
    (void)problem(scene, &monitor, "k", NOW + 5);
    assert_non_null(strstr(scene_ask(scene, LAST_NOTE), "a problem again"));
    (void)problem(scene, &monitor, "k", NOW + 6);
    assert_int_equal(count(scene, LETTERS(8)), 2);
    (void)cleared(scene, &monitor, "k", NOW + 7); /* another clearing is said again */
    assert_int_equal(count(scene, LETTERS(8)), 3);
}

SCENE(once_a_person_has_posted_a_quiet_monitor_notes_and_asks)
{
    struct monitor monitor = alert_monitor();
    struct command said;

    monitor.policy.is_quiet_after_human = true;
    (void)problem(scene, &monitor, "k", NOW);
    said = update_command(1, "We found it.");
    (void)change(scene, &said, NOW + 1);
    (void)cleared(scene, &monitor, "k", NOW + 2);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    assert_non_null(strstr(scene_ask(scene, LAST_NOTE), "Reply \"resolved\""));
}

SCENE(where_a_person_speaks_a_worse_state_is_noted_once)
{
    struct monitor monitor = alert_monitor();
    struct alert_report report = alert_report(ALERT_PROBLEM, "k", NOW + 2);
    struct command said = update_command(1, "We found it.");

    monitor.policy.is_quiet_after_human = true;
    monitor.policy.updates_on_change = true;
    (void)problem(scene, &monitor, "k", NOW);
    (void)change(scene, &said, NOW + 1);
    report.has_severity = true;
    report.severity = SEVERITY_CRITICAL;
    for (int i = 0; i < 3; i++)
        (void)hear_report(scene, &monitor, &report);
    assert_string_equal(scene_ask(scene, LAST_NOTE),
                        "The monitor says that it has become worse: critical.");
    assert_int_equal(count(scene, "SELECT count(*) FROM incident_update WHERE kind = 1"), 2);
    assert_int_equal(count(scene, "SELECT severity FROM incident"), SEVERITY_MAJOR);
}

SCENE(what_people_tell_does_not_use_up_what_monitors_may)
{
    struct monitor monitor = alert_monitor();
    struct command said = update_command(1, "We are looking.");

    monitor.policy.updates.most = 2;
    (void)problem(scene, &monitor, "k", NOW);
    for (int i = 0; i < 5; i++)
        (void)change(scene, &said, NOW + 1 + i);
    (void)cleared(scene, &monitor, "k", NOW + 10);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
}

SCENE(a_private_note_of_a_person_does_not_make_it_quiet)
{
    struct monitor monitor = alert_monitor();
    struct command said;

    monitor.policy.is_quiet_after_human = true;
    (void)problem(scene, &monitor, "k", NOW);
    said = update_command(1, "");
    said.note = "I am looking.";
    (void)change(scene, &said, NOW + 1);
    (void)cleared(scene, &monitor, "k", NOW + 2);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
}

SCENE(what_a_person_resolved_is_not_opened_again_by_what_she_saw)
{
    const struct monitor monitor = alert_monitor();
    struct command said = update_command(1, "Done.");

    (void)problem(scene, &monitor, "k", NOW);
    said.has_status = true;
    said.status = INCIDENT_RESOLVED;
    (void)change(scene, &said, NOW + 5);
    (void)problem(scene, &monitor, "k", NOW + 6);
    (void)run_alerts(scene, &monitor, NOW + HOUR_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    (void)problem(scene, &monitor, "new", NOW + 2 * HOUR_MS);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
    (void)cleared(scene, &monitor, "new", NOW + 2 * HOUR_MS + 1);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1); /* for k is a problem still */
    (void)cleared(scene, &monitor, "k", NOW + 2 * HOUR_MS + 2);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 0);
    (void)problem(scene, &monitor, "k", NOW + 2 * HOUR_MS + 3);
    assert_int_equal(count(scene, OPEN_INCIDENTS), 1);
}

SCENE(an_acknowledgement_is_a_note_or_identified_by_policy)
{
    struct monitor monitor = alert_monitor();
    struct alert_report report = alert_report(ALERT_ACKNOWLEDGED, "k", NOW);

    report.who = "Ada";
    assert_int_equal(hear_report(scene, &monitor, &report).outcome, ALERT_NOTHING_OPEN);
    (void)problem(scene, &monitor, "k", NOW);
    assert_int_equal(hear_report(scene, &monitor, &report).outcome, ALERT_NOTED);
    assert_string_equal(scene_ask(scene, LAST_NOTE), "Acknowledged: k\nBy: Ada");
    assert_int_equal(count(scene, NOTIFICATIONS), 1);
    monitor.policy.identifies_on_acknowledge = true;
    (void)hear_report(scene, &monitor, &report);
    assert_int_equal(count(scene, "SELECT status FROM incident"), INCIDENT_IDENTIFIED);
    assert_int_equal(count(scene, NOTIFICATIONS), 2);
    assert_int_equal(count(scene, "SELECT count(*) FROM incident_update WHERE kind = 0 AND"
                                  " message LIKE '%Ada%'"),
                     0);
}

SCENE(a_preview_says_what_would_be_and_does_nothing)
{
    const struct monitor monitor = alert_monitor();
    const struct alert_report report = alert_report(ALERT_PROBLEM, "k", NOW);
    const struct alerts_source source = alert_source(&monitor);
    struct alerts_effect effect;

    for (int i = 0; i < 2; i++) {
        assert_true(alerts_preview(alert_desk(scene, &monitor, NOW), scene->arena, &source, &report,
                                   &effect, NULL));
        assert_int_equal(effect.outcome, ALERT_OPENED);
        assert_int_equal(effect.action, ALERT_DO_CHANGE);
        assert_string_equal(effect.plan.command->title, "Production API is down");
    }
    assert_int_equal(count(scene, "SELECT (SELECT count(*) FROM alert) +"
                                  " (SELECT count(*) FROM cluster) +"
                                  " (SELECT count(*) FROM incident) +"
                                  " (SELECT count(*) FROM letter) +"
                                  " (SELECT count(*) FROM opening)"),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(without_a_word_of_the_policy_each_operator_is_asked_and_nothing_is_public),
        SCENE_TEST(a_draft_is_of_its_page_alone),
        SCENE_TEST(a_clear_withdraws_the_question_and_its_letters_that_wait),
        SCENE_TEST(what_an_operator_ignored_is_asked_again_only_after_it_has_cleared),
        SCENE_TEST(what_an_operator_opened_is_hers_and_a_clear_asks_her),
        SCENE_TEST(once_a_person_has_posted_a_quiet_monitor_notes_and_asks),
        SCENE_TEST(where_a_person_speaks_a_worse_state_is_noted_once),
        SCENE_TEST(what_people_tell_does_not_use_up_what_monitors_may),
        SCENE_TEST(a_private_note_of_a_person_does_not_make_it_quiet),
        SCENE_TEST(what_a_person_resolved_is_not_opened_again_by_what_she_saw),
        SCENE_TEST(an_acknowledgement_is_a_note_or_identified_by_policy),
        SCENE_TEST(a_preview_says_what_would_be_and_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
