#include "gateway/store/incidents.h"

#include "gateway/base/error.h"
#include "tests/unit/gateway/store/scene.h"

#include <inttypes.h>
#include <sys/wait.h>

#define PROCESSES 4
#define CHANGES   100

static const struct component_change api[] = {{COMPONENT_ADD, "comp_api", false, 0}};
static const struct component_change web[] = {{COMPONENT_ADD, "comp_web", false, 0}};

static struct command open_command(const char *title)
{
    return (struct command){
        .kind = COMMAND_OPEN,
        .page_id = "sp_abc123",
        .actor = {ACTOR_OPERATOR, "ada@example.com", "sasl", "192.0.2.1", "<m@x>", &scene_ada},
        .title = title,
        .has_severity = true,
        .severity = SEVERITY_MAJOR,
        .components = api,
        .component_count = 1,
        .message = "We are looking.",
        .note = "",
    };
}

static struct command update_command(int64_t incident_id, const char *message)
{
    struct command command = open_command(NULL);

    command.kind = COMMAND_UPDATE;
    command.incident_id = incident_id;
    command.has_severity = false;
    command.component_count = 0;
    command.message = message;
    return command;
}

static const struct decision *change(struct scene *scene, const struct command *command,
                                     int64_t now)
{
    g_autoptr(GError) error = NULL;
    const struct decision *const decision =
        store_change(scene->store, scene->arena, &scene_page, command, now, &error);

    scene_fail_on(error);
    assert_non_null(decision);
    return decision;
}

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
                        ",c:comp_api,g:Core");
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
                        ",c:comp_api,c:comp_web,g:Core");
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

SCENE(sql_in_any_field_is_text)
{
    static const char evil[] = "'; DROP TABLE incident; -- \" %s ?1 $1 \\ ´";
    struct command command = open_command(evil);
    const struct incident *found = NULL;
    struct incident_list list;
    const struct update *updates = NULL;
    const struct audit *audits = NULL;
    size_t count = 0;

    command.message = evil;
    command.note = evil;
    command.actor.by = evil;
    command.actor.proofs = evil;
    command.actor.client = evil;
    command.actor.message_id = evil;
    const struct decision *const decision = change(scene, &command, NOW);
    assert_true(incidents_find_title(scene->store, scene->arena, &scene_page, evil, &list, NULL));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.incidents[0]->title, evil);
    assert_true(
        incidents_find_public_id(scene->store, scene->arena, &scene_page, evil, &found, NULL));
    assert_null(found);
    assert_true(incidents_updates(scene->store, scene->arena, decision->incident->id, -1, &updates,
                                  &count, NULL));
    assert_int_equal(count, 2);
    assert_string_equal(updates[0].message, evil);
    assert_string_equal(updates[1].by, evil);
    assert_true(
        incidents_audit(scene->store, scene->arena, decision->incident->id, &audits, &count, NULL));
    assert_int_equal(count, 1);
    assert_string_equal(audits[0].role, "operator");
    assert_string_equal(audits[0].message_id, evil);
}

SCENE(incidents_are_found_by_number_id_and_title_on_their_page_only)
{
    static const struct page other = {.id = "sp_other", .name = "Other", .address = "o@o.example"};
    const struct page *const pages[] = {&scene_page, &other};
    const struct command command = open_command("API Errors");
    const struct incident *found = NULL;
    struct incident_list list;

    assert_true(store_mirror(scene->store, pages, 2, NOW, NULL));
    const struct decision *const decision = change(scene, &command, NOW);
    assert_true(incidents_find_number(scene->store, scene->arena, &scene_page, 1, &found, NULL));
    assert_int_equal(found->id, decision->incident->id);
    assert_true(incidents_find_public_id(scene->store, scene->arena, &scene_page,
                                         decision->incident->public_id, &found, NULL));
    assert_int_equal(found->id, decision->incident->id);
    assert_true(
        incidents_find_title(scene->store, scene->arena, &scene_page, "aPI eRRORS", &list, NULL));
    assert_int_equal(list.count, 1);
    assert_true(incidents_find_number(scene->store, scene->arena, &other, 1, &found, NULL));
    assert_null(found);
    assert_true(
        incidents_load(scene->store, scene->arena, &other, decision->incident->id, &found, NULL));
    assert_null(found);
    assert_true(incidents_list(scene->store, scene->arena, &other, 0, 10, &list, NULL));
    assert_int_equal(list.count, 0);
    int64_t incident_id = -1;
    assert_true(incidents_of_notification(scene->store, &other, decision->notification_id,
                                          &incident_id, NULL));
    assert_int_equal(incident_id, 0);
    assert_true(incidents_of_notification(scene->store, &scene_page, decision->notification_id,
                                          &incident_id, NULL));
    assert_int_equal(incident_id, decision->incident->id);
}

SCENE(a_renamed_incident_is_found_by_both_titles_while_it_is_open)
{
    const struct command opening = open_command("API errors");
    struct command renaming = update_command(change(scene, &opening, NOW)->incident->id, "");
    struct incident_list list;

    renaming.title = "Everything is down";
    (void)change(scene, &renaming, NOW + 1);
    assert_true(
        incidents_find_title(scene->store, scene->arena, &scene_page, "api errors", &list, NULL));
    assert_int_equal(list.count, 1);
    assert_true(incidents_find_title(scene->store, scene->arena, &scene_page, "everything is down",
                                     &list, NULL));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.incidents[0]->first_title, "API errors");
    renaming.title = NULL;
    renaming.has_status = true;
    renaming.status = INCIDENT_RESOLVED;
    (void)change(scene, &renaming, NOW + 2);
    assert_true(
        incidents_find_title(scene->store, scene->arena, &scene_page, "api errors", &list, NULL));
    assert_int_equal(list.count, 0);
}

SCENE(incidents_are_listed_newest_first_page_by_page)
{
    const struct command command = open_command("API errors");
    struct incident_list list;

    for (int i = 0; i < 5; i++)
        (void)change(scene, &command, NOW);
    assert_true(incidents_list(scene->store, scene->arena, &scene_page, 0, 3, &list, NULL));
    assert_int_equal(list.count, 3);
    assert_int_equal(list.incidents[0]->number, 5);
    assert_true(incidents_list(scene->store, scene->arena, &scene_page, list.incidents[2]->id, 3,
                               &list, NULL));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.incidents[1]->number, 1);
}

SCENE(a_story_reaches_as_far_as_its_notification)
{
    const struct command opening = open_command("API errors");
    const struct decision *const opened = change(scene, &opening, NOW);
    const struct command second = update_command(opened->incident->id, "Second.");
    const struct command third = update_command(opened->incident->id, "Third.");
    struct story story;
    g_autoptr(GError) error = NULL;

    const int64_t id = change(scene, &second, NOW + 1)->notification_id;
    (void)change(scene, &third, NOW + 2);
    assert_true(incidents_story(scene->store, scene->arena, &scene_page, id, &story, NULL));
    assert_int_equal(story.update_count, 2);
    assert_int_equal(story.first_missed, 1);
    assert_string_equal(story.updates[1].message, "Second.");
    assert_int_equal(story.made_at, NOW + 1);
    assert_false(incidents_story(scene->store, scene->arena, &scene_page, 99, &story, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_MISSING));
}

SCENE(component_states_are_listed_in_the_pages_order)
{
    const struct command opening = open_command("API errors");
    const struct standing *states = NULL;
    size_t count = 0;

    (void)change(scene, &opening, NOW);
    assert_true(
        incidents_component_states(scene->store, scene->arena, &scene_page, &states, &count, NULL));
    assert_int_equal(count, 3);
    assert_string_equal(states[0].component_id, "comp_api");
    assert_int_equal(states[0].state, COMPONENT_PARTIAL_OUTAGE);
    assert_int_equal(states[2].state, COMPONENT_OPERATIONAL);
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
        SCENE_TEST(sql_in_any_field_is_text),
        SCENE_TEST(incidents_are_found_by_number_id_and_title_on_their_page_only),
        SCENE_TEST(a_renamed_incident_is_found_by_both_titles_while_it_is_open),
        SCENE_TEST(incidents_are_listed_newest_first_page_by_page),
        SCENE_TEST(a_story_reaches_as_far_as_its_notification),
        SCENE_TEST(component_states_are_listed_in_the_pages_order),
        SCENE_TEST(four_processes_at_once_number_every_incident_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
