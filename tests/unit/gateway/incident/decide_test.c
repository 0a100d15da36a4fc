#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/incident/decide.h"
#include "gateway/incident/monitor.h"
#include "tests/unit/unit.h"

#define NOW (INT64_C(1700000000) * SECOND_MS)

static const struct component components[] = {
    {"comp_api", "API", "Core"},
    {"comp_web", "Website", "Core"},
    {"comp_db", "Database", ""},
};

static const struct page page = {
    .id = "sp_abc123",
    .name = "Example",
    .address = "status@status.example.com",
    .reopen_ms = 7 * DAY_MS,
    .components = components,
    .component_count = G_N_ELEMENTS(components),
};

static const char *const own_pages[] = {"sp_abc123"};
static const struct operator ada = {
    .name = "Ada", .address = "ada@example.com", .page_ids = own_pages, .page_count = 1};
static const struct operator eve = {.name = "Eve", .address = "eve@example.com"};

static struct command by_ada(enum command_kind kind)
{
    return (struct command){
        .kind = kind,
        .page_id = "sp_abc123",
        .actor = {ACTOR_OPERATOR, "ada@example.com", "sasl", "", "", &ada},
        .message = "",
        .note = "",
    };
}

static const struct affected api_down = {"comp_api", COMPONENT_PARTIAL_OUTAGE, true};
static const struct incident api_errors = {
    .id = 1,
    .public_id = "inc_x",
    .number = 42,
    .page_id = "sp_abc123",
    .title = "API errors",
    .first_title = "API errors",
    .severity = SEVERITY_MAJOR,
    .highest_severity = SEVERITY_MAJOR,
    .affected = &api_down,
    .affected_count = 1,
    .created_at = NOW,
    .updated_at = NOW,
};

static const struct decision *decide(struct arena *arena, const struct incident *incident,
                                     const struct command *command, GError **error)
{
    const struct facts facts = {.page = &page, .incident = incident};

    return incident_decide(arena, &facts, command, NOW + MINUTE_MS, error);
}

TEST(an_incident_opens_as_investigating_and_minor_unless_said_otherwise)
{
    OWN(arena) arena = arena_open(1 << 20);
    struct command command = by_ada(COMMAND_OPEN);
    const struct decision *decision;

    command.title = "API errors";
    command.message = "We are looking.";
    decision = decide(arena, NULL, &command, NULL);
    assert_non_null(decision);
    assert_int_equal(decision->incident->status, INCIDENT_INVESTIGATING);
    assert_int_equal(decision->incident->severity, SEVERITY_MINOR);
    assert_string_equal(decision->incident->first_title, "API errors");
    assert_int_equal(decision->notification, NOTIFICATION_OPENED);
    assert_string_equal(decision->update->message, "We are looking.");
    assert_null(decision->note);
}

TEST(a_component_gets_the_state_of_the_severity_unless_the_author_says)
{
    static const struct component_change changes[] = {
        {COMPONENT_ADD, "comp_api", false, COMPONENT_OPERATIONAL},
        {COMPONENT_ADD, "comp_db", true, COMPONENT_MAJOR_OUTAGE},
    };
    OWN(arena) arena = arena_open(1 << 20);
    struct command command = by_ada(COMMAND_OPEN);
    const struct decision *decision;

    command.title = "API errors";
    command.has_severity = true;
    command.severity = SEVERITY_MINOR;
    command.components = changes;
    command.component_count = 2;
    decision = decide(arena, NULL, &command, NULL);
    assert_int_equal(decision->state_count, 2);
    assert_string_equal(decision->states[0].component_id, "comp_api");
    assert_int_equal(decision->states[0].state, COMPONENT_DEGRADED_PERFORMANCE);
    assert_int_equal(decision->states[1].state, COMPONENT_MAJOR_OUTAGE);
}

TEST(resolving_gives_components_back_but_not_those_that_others_hold)
{
    static const struct standing held = {"comp_api", COMPONENT_DEGRADED_PERFORMANCE};
    OWN(arena) arena = arena_open(1 << 20);
    struct command command = by_ada(COMMAND_UPDATE);
    struct facts facts = {.page = &page, .incident = &api_errors};
    const struct decision *decision;

    command.has_status = true;
    command.status = INCIDENT_RESOLVED;
    decision = incident_decide(arena, &facts, &command, NOW + 5, NULL);
    assert_int_equal(decision->notification, NOTIFICATION_RESOLVED);
    assert_int_equal(decision->incident->resolved_at, NOW + 5);
    assert_int_equal(decision->states[0].state, COMPONENT_OPERATIONAL);

    facts.others = &held;
    facts.other_count = 1;
    decision = incident_decide(arena, &facts, &command, NOW + 5, NULL);
    assert_int_equal(decision->states[0].state, COMPONENT_DEGRADED_PERFORMANCE);
}

TEST(a_rise_in_severity_takes_the_components_along_and_is_remembered_as_the_highest)
{
    OWN(arena) arena = arena_open(1 << 20);
    struct command command = by_ada(COMMAND_UPDATE);
    const struct decision *decision;

    command.has_severity = true;
    command.severity = SEVERITY_CRITICAL;
    decision = decide(arena, &api_errors, &command, NULL);
    assert_int_equal(decision->incident->affected[0].state, COMPONENT_MAJOR_OUTAGE);
    assert_int_equal(decision->incident->highest_severity, SEVERITY_CRITICAL);
    assert_string_equal(decision->changes[0].from, "Major");
    assert_string_equal(decision->changes[0].to, "Critical");

    command.severity = SEVERITY_MINOR;
    decision = decide(arena, &api_errors, &command, NULL);
    assert_int_equal(decision->incident->highest_severity, SEVERITY_MAJOR);
}

TEST(a_component_that_left_stays_among_those_it_ever_affected)
{
    static const struct component_change change = {COMPONENT_REMOVE, "comp_api", false,
                                                   COMPONENT_OPERATIONAL};
    OWN(arena) arena = arena_open(1 << 20);
    struct command command = by_ada(COMMAND_UPDATE);
    const struct decision *decision;

    command.components = &change;
    command.component_count = 1;
    decision = decide(arena, &api_errors, &command, NULL);
    assert_int_equal(decision->incident->affected_count, 1);
    assert_false(decision->incident->affected[0].is_current);
    assert_int_equal(decision->states[0].state, COMPONENT_OPERATIONAL);
}

TEST(a_title_may_change_but_subjects_keep_the_first)
{
    OWN(arena) arena = arena_open(1 << 20);
    struct command command = by_ada(COMMAND_UPDATE);
    const struct decision *decision;

    command.title = "API down";
    decision = decide(arena, &api_errors, &command, NULL);
    assert_string_equal(decision->incident->title, "API down");
    assert_string_equal(decision->incident->first_title, "API errors");
}

TEST(a_private_note_tells_no_subscriber)
{
    OWN(arena) arena = arena_open(1 << 20);
    struct command command = by_ada(COMMAND_UPDATE);
    const struct decision *decision;

    command.note = "it was the intern";
    decision = decide(arena, &api_errors, &command, NULL);
    assert_null(decision->update);
    assert_int_equal(decision->notification, NOTIFICATION_NONE);
    assert_string_equal(decision->note->message, "it was the intern");
}

TEST(a_silent_update_is_stored_and_told_to_nobody)
{
    OWN(arena) arena = arena_open(1 << 20);
    struct command command = by_ada(COMMAND_UPDATE);
    const struct decision *decision;

    command.message = "typo";
    command.is_silent = true;
    decision = decide(arena, &api_errors, &command, NULL);
    assert_non_null(decision->update);
    assert_int_equal(decision->notification, NOTIFICATION_NONE);
}

TEST(a_resolved_incident_reopens_for_seven_days_and_then_says_how_to_go_on)
{
    OWN(arena) arena = arena_open(1 << 20);
    g_autoptr(GError) error = NULL;
    struct incident resolved = api_errors;
    struct command command = by_ada(COMMAND_UPDATE);
    const struct facts facts = {.page = &page, .incident = &resolved};

    resolved.status = INCIDENT_RESOLVED;
    resolved.resolved_at = NOW;
    command.has_status = true;
    command.status = INCIDENT_INVESTIGATING;
    assert_int_equal(incident_decide(arena, &facts, &command, NOW + 7 * DAY_MS, NULL)->notification,
                     NOTIFICATION_REOPENED);
    assert_null(incident_decide(arena, &facts, &command, NOW + 7 * DAY_MS + 1, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_DENIED));
    assert_non_null(strstr(error->message, "write a new mail to status@status.example.com"));
}

TEST(who_may_not_is_refused)
{
    static const struct {
        enum actor_role role;
        const struct operator* operator;
        enum command_kind kind;
        enum tocsin_error want;
    } cases[] = {
        {ACTOR_OPERATOR, &eve, COMMAND_UPDATE, TOCSIN_ERROR_DENIED},
        {ACTOR_MONITOR, NULL, COMMAND_UPDATE, TOCSIN_ERROR_DENIED},
        {ACTOR_OPERATOR, &ada, COMMAND_ALERT, TOCSIN_ERROR_INPUT},
    };
    OWN(arena) arena = arena_open(1 << 20);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        struct command command = by_ada(cases[i].kind);

        command.actor.role = cases[i].role;
        command.actor.operator= cases[i].operator;
        command.message = "x";
        assert_null(decide(arena, &api_errors, &command, &error));
        assert_true(g_error_matches(error, TOCSIN_ERROR, (gint)cases[i].want));
    }
}

/* A23: without its policy it is nobody; with another page's as well. */
TEST(a_monitor_changes_only_the_page_of_its_policy)
{
    static const struct monitor own = {.name = "M", .policy = {.page_id = "sp_abc123"}};
    static const struct monitor others = {.name = "M", .policy = {.page_id = "sp_other"}};
    static const struct monitor *const monitors[] = {NULL, &others, &own};
    OWN(arena) arena = arena_open(1 << 20);

    for (size_t i = 0; i < G_N_ELEMENTS(monitors); i++) {
        g_autoptr(GError) error = NULL;
        struct command command = by_ada(COMMAND_UPDATE);

        command.actor = (struct actor){ACTOR_MONITOR, "monitor:M", "network", "192.0.2.1", "",
                                       NULL,          monitors[i]};
        command.message = "x";
        assert_int_equal(decide(arena, &api_errors, &command, &error) != NULL, monitors[i] == &own);
        assert_true(monitors[i] == &own ||
                    g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_DENIED));
    }
}

TEST(what_would_change_nothing_is_refused_and_says_what_is)
{
    OWN(arena) arena = arena_open(1 << 20);
    g_autoptr(GError) error = NULL;
    struct command command = by_ada(COMMAND_UPDATE);

    command.has_status = true;
    command.status = INCIDENT_INVESTIGATING;
    assert_null(decide(arena, &api_errors, &command, &error));
    assert_string_equal(
        error->message,
        "nothing would change: #42 is already investigating, major, and there is no text");
}

TEST(a_component_is_read_by_id_name_or_unambiguous_beginning)
{
    static const struct {
        const char *word;
        const char *id;
        size_t count;
    } cases[] = {
        {"comp_api", "comp_api", 1}, {"api", "comp_api", 1}, {" Website ", "comp_web", 1},
        {"dat", "comp_db", 1},       {"D", "comp_db", 1},    {"comp_", NULL, 3},
        {"\xd0\x90PI", NULL, 0},     {"", NULL, 0},          {"apis", NULL, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t count;
        const struct component *component =
            page_read_component(&page, text_of(cases[i].word), &count);

        assert_int_equal(count, cases[i].count);
        if (cases[i].id == NULL)
            assert_null(component);
        else
            assert_string_equal(component->id, cases[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_opens_as_investigating_and_minor_unless_said_otherwise),
        cmocka_unit_test(a_component_gets_the_state_of_the_severity_unless_the_author_says),
        cmocka_unit_test(resolving_gives_components_back_but_not_those_that_others_hold),
        cmocka_unit_test(
            a_rise_in_severity_takes_the_components_along_and_is_remembered_as_the_highest),
        cmocka_unit_test(a_component_that_left_stays_among_those_it_ever_affected),
        cmocka_unit_test(a_title_may_change_but_subjects_keep_the_first),
        cmocka_unit_test(a_private_note_tells_no_subscriber),
        cmocka_unit_test(a_silent_update_is_stored_and_told_to_nobody),
        cmocka_unit_test(a_resolved_incident_reopens_for_seven_days_and_then_says_how_to_go_on),
        cmocka_unit_test(who_may_not_is_refused),
        cmocka_unit_test(a_monitor_changes_only_the_page_of_its_policy),
        cmocka_unit_test(what_would_change_nothing_is_refused_and_says_what_is),
        cmocka_unit_test(a_component_is_read_by_id_name_or_unambiguous_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
