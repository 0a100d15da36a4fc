#include "gateway/store/incidents.h"

#include "gateway/base/error.h"
#include "tests/unit/gateway/store/commands.h"

#include <sys/wait.h>

#define PROCESSES 4
#define CHANGES   100

static const struct component_change web[] = {{COMPONENT_ADD, "comp_web", false, 0}};

static void refuse(struct scene *scene, const struct command *command, enum tocsin_error code)
{
    g_autoptr(GError) error = NULL;

    assert_null(store_change(scene->store, scene->arena, &scene_page, command, NOW, &error));
    if (!g_error_matches(error, TOCSIN_ERROR, (int)code))
        fail_msg("%s", error->message);
}

SCENE(an_opened_incident_is_stored_whole_with_its_notification)
{
    const struct command command = open_command("API errors");
    const struct decision *const decision = change(scene, &command, NOW);
    const struct incident *found = NULL;
    struct story story;

    assert_int_equal(decision->incident->number, 1);
    assert_true(g_str_has_prefix(decision->incident->public_id, "inc_"));
    assert_true(g_str_has_prefix(decision->update->public_id, "upd_"));
    assert_int_not_equal(decision->notification_id, 0);
    assert_true(incidents_load(scene->store, scene->arena, &scene_page, decision->incident->id,
                               &found, NULL));
    assert_string_equal(found->title, "API errors");
    assert_string_equal(found->public_id, decision->incident->public_id);
    assert_int_equal(found->severity, SEVERITY_MAJOR);
    assert_int_equal(found->affected_count, 1);
    assert_string_equal(found->affected[0].component_id, "comp_api");
    assert_int_equal(found->affected[0].state, COMPONENT_PARTIAL_OUTAGE);
    assert_true(incidents_story(scene->store, scene->arena, &scene_page, decision->notification_id,
                                &story, NULL));
    assert_int_equal(story.kind, NOTIFICATION_OPENED);
    assert_int_equal(story.update_count, 1);
    assert_string_equal(story.updates[0].message, "We are looking.");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(topic) FROM notification_topic"),
                        ",c:comp_api,g:Core,i:1");
    assert_string_equal(scene_ask(scene, "SELECT state FROM component WHERE id = 'comp_api'"), "3");
    assert_string_equal(scene_ask(scene, "SELECT version FROM page"), "3");
    assert_string_equal(
        scene_ask(scene, "SELECT by_whom || ' ' || proofs || ' ' || changes FROM audit"),
        "ada@example.com sasl opened: API errors\ncomponent: API: partial_outage\nmessage");
}

SCENE(a_newer_notification_supersedes_and_begins_where_the_older_stood)
{
    const struct command opening = open_command("API errors");
    const struct decision *const opened = change(scene, &opening, NOW);
    const struct command updating = update_command(opened->incident->id, "Found it.");

    assert_int_equal(scene_try(scene, "UPDATE notification_lane SET cursor_id = 700 WHERE lane = 1;"
                                      "UPDATE notification_lane SET cursor_id = 9, is_done = 1"
                                      " WHERE lane = 0"),
                     SQLITE_OK);
    const struct decision *const updated = change(scene, &updating, NOW + 5);
    assert_int_equal(updated->notification, NOTIFICATION_UPDATED);
    assert_string_equal(scene_ask(scene, "SELECT state || ' ' || ended_at FROM notification"),
                        "2 1800000000005");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(lane || ' ' || start_id || ' ' ||"
                                         " cursor_id || ' ' || is_done) FROM notification_lane"
                                         " WHERE notification_id = 2"),
                        "0 0 0 0,1 700 700 0");
    assert_int_equal(scene_try(scene, "UPDATE notification SET state = 1 WHERE id = 2"), 0);
    (void)change(scene, &updating, NOW + 6);
    assert_string_equal(scene_ask(scene, "SELECT group_concat(state) FROM notification"), "2,1,0");
    assert_string_equal(scene_ask(scene, "SELECT sum(start_id) FROM notification_lane"
                                         " WHERE notification_id = 3"),
                        "0");
}

SCENE(another_incidents_notification_goes_on)
{
    const struct command first = open_command("API errors");
    const struct command second = open_command("Slow pages");

    (void)change(scene, &first, NOW);
    (void)change(scene, &second, NOW);
    assert_string_equal(scene_ask(scene, "SELECT group_concat(state) FROM notification"), "0,0");
}

SCENE(a_component_keeps_the_worst_state_that_an_open_incident_gives_it)
{
    struct command critical = open_command("API down");
    const struct command major = open_command("API errors");
    const char *const state = "SELECT state FROM component WHERE id = 'comp_api'";

    critical.severity = SEVERITY_CRITICAL;
    const struct decision *const down = change(scene, &critical, NOW);
    const struct decision *const errors = change(scene, &major, NOW);
    assert_string_equal(scene_ask(scene, state), "4");
    struct command resolving = update_command(down->incident->id, "Up.");
    resolving.has_status = true;
    resolving.status = INCIDENT_RESOLVED;
    (void)change(scene, &resolving, NOW + 1);
    assert_string_equal(scene_ask(scene, state), "3");
    resolving.incident_id = errors->incident->id;
    const struct decision *const resolved = change(scene, &resolving, NOW + 2);
    assert_string_equal(scene_ask(scene, state), "0");
    assert_int_equal(resolved->notification, NOTIFICATION_RESOLVED);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM incident WHERE resolved_at > 0"),
                        "2");
}

SCENE(who_heard_the_alarm_hears_its_end_though_components_and_severity_left)
{
    struct command opening = open_command("API errors");

    opening.severity = SEVERITY_CRITICAL;
    const struct decision *const opened = change(scene, &opening, NOW);
    struct command moving = update_command(opened->incident->id, "It is the website.");
    moving.components = web;
    moving.component_count = 1;
    moving.replaces_components = true;
    moving.has_severity = true;
    moving.severity = SEVERITY_MINOR;
    (void)change(scene, &moving, NOW + 1);
    assert_string_equal(scene_ask(scene, "SELECT group_concat(topic) FROM notification_topic"
                                         " WHERE notification_id = 2"),
                        ",c:comp_api,c:comp_web,g:Core,i:1");
    assert_string_equal(scene_ask(scene, "SELECT severity FROM notification WHERE id = 2"), "2");
}

SCENE(a_note_is_told_to_no_subscriber_and_shown_on_no_page)
{
    const struct command opening = open_command("API errors");
    struct command noting = update_command(change(scene, &opening, NOW)->incident->id, "");
    const struct update *updates = NULL;
    size_t count = 0;

    noting.note = "The vendor knows.";
    const struct decision *const noted = change(scene, &noting, NOW + 1);
    assert_null(noted->update);
    assert_int_equal(noted->notification_id, 0);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM notification"), "1");
    assert_string_equal(scene_ask(scene, "SELECT version FROM page"), "3");
    assert_true(incidents_updates(scene->store, scene->arena, noted->incident->id, UPDATE_NOTE,
                                  &updates, &count, NULL));
    assert_int_equal(count, 1);
    assert_string_equal(updates[0].message, "The vendor knows.");
    assert_true(incidents_updates(scene->store, scene->arena, noted->incident->id, -1, &updates,
                                  &count, NULL));
    assert_int_equal(count, 2);
}

SCENE(a_silent_change_is_shown_and_not_told)
{
    struct command opening = open_command("API errors");

    opening.is_silent = true;
    const struct decision *const opened = change(scene, &opening, NOW);
    assert_int_equal(opened->notification, NOTIFICATION_NONE);
    assert_int_equal(opened->notification_id, 0);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM notification"), "0");
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM incident_update"), "1");
}

SCENE(a_preview_changes_nothing)
{
    struct command opening = open_command("API errors");

    opening.is_preview = true;
    const struct decision *const decision = change(scene, &opening, NOW);
    assert_int_equal(decision->notification, NOTIFICATION_OPENED);
    assert_int_equal(decision->incident->id, 0);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM incident"), "0");
}

SCENE(what_the_rules_refuse_leaves_the_callers_transaction_usable)
{
    const struct command good = open_command("API errors");
    struct command missing = update_command(4711, "Hm.");
    struct command untitled = open_command("");

    assert_true(store_begin(scene->store, NULL));
    refuse(scene, &missing, TOCSIN_ERROR_MISSING);
    refuse(scene, &untitled, TOCSIN_ERROR_INPUT);
    (void)change(scene, &good, NOW);
    assert_true(store_commit(scene->store, NULL));
    assert_string_equal(scene_ask(scene, "SELECT count(*) || max(number) FROM incident"), "11");
}

SCENE(a_change_in_a_rolled_back_transaction_never_was)
{
    const struct command command = open_command("API errors");

    assert_true(store_begin(scene->store, NULL));
    (void)change(scene, &command, NOW);
    store_rollback(scene->store);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM incident"), "0");
    assert_int_equal(change(scene, &command, NOW)->incident->number, 1);
}

SCENE(half_of_a_failed_change_can_not_be_committed)
{
    g_autoptr(GError) failed = NULL;
    g_autoptr(GError) spoiled = NULL;
    const struct component_change foreign[] = {{COMPONENT_ADD, "comp_none", false, 0}};
    struct command command = open_command("API errors");

    command.components = foreign;
    assert_true(store_begin(scene->store, NULL));
    assert_null(store_change(scene->store, scene->arena, &scene_page, &command, NOW, &failed));
    assert_true(g_error_matches(failed, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
    assert_false(store_commit(scene->store, &spoiled));
    assert_true(g_error_matches(spoiled, TOCSIN_ERROR, TOCSIN_ERROR_BUSY));
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM incident"), "0");
}

static int change_many(const struct store_settings *settings)
{
    OWN(store) store = store_open(settings, STORE_FULL, NULL);
    const struct command command = open_command("API errors");

    for (int i = 0; store != NULL && i < CHANGES; i++) {
        OWN(arena) arena = arena_open(MEMORY);

        if (store_change(store, arena, &scene_page, &command, NOW, NULL) == NULL)
            return 1;
    }
    return store == NULL;
}

SCENE(four_processes_at_once_number_every_incident_once)
{
    pid_t children[PROCESSES];

    store_close(scene->store);
    scene->store = NULL;
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            _exit(change_many(&scene->settings));
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_string_equal(scene_ask(scene, "SELECT count(DISTINCT number) || ' ' || max(number)"
                                         " || ' ' || count(*) FROM incident"),
                        "400 400 400");
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM notification WHERE state = 0"),
                        "400");
    assert_string_equal(scene_ask(scene, "PRAGMA integrity_check"), "ok");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(an_opened_incident_is_stored_whole_with_its_notification),
        SCENE_TEST(a_newer_notification_supersedes_and_begins_where_the_older_stood),
        SCENE_TEST(another_incidents_notification_goes_on),
        SCENE_TEST(a_component_keeps_the_worst_state_that_an_open_incident_gives_it),
        SCENE_TEST(who_heard_the_alarm_hears_its_end_though_components_and_severity_left),
        SCENE_TEST(a_note_is_told_to_no_subscriber_and_shown_on_no_page),
        SCENE_TEST(a_silent_change_is_shown_and_not_told),
        SCENE_TEST(a_preview_changes_nothing),
        SCENE_TEST(what_the_rules_refuse_leaves_the_callers_transaction_usable),
        SCENE_TEST(a_change_in_a_rolled_back_transaction_never_was),
        SCENE_TEST(half_of_a_failed_change_can_not_be_committed),
        SCENE_TEST(four_processes_at_once_number_every_incident_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
