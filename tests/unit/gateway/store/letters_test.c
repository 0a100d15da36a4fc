#include "gateway/store/letters.h"

#include "gateway/base/error.h"
#include "gateway/store/incidents.h"
#include "tests/unit/gateway/store/scene.h"

static const struct operator bob = {
    .name = "Bob",
    .address = "bob@example.com",
    .time_zone = "Europe/Paris",
    .language = "fr",
    .notify = OPERATOR_NOTIFY_ALL,
    .page_ids = scene_page_ids,
    .page_count = 1,
};
static const struct operator carla = {
    .name = "Carla",
    .address = "carla@example.com",
    .time_zone = "",
    .language = "",
    .notify = OPERATOR_NOTIFY_OWN,
    .page_ids = scene_page_ids,
    .page_count = 1,
};
static const struct operator deaf = {
    .name = "Deaf",
    .address = "deaf@example.com",
    .time_zone = "",
    .language = "",
    .notify = OPERATOR_NOTIFY_NONE,
    .page_ids = scene_page_ids,
    .page_count = 1,
};
static const struct operator elsewhere = {.name = "Else", .address = "else@example.com"};

static const struct operator* const operators[] = {&scene_ada, &bob, &carla, &deaf, &elsewhere};

static const struct decision *say(struct scene *scene, int64_t incident_id, const char *message,
                                  const char *note, const char *by)
{
    const struct command command = {
        .kind = incident_id == 0 ? COMMAND_OPEN : COMMAND_UPDATE,
        .page_id = "sp_abc123",
        .actor = {ACTOR_SHELL, by, "", "", "", NULL},
        .incident_id = incident_id,
        .title = incident_id == 0 ? "API errors" : NULL,
        .message = message,
        .note = note,
    };
    g_autoptr(GError) error = NULL;
    const struct decision *const decision =
        store_change(scene->store, scene->arena, &scene_page, &command, NOW, &error);

    scene_fail_on(error);
    return decision;
}

static void copy(struct scene *scene, const struct decision *decision, const char *but)
{
    g_autoptr(GError) error = NULL;

    (void)letters_add_copies(scene->store, &scene_page, operators, G_N_ELEMENTS(operators),
                             decision, but, NOW, &error);
    scene_fail_on(error);
}

SCENE(a_letter_is_stored_with_its_facts_in_order)
{
    static const struct letter_fact facts[] = {
        {"quoted", "Status: fixed"}, {"candidate", "'; DROP TABLE letter; --"}, {"candidate", "b"}};
    struct letter letter = {
        .page_id = "sp_abc123",
        .kind = LETTER_QUESTION,
        .address = "ada@example.com",
        .is_operator = true,
        .language = "",
        .time_zone = "",
        .facts = facts,
        .fact_count = 3,
        .created_at = NOW,
    };

    assert_true(letters_add(scene->store, &letter, NULL));
    assert_int_equal(letter.id, 1);
    assert_string_equal(scene_ask(scene, "SELECT group_concat(name || '=' || value) FROM"
                                         " (SELECT * FROM letter_fact ORDER BY position)"),
                        "quoted=Status: fixed,candidate='; DROP TABLE letter; --,candidate=b");
    assert_string_equal(scene_ask(scene, "SELECT due_at || ' ' || priority || ' ' || state ||"
                                         " coalesce(incident_id, ' none') FROM letter"),
                        "1800000000000 0 0 none");
}

SCENE(answers_are_sooner_than_copies_and_copies_than_the_rest)
{
    static const enum letter_kind kinds[] = {LETTER_FAREWELL, LETTER_COPY, LETTER_ANSWER};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        struct letter letter = {.page_id = "sp_abc123",
                                .kind = kinds[i],
                                .address = "a@x.example",
                                .language = "",
                                .time_zone = "",
                                .created_at = NOW};

        assert_true(letters_add(scene->store, &letter, NULL));
    }
    assert_string_equal(scene_ask(scene, "SELECT group_concat(priority) FROM"
                                         " (SELECT * FROM letter ORDER BY id)"),
                        "2,1,0");
}

SCENE(each_operator_who_wants_one_gets_a_copy_but_the_author)
{
    const struct decision *const opened = say(scene, 0, "We look.", "", "ada@example.com");

    copy(scene, opened, "Ada@example.com");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(address || kind || language ||"
                                         " time_zone || is_operator || update_id ||"
                                         " notification_id) FROM letter"),
                        "bob@example.com7frEurope/Paris111");
}

SCENE(who_wants_her_own_gets_what_she_wrote_to)
{
    const struct decision *const opened = say(scene, 0, "We look.", "", "ada@example.com");

    (void)say(scene, opened->incident->id, "", "I am on it.", "carla@example.com");
    copy(scene, say(scene, opened->incident->id, "Found.", "", "ada@example.com"),
         "ada@example.com");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(address) FROM letter"),
                        "bob@example.com,carla@example.com");
}

SCENE(an_unsent_copy_is_replaced_by_the_next_which_carries_what_she_missed)
{
    const struct decision *const opened = say(scene, 0, "One.", "", "x");
    const int64_t id = opened->incident->id;

    copy(scene, opened, "ada@example.com");
    copy(scene, say(scene, id, "Two.", "", "x"), "ada@example.com");
    copy(scene, say(scene, id, "Three.", "", "x"), "ada@example.com");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(state) FROM letter"), "3,3,0");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(name || value) FROM letter_fact"
                                         " WHERE letter_id = 3"),
                        "missed1,missed2");
}

SCENE(a_copy_in_hand_is_not_replaced)
{
    const struct decision *const opened = say(scene, 0, "One.", "", "x");

    copy(scene, opened, "ada@example.com");
    assert_int_equal(scene_try(scene,
                               "INSERT INTO slice (kind, first_id, last_id, relay, opened_at)"
                               " VALUES (2, 1, 1, 'r', 0); UPDATE letter SET slice_id = 1"),
                     SQLITE_OK);
    copy(scene, say(scene, opened->incident->id, "Two.", "", "x"), "ada@example.com");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(state) FROM letter"), "0,0");
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM letter_fact"), "0");
}

SCENE(a_note_is_a_letter_of_its_own_and_never_replaced)
{
    const struct decision *const opened = say(scene, 0, "One.", "Secret.", "x");

    copy(scene, opened, "ada@example.com");
    copy(scene, say(scene, opened->incident->id, "", "More.", "x"), "ada@example.com");
    copy(scene, say(scene, opened->incident->id, "Two.", "", "x"), "ada@example.com");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(kind || ':' || state ||"
                                         " coalesce(notification_id, '-')) FROM letter"),
                        "8:0-,7:31,8:0-,7:02");
}

SCENE(a_letter_names_its_incident_to_its_page_only)
{
    static const struct page other = {.id = "sp_other", .name = "Other", .address = "o@o.example"};
    const struct decision *const opened = say(scene, 0, "One.", "", "x");
    int64_t incident_id = 0;

    copy(scene, opened, "ada@example.com");
    assert_true(incidents_of_letter(scene->store, &scene_page, 1, &incident_id, NULL));
    assert_int_equal(incident_id, opened->incident->id);
    assert_true(incidents_of_letter(scene->store, &other, 1, &incident_id, NULL));
    assert_int_equal(incident_id, 0);
}

SCENE(a_change_and_its_copies_are_one_transaction)
{
    assert_true(store_begin(scene->store, NULL));
    copy(scene, say(scene, 0, "One.", "", "x"), "");
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM letter"), "0");
    assert_true(store_commit(scene->store, NULL));
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM letter"), "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_letter_is_stored_with_its_facts_in_order),
        SCENE_TEST(answers_are_sooner_than_copies_and_copies_than_the_rest),
        SCENE_TEST(each_operator_who_wants_one_gets_a_copy_but_the_author),
        SCENE_TEST(who_wants_her_own_gets_what_she_wrote_to),
        SCENE_TEST(an_unsent_copy_is_replaced_by_the_next_which_carries_what_she_missed),
        SCENE_TEST(a_copy_in_hand_is_not_replaced),
        SCENE_TEST(a_note_is_a_letter_of_its_own_and_never_replaced),
        SCENE_TEST(a_letter_names_its_incident_to_its_page_only),
        SCENE_TEST(a_change_and_its_copies_are_one_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
