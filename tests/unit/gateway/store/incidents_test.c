#include "gateway/store/incidents.h"

#include "gateway/base/error.h"
#include "tests/unit/gateway/store/commands.h"

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
    assert_true(incidents_list(scene->store, scene->arena, &(const struct listing){&other, 0, 10},
                               &list, NULL));
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
    struct listing listing = {&scene_page, 0, 3};
    struct incident_list list;

    for (int i = 0; i < 5; i++)
        (void)change(scene, &command, NOW);
    assert_true(incidents_list(scene->store, scene->arena, &listing, &list, NULL));
    assert_int_equal(list.count, 3);
    assert_int_equal(list.incidents[0]->number, 5);
    listing.before_id = list.incidents[2]->id;
    assert_true(incidents_list(scene->store, scene->arena, &listing, &list, NULL));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.incidents[1]->number, 1);
    /* And of all pages alike. */
    listing = (struct listing){NULL, 0, 10};
    assert_true(incidents_list(scene->store, scene->arena, &listing, &list, NULL));
    assert_int_equal(list.count, 5);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(sql_in_any_field_is_text),
        SCENE_TEST(incidents_are_found_by_number_id_and_title_on_their_page_only),
        SCENE_TEST(a_renamed_incident_is_found_by_both_titles_while_it_is_open),
        SCENE_TEST(incidents_are_listed_newest_first_page_by_page),
        SCENE_TEST(a_story_reaches_as_far_as_its_notification),
        SCENE_TEST(component_states_are_listed_in_the_pages_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
