#include "gateway/calendar/invitation.h"

#include "tests/unit/gateway/calendar/guests.h"

TEST(an_event_that_recurs_becomes_its_instances)
{
    static const struct {
        const char *lines;
        const char *starts[4]; /* the first ones */
        size_t count;
        bool is_cut;
    } cases[] = {
        {"RRULE:FREQ=DAILY;COUNT=3\r\n",
         {"2026-12-01T01:00:00Z", "2026-12-02T01:00:00Z", "2026-12-03T01:00:00Z"},
         3,
         false},
        {"RRULE:FREQ=DAILY\r\n", {"2026-12-01T01:00:00Z"}, 50, true},
        {"RRULE:FREQ=WEEKLY;UNTIL=20261215T010000Z\r\n",
         {"2026-12-01T01:00:00Z", "2026-12-08T01:00:00Z", "2026-12-15T01:00:00Z"},
         3,
         false},
        {"RRULE:FREQ=WEEKLY;UNTIL=20261215\r\n",
         {"2026-12-01T01:00:00Z", "2026-12-08T01:00:00Z", "2026-12-15T01:00:00Z"},
         3,
         false},
        /* The second Tuesday, both ways; to the horizon of 180 days. */
        {"RRULE:FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2\r\n",
         {"2026-12-08T01:00:00Z", "2027-01-12T01:00:00Z", "2027-02-09T01:00:00Z",
          "2027-03-09T01:00:00Z"},
         6,
         true},
        {"RRULE:FREQ=MONTHLY;BYDAY=2TU\r\n",
         {"2026-12-08T01:00:00Z", "2027-01-12T01:00:00Z", "2027-02-09T01:00:00Z",
          "2027-03-09T01:00:00Z"},
         6,
         true},
        {"RRULE:FREQ=DAILY;COUNT=4\r\nEXDATE;TZID=Europe/Berlin:20261202T020000\r\n"
         "EXDATE:20261203T010000Z\r\n",
         {"2026-12-01T01:00:00Z", "2026-12-04T01:00:00Z"},
         2,
         false},
        {"RRULE:FREQ=DAILY;COUNT=3\r\nEXDATE;VALUE=DATE:20261202\r\n",
         {"2026-12-01T01:00:00Z", "2026-12-03T01:00:00Z"},
         2,
         false},
        {"RDATE:20261224T010000Z,20261211T010000Z\r\n",
         {"2026-12-01T01:00:00Z", "2026-12-11T01:00:00Z", "2026-12-24T01:00:00Z"},
         3,
         false},
        {"RRULE:FREQ=YEARLY;COUNT=1\r\n", {"2026-12-01T01:00:00Z"}, 1, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *text =
            g_strconcat(BEGIN EVENT "DTSTART;TZID=Europe/Berlin:20261201T020000\r\n"
                                    "DTEND;TZID=Europe/Berlin:20261201T040000\r\n",
                        cases[i].lines, END, NULL);
        const struct invitation *invitation = &read_text(arena, text)->invitations[0];
        if (invitation->trouble != NULL)
            fail_msg("%s: %s", cases[i].lines, invitation->trouble);
        if (invitation->occurrence_count != cases[i].count)
            print_message("%s: %zu\n", cases[i].lines, invitation->occurrence_count);
        assert_true(invitation->is_recurring);
        assert_int_equal(invitation->occurrence_count, cases[i].count);
        assert_int_equal(invitation->is_cut, cases[i].is_cut);
        for (size_t n = 0; n < G_N_ELEMENTS(cases[i].starts) && cases[i].starts[n] != NULL; n++) {
            const struct occurrence *occurrence = &invitation->occurrences[n];
            assert_int_equal(occurrence->starts_at, at(cases[i].starts[n]));
            assert_int_equal(occurrence->ends_at - occurrence->starts_at, 2 * HOUR_MS);
            assert_int_equal(occurrence->original_at, occurrence->starts_at);
        }
    }
}

/* Across a clock change an instance keeps its local time; the series began years ago. */
TEST(instances_keep_their_local_time_and_those_that_are_over_are_left_out)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct invitation *invitation =
        &read_text(arena,
                   BEGIN ZONE("Own") EVENT "DTSTART;TZID=Own:20200107T023000\r\nDURATION:PT2H\r\n"
                                           "RRULE:FREQ=MONTHLY;BYMONTHDAY=28\r\n" END)
             ->invitations[0];

    assert_int_equal(invitation->occurrence_count, 6);
    assert_int_equal(invitation->occurrences[0].starts_at, at("2026-11-28T01:30:00Z"));
    assert_int_equal(invitation->occurrences[4].starts_at, at("2027-03-28T01:30:00Z")); /* gap */
    assert_int_equal(invitation->occurrences[5].starts_at, at("2027-04-28T00:30:00Z"));
}

TEST(exceptions_beside_a_series_move_and_cancel_its_instances)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct calendar *calendar = read_text(
        arena, BEGIN EVENT
        "DTSTART:20261201T010000Z\r\nDTEND:20261201T030000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"
        "END:VEVENT\r\n" EVENT "RECURRENCE-ID:20261202T010000Z\r\nDTSTART:20261205T050000Z\r\n"
        "DTEND:20261205T060000Z\r\nEND:VEVENT\r\n" EVENT
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261203T010000Z\r\nSTATUS:CANCELLED\r\n" END);
    const struct invitation *series = &calendar->invitations[0];

    assert_int_equal(calendar->count, 3);
    assert_int_equal(series->occurrence_count, 3);
    assert_true(series->occurrences[1].is_cancelled);
    assert_int_equal(series->occurrences[2].original_at, at("2026-12-02T01:00:00Z"));
    assert_int_equal(series->occurrences[2].starts_at, at("2026-12-05T05:00:00Z"));
    assert_int_equal(series->occurrences[2].ends_at, at("2026-12-05T06:00:00Z"));
    assert_int_equal(calendar->invitations[1].recurrence_at, at("2026-12-02T01:00:00Z"));
    assert_true(calendar->invitations[2].is_from_then_on);
}

/* What would keep libical busy is refused before it sees it, or cut by the deadline. */
TEST(a_hostile_rule_costs_little)
{
    static const char *const refused[] = {
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=HOURLY",
        "FREQ=MINUTELY;COUNT=1",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=-31",
        "FREQ=DAILY;BYHOUR=1",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=YEARLY;BYYEARDAY=366",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=999999999",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;FREQ=SECONDLY",
        "FREQ=MONTHLY;BYDAY=99TU",
        "FREQ=MONTHLY;BYDAY=6TU",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=6TU",
        "FREQ=DAILY;BYDAY=1TU",
        "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=6",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=MO;BYSETPOS=20",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=MONTHLY;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=",
        "RSCALE=CHINESE;FREQ=DAILY",
        "COUNT=5",
        "",
    };
    static const char *const slow[] = {
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",              /* begins on a Tuesday: never */
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2;BYDAY=TU", /* and in January */
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2;BYDAY=TU;BYSETPOS=1",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29;BYMONTH=2",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *text = g_strconcat(
            BEGIN EVENT "DTSTART:20261201T010000Z\r\nRRULE:", refused[i], "\r\n" END, NULL);
        const struct invitation *invitation = &read_text(arena, text)->invitations[0];
        if (invitation->trouble == NULL)
            fail_msg("%s", refused[i]);
        assert_int_equal(invitation->occurrence_count, 0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(slow); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autoptr(GString) text = g_string_new(BEGIN);
        for (size_t n = 0; n < 20; n++)
            g_string_append_printf(
                text, EVENT "DTSTART:19710105T010000Z\r\nRRULE:%s\r\nEND:VEVENT\r\n", slow[i]);
        g_string_append(text, "END:VCALENDAR\r\n");
        const struct calendar *calendar = read_text(arena, text->str);
        assert_int_equal(calendar->count, 20);
        for (size_t n = 0; n < calendar->count; n++) {
            assert_null(calendar->invitations[n].trouble);
            assert_int_equal(calendar->invitations[n].occurrence_count, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_that_recurs_becomes_its_instances),
        cmocka_unit_test(instances_keep_their_local_time_and_those_that_are_over_are_left_out),
        cmocka_unit_test(exceptions_beside_a_series_move_and_cancel_its_instances),
        cmocka_unit_test(a_hostile_rule_costs_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
