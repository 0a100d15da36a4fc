#include "gateway/calendar/vcalendar.h"

#include "tests/unit/gateway/calendar/guests.h"

#include <libical/ical.h>

#define SLOT "x7slot9attendee0000000000000000000000000000000000000000000"

static const struct maintnote_object objects[] = {{"API, core; \\ main", MAINTNOTE_OUTAGE},
                                                  {"Website", MAINTNOTE_IMPACT_UNSAID}};

static const struct maintnote note = {
    .provider = "status.example.com",
    .account = "sp_abc123",
    .id = "mnt_abcdefghijkl",
    .objects = objects,
    .object_count = 2,
    .impact = MAINTNOTE_DEGRADED,
    .status = MAINTNOTE_CONFIRMED,
};

static struct calendar_entry entry(void)
{
    return (struct calendar_entry){
        .uid = "mnt_abcdefghijkl@status.example.com",
        .sequence = 2,
        .stamped_at = at("2026-11-24T13:18:20Z"),
        .starts_at = at("2026-12-01T01:00:00Z"),
        .ends_at = at("2026-12-01T03:00:30Z"),
        .organizer = "status@status.example.com",
        .organizer_name = "Example \"Status\": all; of, it",
        .attendee = "carol@example.net",
        .summary = "Database upgrade; with, \\ things",
        .description =
            "Wir aktualisieren die Datenbank für 90 "
            "Minuten.\n\n日本語の説明がここにあります。とても長い行です、"
            "とても長い行です、とても長い行です。\n\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7"
            "\U0001F6A7"
            "\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7"
            "\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7\U0001F6A7",
        .location = "",
        .url = "https://status.example.com/maintenances/mnt_abcdefghijkl",
        .status = EVENT_CONFIRMED,
        .maintnote = &note,
    };
}

static void check_lines(const char *written)
{
    struct text rest = text_of(written);
    struct text line;

    assert_true(g_str_has_suffix(written, "END:VCALENDAR\r\n"));
    assert_true(g_utf8_validate(written, -1, NULL));
    while (rest.size > 0) {
        const ptrdiff_t end = text_find(rest, TEXT("\r\n"));
        assert_true(end >= 0 && end <= 75);
        line = text_first(rest, (size_t)end);
        assert_int_equal(text_find_byte(line, '\n'), -1);
        assert_int_equal(text_find_byte(line, '\r'), -1);
        assert_true(g_utf8_validate(line.at, (gssize)line.size, NULL));
        rest = text_skip(rest, (size_t)end + 2);
    }
}

static const struct invitation *check_read(struct arena *arena, const char *written,
                                           enum calendar_method method)
{
    const struct calendar_frame frame = {&calendar_limits_default, at(NOW), BERLIN};
    g_autoptr(GError) error = NULL;
    const struct calendar *calendar =
        calendar_read(arena, text_of(written), TEXT(""), &frame, &error);

    if (calendar == NULL)
        fail_msg("%s", error->message);
    assert_int_equal(calendar->method, method);
    assert_int_equal(calendar->count, 1);
    assert_null(calendar->invitations[0].trouble);
    return &calendar->invitations[0];
}

TEST(what_is_written_is_read_back_as_it_was)
{
    static const enum calendar_method methods[] = {CALENDAR_REQUEST, CALENDAR_CANCEL,
                                                   CALENDAR_PUBLISH, CALENDAR_NO_METHOD};

    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct calendar_entry wanted = entry();
        const bool has_attendee = i < 2;
        const char *written = calendar_write(arena, methods[i], &wanted, 1);
        check_lines(written);
        const struct invitation *invitation = check_read(arena, written, methods[i]);
        assert_string_equal(invitation->uid, wanted.uid);
        assert_int_equal(invitation->sequence, wanted.sequence);
        assert_int_equal(invitation->stamped_at, wanted.stamped_at);
        assert_int_equal(invitation->starts_at, wanted.starts_at);
        assert_int_equal(invitation->ends_at, wanted.ends_at);
        assert_string_equal(invitation->summary, wanted.summary);
        assert_string_equal(invitation->description, wanted.description);
        assert_string_equal(invitation->organizer.address, wanted.organizer);
        assert_string_equal(invitation->organizer.name, "Example 'Status': all; of, it");
        assert_int_equal(invitation->attendee_count, has_attendee ? 1 : 0);
        if (has_attendee)
            assert_string_equal(invitation->attendees[0].address, wanted.attendee);
        assert_int_equal(invitation->status,
                         methods[i] == CALENDAR_CANCEL ? EVENT_CANCELLED : EVENT_CONFIRMED);
        assert_true(calendar_check_maintnote(invitation, NULL));
        assert_string_equal(invitation->maintnote->account, note.account);
        assert_string_equal(invitation->maintnote->id, note.id);
        assert_string_equal(invitation->maintnote->objects[0].id, objects[0].id);
        assert_int_equal(invitation->maintnote->objects[0].impact, MAINTNOTE_OUTAGE);
        assert_int_equal(invitation->maintnote->impact, MAINTNOTE_DEGRADED);
        assert_int_equal(invitation->maintnote->status, MAINTNOTE_CONFIRMED);
    }
}

TEST(libical_takes_what_is_written_and_finds_the_method_s_rules_kept)
{
    static const struct {
        enum calendar_method method;
        icalproperty_method want;
    } cases[] = {
        {CALENDAR_REQUEST, ICAL_METHOD_REQUEST},
        {CALENDAR_CANCEL, ICAL_METHOD_CANCEL},
        {CALENDAR_PUBLISH, ICAL_METHOD_PUBLISH},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct calendar_entry wanted = entry();
        const char *written = calendar_write(arena, cases[i].method, &wanted, 1);
        icalcomponent *calendar = icalparser_parse_string(written);
        assert_non_null(calendar);
        assert_int_equal(icalcomponent_count_errors(calendar), 0);
        assert_int_equal(icalrestriction_check(calendar), 1);
        assert_int_equal(icalcomponent_get_method(calendar), cases[i].want);
        icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
        assert_string_equal(icalcomponent_get_summary(event), wanted.summary);
        assert_string_equal(icalcomponent_get_description(event), wanted.description);
        assert_int_equal(icaltime_as_timet(icalcomponent_get_dtstart(event)),
                         wanted.starts_at / SECOND_MS);
        icalcomponent_free(calendar);
    }
}

TEST(what_differs_by_recipient_stands_alone_on_a_line)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct calendar_entry wanted = entry();

    wanted.attendee = SLOT;
    const char *written = calendar_write(arena, CALENDAR_REQUEST, &wanted, 1);
    check_lines(written);
    assert_non_null(strstr(written, ":mailto:\r\n " SLOT "\r\n"));
    assert_non_null(strstr(written, "X-MAINTNOTE-ACCOUNT:\r\n sp_abc123\r\n"));
    /* A value in the slot's place is read as if it had been written. */
    g_autoptr(GString) spliced = g_string_new(written);
    g_string_replace(spliced, SLOT, "dave@example.net", 0);
    assert_string_equal(check_read(arena, spliced->str, CALENDAR_REQUEST)->attendees[0].address,
                        "dave@example.net");
}

TEST(a_value_ends_no_line)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct calendar_entry wanted = entry();

    wanted.url = "https://x.example/\r\nATTENDEE:mailto:evil@x.example";
    wanted.organizer_name = "A\r\nATTENDEE:mailto:evil@x.example";
    wanted.attendee = "a@x.example\r\nATTENDEE:mailto:evil@x.example";
    wanted.uid = "u\nATTENDEE:mailto:evil@x.example";
    const char *written = calendar_write(arena, CALENDAR_REQUEST, &wanted, 1);
    const struct invitation *invitation = check_read(arena, written, CALENDAR_REQUEST);
    assert_int_equal(invitation->attendee_count, 1);
}

TEST(an_answer_goes_to_the_organizer_about_the_same_event)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct invitation *invitation =
        &read_text(arena,
                   BEGIN EVENT "SEQUENCE:4\r\nRECURRENCE-ID:20261201T010000Z\r\n"
                               "DTSTART:20261201T020000Z\r\nDTEND:20261201T030000Z\r\n"
                               "SUMMARY:Work\r\nORGANIZER;CN=Ada:mailto:ada@example.com\r\n" END)
             ->invitations[0];
    const struct calendar_answer answer = {
        .invitation = invitation,
        .address = "status@status.example.com",
        .name = "Example",
        .is_accepted = false,
        .comment = "it ends before it begins",
        .now = at(NOW),
    };
    const char *written = calendar_write_reply(arena, &answer);

    check_lines(written);
    const struct invitation *reply = check_read(arena, written, CALENDAR_REPLY);
    assert_string_equal(reply->uid, invitation->uid);
    assert_int_equal(reply->sequence, 4);
    assert_int_equal(reply->recurrence_at, invitation->recurrence_at);
    assert_string_equal(reply->organizer.address, "ada@example.com");
    assert_int_equal(reply->attendee_count, 1);
    assert_string_equal(reply->attendees[0].address, answer.address);
    assert_string_equal(reply->attendees[0].state, "DECLINED");
    assert_string_equal(reply->comment, answer.comment);
    icalcomponent *parsed = icalparser_parse_string(written);
    assert_non_null(parsed);
    assert_int_equal(icalrestriction_check(parsed), 1);
    icalcomponent_free(parsed);
}

/* Python's icalendar reads on its own; skipped where it is not there. */
TEST(another_library_reads_the_same)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct calendar_entry wanted = entry();
    const char *written = calendar_write(arena, CALENDAR_REQUEST, &wanted, 1);
    const char *argv[] = {"/usr/bin/python3",
                          TOCSIN_SOURCE_DIR "/tests/unit/gateway/calendar/read_calendar.py", "",
                          NULL};
    char path[] = "/tmp/tocsin-calendar-XXXXXX";
    const int descriptor = mkstemp(path);
    g_autofree char *output = NULL;
    int status = 0;

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, written, strlen(written)), strlen(written));
    (void)close(descriptor);
    argv[2] = path;
    const bool is_run = g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_DEFAULT, NULL,
                                     NULL, &output, NULL, &status, NULL);
    (void)unlink(path);
    if (!is_run || WEXITSTATUS(status) == 77) {
        print_message("python3-icalendar not present: skipped\n");
        return;
    }
    const char *want =
        arena_format(arena,
                     "REQUEST\n%s\n2\n2026-12-01T01:00:00+00:00\n2026-12-01T03:00:30+00:00\n%s\n"
                     "mailto:carol@example.net\nmailto:status@status.example."
                     "com\nCONFIRMED\nDEGRADED\n%s|Website\n"
                     "OUTAGE\n%s\n",
                     wanted.uid, wanted.summary, objects[0].id, wanted.description);
    assert_string_equal(output, want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back_as_it_was),
        cmocka_unit_test(libical_takes_what_is_written_and_finds_the_method_s_rules_kept),
        cmocka_unit_test(what_differs_by_recipient_stands_alone_on_a_line),
        cmocka_unit_test(a_value_ends_no_line),
        cmocka_unit_test(an_answer_goes_to_the_organizer_about_the_same_event),
        cmocka_unit_test(another_library_reads_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
