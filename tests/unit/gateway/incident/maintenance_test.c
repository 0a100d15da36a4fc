#include "gateway/incident/maintenance.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/incident/decide.h"
#include "tests/unit/unit.h"

#define NOW   (INT64_C(1700000000) * SECOND_MS)
#define START (NOW + 2 * DAY_MS)
#define END   (START + 2 * HOUR_MS)

static const int64_t reminders[] = {DAY_MS, HOUR_MS};

static const struct maintenance scheduled = {
    .state = MAINTENANCE_SCHEDULED,
    .starts_at = START,
    .ends_at = END,
    .completes_by_time = true,
    .announced_at = NOW,
    .invitation = "",
};
static const struct maintenance running = {
    .state = MAINTENANCE_IN_PROGRESS,
    .starts_at = START,
    .ends_at = END,
    .began_at = START,
    .completes_by_time = true,
    .announced_at = NOW,
    .invitation = "",
};

static enum maintenance_step due(const struct maintenance *maintenance, int64_t now,
                                 int64_t *next_at)
{
    return maintenance_due(maintenance, reminders, G_N_ELEMENTS(reminders), now, next_at);
}

static struct maintenance applied(const struct maintenance *before, const struct schedule *schedule,
                                  int64_t now)
{
    struct maintenance after;
    bool is_moved;
    g_autoptr(GError) error = NULL;

    if (!maintenance_apply(before, schedule, now, &after, &is_moved, &error))
        fail_msg("%s", error->message);
    return after;
}

TEST(a_new_one_is_scheduled_and_one_that_starts_now_has_begun)
{
    const struct schedule later = {
        .has_starts = true, .starts_at = START, .has_ends = true, .ends_at = END};
    const struct schedule now = {.has_starts = true,
                                 .starts_at = NOW - MINUTE_MS,
                                 .has_extension = true,
                                 .extension_ms = HOUR_MS};

    assert_int_equal(applied(NULL, &later, NOW).state, MAINTENANCE_SCHEDULED);
    assert_int_equal(applied(NULL, &now, NOW).state, MAINTENANCE_IN_PROGRESS);
    assert_int_equal(applied(NULL, &now, NOW).ends_at, NOW - MINUTE_MS + HOUR_MS);
}

static const struct {
    const char *what;
    const struct maintenance *before;
    struct schedule schedule;
    const char *says;
} refused[] = {
    {"an end before the start",
     NULL,
     {.has_starts = true, .starts_at = START, .has_ends = true, .ends_at = START - 1},
     "after"},
    {"a start two hours ago",
     NULL,
     {.has_starts = true, .starts_at = NOW - 2 * HOUR_MS, .has_ends = true, .ends_at = END},
     "past"},
    {"32 days",
     NULL,
     {.has_starts = true, .starts_at = START, .has_extension = true, .extension_ms = 32 * DAY_MS},
     "31 days"},
    {"no end", NULL, {.has_starts = true, .starts_at = START}, "needs a start and an end"},
    {"no start", NULL, {.has_ends = true, .ends_at = END}, "needs a start and an end"},
    {"to move what has begun", &running, {.has_starts = true, .starts_at = START + 1}, "begun"},
    {"to verify what has not begun",
     &scheduled,
     {.has_state = true, .state = MAINTENANCE_VERIFYING},
     "scheduled cannot become verifying"},
    {"to go back", &running, {.has_state = true, .state = MAINTENANCE_SCHEDULED}, "in_progress"},
};

TEST(what_cannot_be_is_refused_and_said)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        struct maintenance after;
        bool is_moved;
        g_autoptr(GError) error = NULL;

        if (maintenance_apply(refused[i].before, &refused[i].schedule, NOW, &after, &is_moved,
                              &error))
            fail_msg("%s was taken", refused[i].what);
        if (strstr(error->message, refused[i].says) == NULL)
            fail_msg("%s: %s", refused[i].what, error->message);
    }
}

TEST(what_is_over_stays_over)
{
    const struct schedule again = {.has_state = true, .state = MAINTENANCE_IN_PROGRESS};
    const struct schedule move = {.has_ends = true, .ends_at = END + 1};
    struct maintenance over = running;
    struct maintenance after;
    bool is_moved;

    over.state = MAINTENANCE_COMPLETED;
    over.ended_at = END;
    assert_false(maintenance_apply(&over, &again, END, &after, &is_moved, NULL));
    assert_false(maintenance_apply(&over, &move, END, &after, &is_moved, NULL));
}

TEST(the_sequence_rises_with_each_change_of_time_and_at_the_end)
{
    const struct schedule move = {.has_starts = true,
                                  .starts_at = START + HOUR_MS,
                                  .has_ends = true,
                                  .ends_at = END + HOUR_MS};
    const struct schedule same = {.has_starts = true, .starts_at = START};
    const struct schedule cancel = {.has_state = true, .state = MAINTENANCE_CANCELLED};

    assert_int_equal(applied(&scheduled, &move, NOW).sequence, 1);
    assert_int_equal(applied(&scheduled, &same, NOW).sequence, 0);
    assert_int_equal(applied(&scheduled, &cancel, NOW).sequence, 1);
}

TEST(one_that_is_moved_takes_as_long_as_before_unless_its_end_or_length_is_said)
{
    const struct schedule move = {.has_starts = true, .starts_at = START + DAY_MS};
    const struct schedule shorter = {.has_starts = true,
                                     .starts_at = START + DAY_MS,
                                     .has_extension = true,
                                     .extension_ms = HOUR_MS};
    const struct schedule longer = {.has_extension = true, .extension_ms = HOUR_MS};

    assert_int_equal(applied(&scheduled, &move, NOW).ends_at, END + DAY_MS);
    assert_int_equal(applied(&scheduled, &shorter, NOW).ends_at, START + DAY_MS + HOUR_MS);
    assert_int_equal(applied(&scheduled, &longer, NOW).ends_at, END + HOUR_MS);
}

TEST(one_that_begins_early_has_that_as_its_start)
{
    const struct schedule begin = {.has_state = true, .state = MAINTENANCE_IN_PROGRESS};
    const struct maintenance after = applied(&scheduled, &begin, NOW + HOUR_MS);

    assert_int_equal(after.starts_at, NOW + HOUR_MS);
    assert_int_equal(after.began_at, NOW + HOUR_MS);
    assert_int_equal(after.sequence, 1);
}

TEST(the_clock_reminds_begins_and_completes_each_once)
{
    int64_t next = 0;
    struct maintenance reminded = scheduled;

    assert_int_equal(due(&scheduled, NOW, &next), MAINTENANCE_WAIT);
    assert_int_equal(next, START - DAY_MS);
    assert_int_equal(due(&scheduled, START - DAY_MS, &next), MAINTENANCE_REMIND);
    reminded.reminded_at = START - DAY_MS;
    assert_int_equal(due(&reminded, START - DAY_MS, &next), MAINTENANCE_WAIT);
    assert_int_equal(next, START - HOUR_MS);
    assert_int_equal(due(&reminded, START, &next), MAINTENANCE_BEGIN);
    assert_int_equal(due(&running, START, &next), MAINTENANCE_WAIT);
    assert_int_equal(next, END);
    assert_int_equal(due(&running, END, &next), MAINTENANCE_COMPLETE);
}

TEST(who_was_told_after_a_reminders_moment_is_not_reminded_at_it)
{
    int64_t next = 0;
    struct maintenance late = scheduled;

    late.announced_at = START - 2 * HOUR_MS;
    assert_int_equal(due(&late, START - 2 * HOUR_MS, &next), MAINTENANCE_WAIT);
    assert_int_equal(next, START - HOUR_MS);
    late.announced_at = START - 10 * MINUTE_MS;
    assert_int_equal(due(&late, START - 10 * MINUTE_MS, &next), MAINTENANCE_WAIT);
    assert_int_equal(next, START);
}

TEST(two_reminders_that_were_slept_through_are_one)
{
    int64_t next = 0;
    struct maintenance after = scheduled;

    assert_int_equal(due(&scheduled, START - MINUTE_MS, &next), MAINTENANCE_REMIND);
    after.reminded_at = START - MINUTE_MS;
    assert_int_equal(due(&after, START - MINUTE_MS, &next), MAINTENANCE_WAIT);
}

TEST(one_that_was_slept_through_is_completed_and_never_begins)
{
    const struct schedule complete = {
        .has_state = true, .state = MAINTENANCE_COMPLETED, .is_by_time = true};
    int64_t next = 0;
    struct maintenance after;

    assert_int_equal(due(&scheduled, END + DAY_MS, &next), MAINTENANCE_COMPLETE);
    after = applied(&scheduled, &complete, END + DAY_MS);
    assert_int_equal(after.began_at, START);
    assert_int_equal(after.ended_at, END);
}

TEST(one_that_its_people_complete_waits_for_them)
{
    int64_t next = -1;
    struct maintenance patient = running;

    patient.completes_by_time = false;
    assert_int_equal(due(&patient, END + DAY_MS, &next), MAINTENANCE_WAIT);
    assert_int_equal(next, 0);
}

static const struct component components[] = {{"comp_api", "API", "Core"}};
static const struct page page = {
    .id = "sp_abc123",
    .name = "Example",
    .address = "status@status.example.com",
    .components = components,
    .component_count = G_N_ELEMENTS(components),
};

static struct command by_shell(enum command_kind kind, const struct schedule *schedule)
{
    return (struct command){
        .kind = kind,
        .page_id = "sp_abc123",
        .actor = {.role = ACTOR_SHELL, .by = "cli:ada"},
        .schedule = schedule,
        .message = "",
        .note = "",
    };
}

static const struct decision *decide(struct arena *arena, const struct incident *incident,
                                     const struct command *command, GError **error)
{
    const struct facts facts = {.page = &page, .incident = incident};

    return incident_decide(arena, &facts, command, NOW, error);
}

TEST(components_are_under_maintenance_only_while_it_runs)
{
    OWN(arena) arena = arena_open(1 << 20);
    const struct component_change api = {COMPONENT_ADD, "comp_api", false, COMPONENT_OPERATIONAL};
    const struct schedule later = {
        .has_starts = true, .starts_at = START, .has_ends = true, .ends_at = END};
    const struct schedule begin = {.has_state = true, .state = MAINTENANCE_IN_PROGRESS};
    const struct schedule end = {.has_state = true, .state = MAINTENANCE_COMPLETED};
    struct command command = by_shell(COMMAND_MAINTAIN, &later);
    const struct decision *decision;

    command.title = "Database upgrade";
    command.components = &api;
    command.component_count = 1;
    decision = decide(arena, NULL, &command, NULL);
    assert_non_null(decision);
    assert_int_equal(decision->notification, NOTIFICATION_SCHEDULED);
    assert_int_equal(decision->news, NEWS_MAINTENANCE);
    assert_int_equal(decision->state_count, 0);

    command = by_shell(COMMAND_UPDATE, &begin);
    decision = decide(arena, decision->incident, &command, NULL);
    assert_non_null(decision);
    assert_int_equal(decision->notification, NOTIFICATION_BEGAN);
    assert_int_equal(decision->state_count, 1);
    assert_int_equal(decision->states[0].state, COMPONENT_UNDER_MAINTENANCE);

    command = by_shell(COMMAND_UPDATE, &end);
    decision = decide(arena, decision->incident, &command, NULL);
    assert_non_null(decision);
    assert_int_equal(decision->notification, NOTIFICATION_COMPLETED);
    assert_int_equal(decision->incident->status, INCIDENT_RESOLVED);
    assert_int_equal(decision->states[0].state, COMPONENT_OPERATIONAL);
}

TEST(an_incident_has_no_schedule_and_a_maintenance_no_status_of_incidents)
{
    OWN(arena) arena = arena_open(1 << 20);
    const struct schedule begin = {.has_state = true, .state = MAINTENANCE_IN_PROGRESS};
    const struct incident incident = {
        .id = 1, .number = 42, .page_id = "sp_abc123", .title = "x", .first_title = "x"};
    struct incident works = incident;
    struct command command = by_shell(COMMAND_UPDATE, &begin);
    g_autoptr(GError) error = NULL;

    assert_null(decide(arena, &incident, &command, &error));
    assert_non_null(strstr(error->message, "no start and end"));
    works.maintenance = &scheduled;
    command = by_shell(COMMAND_UPDATE, NULL);
    command.has_status = true;
    command.status = INCIDENT_MONITORING;
    assert_null(decide(arena, &works, &command, NULL));
    command.status = INCIDENT_RESOLVED;
    assert_int_equal(decide(arena, &works, &command, NULL)->notification, NOTIFICATION_COMPLETED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_one_is_scheduled_and_one_that_starts_now_has_begun),
        cmocka_unit_test(what_cannot_be_is_refused_and_said),
        cmocka_unit_test(what_is_over_stays_over),
        cmocka_unit_test(the_sequence_rises_with_each_change_of_time_and_at_the_end),
        cmocka_unit_test(
            one_that_is_moved_takes_as_long_as_before_unless_its_end_or_length_is_said),
        cmocka_unit_test(one_that_begins_early_has_that_as_its_start),
        cmocka_unit_test(the_clock_reminds_begins_and_completes_each_once),
        cmocka_unit_test(who_was_told_after_a_reminders_moment_is_not_reminded_at_it),
        cmocka_unit_test(two_reminders_that_were_slept_through_are_one),
        cmocka_unit_test(one_that_was_slept_through_is_completed_and_never_begins),
        cmocka_unit_test(one_that_its_people_complete_waits_for_them),
        cmocka_unit_test(components_are_under_maintenance_only_while_it_runs),
        cmocka_unit_test(an_incident_has_no_schedule_and_a_maintenance_no_status_of_incidents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
