#include "gateway/calendar/invitation.h"

#include "gateway/base/error.h"
#include "tests/unit/gateway/calendar/guests.h"

TEST(an_invitation_is_read_whole)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct calendar *calendar =
        read_text(arena, BEGIN EVENT
                  "SEQUENCE:3\r\nDTSTART:20261201T010000Z\r\nDTEND:20261201T030000Z\r\n"
                  "SUMMARY:Database\\, upgrade\r\nDESCRIPTION:One\\nTwo\r\n  three\r\n"
                  "LOCATION;LANGUAGE=en:Here\r\nSTATUS:CONFIRMED\r\n"
                  "ORGANIZER;CN=\"Byron, Ada\":MAILTO:ada@example.com\r\n"
                  "ATTENDEE;CN=Status;PARTSTAT=needs-action;RSVP=TRUE:mailto:status@example.com\r\n"
                  "ATTENDEE:urn:uuid:1\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\n"
                  "DESCRIPTION:not this\r\nEND:VALARM\r\n" END);
    const struct invitation *invitation = &calendar->invitations[0];

    assert_int_equal(calendar->method, CALENDAR_REQUEST);
    assert_int_equal(calendar->count, 1);
    assert_null(invitation->trouble);
    assert_string_equal(invitation->uid, "u1");
    assert_int_equal(invitation->sequence, 3);
    assert_int_equal(invitation->stamped_at, at("2026-11-24T12:00:00Z"));
    assert_int_equal(invitation->starts_at, at("2026-12-01T01:00:00Z"));
    assert_int_equal(invitation->ends_at, at("2026-12-01T03:00:00Z"));
    assert_string_equal(invitation->zone, "UTC");
    assert_string_equal(invitation->summary, "Database, upgrade");
    assert_string_equal(invitation->description, "One\nTwo three");
    assert_string_equal(invitation->location, "Here");
    assert_int_equal(invitation->status, EVENT_CONFIRMED);
    assert_string_equal(invitation->organizer.address, "ada@example.com");
    assert_string_equal(invitation->organizer.name, "Byron, Ada");
    assert_int_equal(invitation->attendee_count, 2);
    assert_string_equal(invitation->attendees[0].address, "status@example.com");
    assert_string_equal(invitation->attendees[0].state, "NEEDS-ACTION");
    assert_string_equal(invitation->attendees[1].address, "");
    assert_false(invitation->is_recurring);
    assert_null(invitation->maintnote);
}

TEST(start_and_end_are_read_in_every_form_and_zone)
{
    static const struct {
        const char *lines;
        const char *zones;
        const char *start; /* NULL: trouble */
        const char *end;   /* or the trouble */
    } cases[] = {
        {"DTSTART;TZID=Europe/Berlin:20261201T020000\r\nDTEND;TZID=Europe/"
         "Berlin:20261201T040000\r\n",
         "", "2026-12-01T01:00:00Z", "2026-12-01T03:00:00Z"},
        {"DTSTART;TZID=W. Europe Standard Time:20260701T020000\r\nDURATION:PT90M\r\n", "",
         "2026-07-01T00:00:00Z", "2026-07-01T01:30:00Z"},
        {"DTSTART;TZID=\"/x.org/1/Europe/Berlin\":20261201T020000\r\nDURATION:P1DT1H\r\n", "",
         "2026-12-01T01:00:00Z", "2026-12-02T02:00:00Z"},
        /* A zone of the calendar's own goes before the one of its name. */
        {"DTSTART;TZID=Asia/Tokyo:20261201T020000\r\nDURATION:PT2H\r\n", ZONE("Asia/Tokyo"),
         "2026-12-01T01:00:00Z", "2026-12-01T03:00:00Z"},
        {"DTSTART;TZID=Own:20270701T020000\r\nDURATION:PT2H\r\n", ZONE("Own"),
         "2027-07-01T00:00:00Z", "2027-07-01T02:00:00Z"},
        /* The clock changes: the first, and the later (RFC 5545 section 3.3.5). */
        {"DTSTART;TZID=Own:20271031T023000\r\nDURATION:PT2H\r\n", ZONE("Own"),
         "2027-10-31T00:30:00Z", "2027-10-31T02:30:00Z"},
        {"DTSTART;TZID=Own:20270328T023000\r\nDURATION:PT2H\r\n", ZONE("Own"),
         "2027-03-28T01:30:00Z", "2027-03-28T03:30:00Z"},
        {"DTSTART;TZID=Europe/Berlin:20271031T023000\r\nDURATION:PT2H\r\n", "",
         "2027-10-31T00:30:00Z", "2027-10-31T02:30:00Z"},
        {"DTSTART;TZID=Europe/Berlin:20270328T023000\r\nDURATION:PT2H\r\n", "",
         "2027-03-28T01:30:00Z", "2027-03-28T03:30:00Z"},
        /* A day of 25 hours is a day. */
        {"DTSTART;TZID=Europe/Berlin:20271030T120000\r\nDURATION:P1D\r\n", "",
         "2027-10-30T10:00:00Z", "2027-10-31T11:00:00Z"},
        /* Whole days and times of no zone are the page's. */
        {"DTSTART;VALUE=DATE:20261201\r\n", "", "2026-11-30T23:00:00Z", "2026-12-01T23:00:00Z"},
        {"DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261203\r\n", "", "2026-11-30T23:00:00Z",
         "2026-12-02T23:00:00Z"},
        {"DTSTART:20261201T020000\r\nDTEND:20261201T040000\r\n", "", "2026-12-01T01:00:00Z",
         "2026-12-01T03:00:00Z"},
        {"DTSTART:20261201T020000Z\r\n", "", "2026-12-01T02:00:00Z", "2026-12-01T02:00:00Z"},
        {"DTSTART;TZID=Customized Time Zone:20261201T020000\r\n", "", NULL,
         "the time zone \"Customized Time Zone\" is unknown, and the calendar does not define it"},
        {"DTSTART:20261201T030000Z\r\nDTEND:20261201T020000Z\r\n", "", NULL,
         "it ends before it begins"},
        {"DTSTART:20261301T030000Z\r\n", "", NULL,
         "DTSTART \"20261301T030000Z\" is no date or time"},
        {"DTSTART:20261201T030000Z\r\nDURATION:PT\xc2\xb2H\r\n", "", NULL, "its DURATION is none"},
        {"DTSTART;TZID=Own:20261201T030000\r\n", "BEGIN:VTIMEZONE\r\nTZID:Own\r\nEND:VTIMEZONE\r\n",
         NULL, "its time zone has no rule"},
        {"DTSTART;TZID=Own:20261201T030000\r\n",
         "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:20000101T000000\r\n"
         "TZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
         NULL, "its time zone is not complete"},
        {"DTSTART;TZID=Own:20261201T030000\r\n",
         "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:20000101T000000\r\n"
         "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
         "END:VTIMEZONE\r\n",
         NULL, "it recurs by a rule that cannot be used: \"FREQ=SECONDLY\""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *text =
            g_strconcat(BEGIN, cases[i].zones, EVENT, cases[i].lines, END, NULL);
        const struct invitation *invitation = &read_text(arena, text)->invitations[0];
        if (cases[i].start == NULL) {
            assert_non_null(invitation->trouble);
            assert_string_equal(invitation->trouble, cases[i].end);
            assert_int_equal(invitation->starts_at, 0);
            continue;
        }
        if (invitation->trouble != NULL)
            fail_msg("%s: %s", cases[i].lines, invitation->trouble);
        if (invitation->starts_at != at(cases[i].start) || invitation->ends_at != at(cases[i].end))
            print_message("%s: %s\n", cases[i].lines,
                          moment_write_iso(arena, invitation->starts_at));
        assert_int_equal(invitation->starts_at, at(cases[i].start));
        assert_int_equal(invitation->ends_at, at(cases[i].end));
    }
}

TEST(the_method_of_the_part_and_of_the_calendar_is_one)
{
    static const struct {
        const char *parameter;
        const char *inside; /* the line */
        enum calendar_method want;
        const char *error; /* NULL: none */
    } cases[] = {
        {"REQUEST", "METHOD:REQUEST\r\n", CALENDAR_REQUEST, NULL},
        {"request", "METHOD:Request\r\n", CALENDAR_REQUEST, NULL},
        {"", "METHOD:CANCEL\r\n", CALENDAR_CANCEL, NULL},
        {"REPLY", "", CALENDAR_REPLY, NULL},
        {"", "", CALENDAR_NO_METHOD, NULL},
        {"COUNTER", "METHOD:COUNTER\r\n", CALENDAR_COUNTER, NULL},
        {"REFRESH", "METHOD:REFRESH\r\n", CALENDAR_REFRESH, NULL},
        {"REQUEST", "METHOD:CANCEL\r\n", 0, "it says REQUEST and CANCEL at once"},
        {"", "METHOD:PWN\r\n", 0, "its method \"PWN\" is unknown"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strconcat("BEGIN:VCALENDAR\n", cases[i].inside, EVENT, END, NULL);
        const struct calendar *calendar =
            read_bytes(arena, text_of(text), cases[i].parameter, &error);
        assert_int_equal(calendar == NULL, cases[i].error != NULL);
        if (calendar == NULL)
            assert_string_equal(error->message, cases[i].error);
        else
            assert_int_equal(calendar->method, cases[i].want);
    }
}

TEST(a_provider_s_notice_has_its_own_properties)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GError) error = NULL;
    const struct invitation *invitation =
        &read_text(arena, BEGIN EVENT
                   "DTSTART:20261201T010000Z\r\nDTEND:20261201T030000Z\r\nSUMMARY:Work\r\n"
                   "ORGANIZER:mailto:noc@example.net\r\nX-MAINTNOTE-PROVIDER:example.net\r\n"
                   "X-MAINTNOTE-ACCOUNT:137.1\r\nX-MAINTNOTE-MAINTENANCE-ID:W-2\r\n"
                   "X-MAINTNOTE-MAINTENANCE-ID;X-MAINTNOTE-PRECEDENCE=PRIMARY:W-1\r\n"
                   "X-MAINTNOTE-OBJECT-ID;X-MAINTNOTE-OBJECT-IMPACT=\"OUTAGE\":line 1\r\n"
                   "X-MAINTNOTE-OBJECT-ID:line 2\r\nX-MAINTNOTE-IMPACT:degraded\r\n"
                   "X-MAINTNOTE-STATUS:IN-PROCESS\r\n" END)
             ->invitations[0];
    const struct maintnote *note = invitation->maintnote;

    assert_non_null(note);
    assert_true(calendar_check_maintnote(invitation, &error));
    assert_string_equal(note->provider, "example.net");
    assert_string_equal(note->account, "137.1");
    assert_string_equal(note->id, "W-1");
    assert_int_equal(note->object_count, 2);
    assert_string_equal(note->objects[0].id, "line 1");
    assert_int_equal(note->objects[0].impact, MAINTNOTE_OUTAGE);
    assert_int_equal(note->objects[1].impact, MAINTNOTE_IMPACT_UNSAID);
    assert_int_equal(note->impact, MAINTNOTE_DEGRADED);
    assert_int_equal(note->status, MAINTNOTE_IN_PROCESS);
}

TEST(what_is_no_calendar_is_refused)
{
    static const struct {
        struct text text;
        enum tocsin_error code;
        const char *message;
    } cases[] = {
        {TEXT_INIT(""), TOCSIN_ERROR_INPUT, "it is no calendar"},
        {TEXT_INIT("Hello: world"), TOCSIN_ERROR_INPUT, "it is no calendar"},
        {TEXT_INIT(BEGIN EVENT "END:VEVENT\r\n"), TOCSIN_ERROR_INPUT, "its END is missing"},
        {TEXT_INIT(BEGIN "END:VEVENT\r\n"), TOCSIN_ERROR_INPUT,
         "BEGIN and END do not fit each other"},
        {TEXT_INIT("END:VCALENDAR\r\n"), TOCSIN_ERROR_INPUT, "BEGIN and END do not fit each other"},
        {TEXT_INIT("BEGIN:VEVENT\r\nEND:VEVENT\r\n"), TOCSIN_ERROR_INPUT, "it is no calendar"},
        {TEXT_INIT(BEGIN EVENT "SUMMARY:a\0b\r\n" END), TOCSIN_ERROR_INPUT, "it holds a NUL"},
        {TEXT_INIT(BEGIN "BEGIN:VEVENT\nBEGIN:X\nBEGIN:X\nBEGIN:X\nBEGIN:X\n"), TOCSIN_ERROR_INPUT,
         "its components are nested too deep"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autoptr(GError) error = NULL;
        assert_null(read_bytes(arena, cases[i].text, "", &error));
        assert_int_equal(error->code, cases[i].code);
        assert_string_equal(error->message, cases[i].message);
    }
}

TEST(limits_are_met_before_anything_is_read)
{
    static const struct {
        const char *piece;
        size_t times;
        const char *message; /* NULL: taken */
    } cases[] = {
        {"X-A:b\r\n", 1900, NULL},
        {"X-A:b\r\n", 2001, "it has more than 2000 lines"},
        {"X-A:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n", 1500,
         "it has more than 65536 bytes"},
        {" ", 64000, NULL},
        {";A=B", 16000, NULL},
        {"\"", 64000, NULL},
        {"BEGIN:VEVENT\r\nEND:VEVENT\r\n", 21, "it has more than 20 events"},
        {"BEGIN:VALARM\r\nEND:VALARM\r\n", 900, NULL},
        {"ATTENDEE:mailto:a@b.example\r\n", 1900, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) text = g_string_new("BEGIN:VCALENDAR\r\n");
        for (size_t n = 0; n < cases[i].times; n++)
            g_string_append(text, cases[i].piece);
        g_string_append(text, "\r\nEND:VCALENDAR\r\n");
        const struct calendar *calendar =
            read_bytes(arena, text_from(text->str, text->len), "", &error);
        assert_int_equal(calendar == NULL, cases[i].message != NULL);
        if (calendar == NULL) {
            assert_int_equal(error->code, TOCSIN_ERROR_LIMIT);
            assert_string_equal(error->message, cases[i].message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invitation_is_read_whole),
        cmocka_unit_test(start_and_end_are_read_in_every_form_and_zone),
        cmocka_unit_test(the_method_of_the_part_and_of_the_calendar_is_one),
        cmocka_unit_test(a_provider_s_notice_has_its_own_properties),
        cmocka_unit_test(what_is_no_calendar_is_refused),
        cmocka_unit_test(limits_are_met_before_anything_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
