/* Maintenance by mail: announced by a new mail, changed by replies. */
#include "tests/unit/gateway/grammar/hear.h"

#define NEW        "[maintenance] Database upgrade"
#define MADE       "maintain; title=Database upgrade; start=2026-12-01T01:00; end=2026-12-01T03:00"
#define TEXT_BELOW "\n\nWe upgrade."
#define TOLD       "; text=We upgrade."

#define OURS "Re: [Scheduled] Database upgrade (#12)"
#define UP   "update #12; "

#define HOUR  INT64_C(3600000)
#define START (HEAR_NOW + 159 * HOUR) /* 2026-12-01 01:00 UTC, 02:00 in Berlin */

static const struct maintenance scheduled = {
    .state = MAINTENANCE_SCHEDULED,
    .starts_at = START,
    .ends_at = START + 2 * HOUR,
    .completes_by_time = true,
    .announced_at = HEAR_NOW - HOUR,
    .invitation = "",
};
static const struct maintenance running = {
    .state = MAINTENANCE_IN_PROGRESS,
    .starts_at = HEAR_NOW - HOUR,
    .began_at = HEAR_NOW - HOUR,
    .ends_at = HEAR_NOW + HOUR,
    .completes_by_time = true,
    .announced_at = HEAR_NOW - 9 * HOUR,
    .invitation = "",
};
static const struct maintenance over = {
    .state = MAINTENANCE_COMPLETED,
    .starts_at = HEAR_NOW - 3 * HOUR,
    .began_at = HEAR_NOW - 3 * HOUR,
    .ends_at = HEAR_NOW - HOUR,
    .ended_at = HEAR_NOW - HOUR,
    .completes_by_time = true,
    .announced_at = HEAR_NOW - 9 * HOUR,
    .invitation = "",
};

static struct incident works(const struct maintenance *maintenance)
{
    return (struct incident){
        .id = 5,
        .number = 12,
        .page_id = "sp_abc123",
        .title = "Database upgrade",
        .first_title = "Database upgrade",
        .status = maintenance == &over ? INCIDENT_RESOLVED : INCIDENT_INVESTIGATING,
        .maintenance = maintenance,
    };
}

static void check(const struct maintenance *maintenance, const struct hear_case *cases,
                  size_t count)
{
    const struct incident incident = works(maintenance);

    hear_all(&incident, cases, count);
}

TEST(a_new_mail_announces_one_with_start_and_end)
{
    static const struct hear_case cases[] = {
        {NEW, "Start: 2026-12-01 02:00 Europe/Berlin\nEnd: 04:00" TEXT_BELOW, MADE TOLD},
        {NEW, "Start: 2026-12-01 02:00\nDuration: 2h\nComponents: db" TEXT_BELOW,
         MADE "; components=db" TOLD},
        {NEW, "Start: 2026-12-01T01:00:00Z\nDuration: 120 minutes\nNotify: no" TEXT_BELOW,
         MADE TOLD "; silent"},
        {NEW, "Start: Tue 1 Dec 2am CET\nEnd: 4am\nAuto-complete: no" TEXT_BELOW,
         "maintain; title=Database upgrade; start=2026-12-01T01:00; end=2026-12-01T03:00; "
         "completes=no" TOLD},
        {NEW, "End: 04:00\nStart: 2026-12-01 02:00" TEXT_BELOW, MADE TOLD},
        {NEW, "Preview\nStart: 2026-12-01 02:00\nEnd: 04:00" TEXT_BELOW, MADE TOLD "; preview"},
        {NEW, "Hi,\n\nStart: 2026-12-01 02:00\nEnd: 2026-12-01 04:00\nDuration: 2h" TEXT_BELOW,
         MADE TOLD},
        {NEW, "Start: tomorrow 22:00\nEnd: 01:00" TEXT_BELOW,
         "maintain; title=Database upgrade; start=2026-11-25T21:00; end=2026-11-26T00:00" TOLD},
        {"[Wartung] Datenbank", "Beginn: 1. Dezember 2026 um 2 Uhr\nDauer: 2 Stunden" TEXT_BELOW,
         "maintain; title=Datenbank; start=2026-12-01T01:00; end=2026-12-01T03:00" TOLD},
        {"[maintenance planifi\xC3\xA9"
         "e] Base",
         "D\xC3\xA9"
         "but: 2026-12-01 02:00\nFin: 04:00" TEXT_BELOW,
         "maintain; title=Base; start=2026-12-01T01:00; end=2026-12-01T03:00" TOLD},
        {"[mantenimiento] Base", "Inicio: 2026-12-01 02:00\nHasta: 04:00" TEXT_BELOW,
         "maintain; title=Base; start=2026-12-01T01:00; end=2026-12-01T03:00" TOLD},
        {"[\xE3\x83\xA1\xE3\x83\xB3\xE3\x83\x86\xE3\x83\x8A\xE3\x83\xB3\xE3\x82\xB9] DB",
         "\xE9\x96\x8B\xE5\xA7\x8B\xEF\xBC\x9A 2026-12-01 02:00\n"
         "\xE7\xB5\x82\xE4\xBA\x86\xEF\xBC\x9A 04:00" TEXT_BELOW,
         "maintain; title=DB; start=2026-12-01T01:00; end=2026-12-01T03:00" TOLD},
        {NEW, "Start: 2026-12-01 02:00\nEnd: 04:00\nWe upgrade.\nDone soon.",
         MADE "; text=We upgrade.\nDone soon."},
        {"[maintenance] API elevated error rates", "Start: 2026-12-01 02:00\nEnd: 04:00" TEXT_BELOW,
         "maintain; title=API elevated error rates; start=2026-12-01T01:00; "
         "end=2026-12-01T03:00" TOLD},
    };
    hear_all(NULL, cases, G_N_ELEMENTS(cases));
}

TEST(what_is_missing_or_wrong_is_asked_about)
{
    static const struct hear_case cases[] = {
        {NEW, "We upgrade.", "? no_start"},
        {NEW, "Start: 2026-12-01 02:00" TEXT_BELOW, "? no_end"},
        {NEW, "Start: 2026-12-01 02:00\nEnd: 04:00", "? no_text"},
        {"[maintenance]", "Start: 2026-12-01 02:00\nEnd: 04:00" TEXT_BELOW, "? no_title"},
        {NEW, "Start: 2026-12-01\nEnd: 04:00" TEXT_BELOW, "? time"},
        {NEW, "Start: soon\nEnd: 04:00" TEXT_BELOW, "? time"},
        {NEW, "Start: 12/01/2026 02:00\nEnd: 04:00" TEXT_BELOW, "? time"},
        {NEW, "Start: 2026-12-01 02:00 Europe/Berln\nEnd: 04:00" TEXT_BELOW, "? time"},
        {NEW, "Start: 2026-12-01 02:00 IST\nEnd: 04:00" TEXT_BELOW, "? time"},
        {NEW, "Start: 2025-12-01 02:00\nEnd: 04:00" TEXT_BELOW, "? time"},
        {NEW, "Start: 2026-11-24 08:00\nEnd: 22:00" TEXT_BELOW, "? time"},
        {NEW, "Start: 2027-03-28 02:30\nEnd: 04:00" TEXT_BELOW, "? time"},
        {NEW, "Start: 2027-10-31 02:30\nEnd: 04:00" TEXT_BELOW, "? time"},
        {NEW, "Start: 2026-12-01 02:00\nEnd: 4h" TEXT_BELOW, "? time"},
        {NEW, "Start: 2026-12-01 02:00\nDuration: long" TEXT_BELOW, "? time"},
        {NEW, "Start: 2026-12-01 02:00\nDuration: 04:00 UTC" TEXT_BELOW, "? time"},
        {NEW, "Start: 2026-12-01 02:00\nEnd: 2026-12-01 01:00" TEXT_BELOW, "? window"},
        {NEW, "Start: 2026-12-01 02:00\nDuration: 32 days" TEXT_BELOW, "? window"},
        {NEW, "Start: 2026-12-01 02:00\nStart: 2026-12-01 03:00\nEnd: 04:00" TEXT_BELOW, "? twice"},
        {NEW, "Start: 2026-12-01 02:00\nEnd: 04:00\nDuration: 1h" TEXT_BELOW, "? twice"},
        {NEW, "Start: 2026-12-01 02:00\nEnd: 04:00\nAuto-complete: perhaps" TEXT_BELOW, "? notify"},
        {NEW, "Strat: 2026-12-01 02:00\nEnd: 04:00" TEXT_BELOW, "? word"},
        {NEW, "Start: 2026-12-01 02:00\nEnd: 04:00\nStatus: completed" TEXT_BELOW, "? step"},
        {"[maintenance] [resolved] Database", "Start: 2026-12-01 02:00\nEnd: 04:00" TEXT_BELOW,
         "? step"},
        {"[maintenence] Database", "Start: 2026-12-01 02:00\nEnd: 04:00" TEXT_BELOW, "? bracket"},
        {"[maintenance] Database (#42)", "Start: 2026-12-01 02:00\nEnd: 04:00" TEXT_BELOW,
         "? bracket"},
    };
    hear_all(NULL, cases, G_N_ELEMENTS(cases));
}

TEST(the_times_of_a_maintenance_are_text_in_an_incident)
{
    static const struct hear_case cases[] = {
        {"API errors", "Start: 2026-12-01 02:00\nEnd: 04:00",
         "open; title=API errors; text=Start: 2026-12-01 02:00\nEnd: 04:00"},
        {"API errors", "And: more", "open; title=API errors; text=And: more"},
    };
    hear_all(NULL, cases, G_N_ELEMENTS(cases));
}

TEST(replies_move_and_end_what_is_scheduled)
{
    static const struct hear_case cases[] = {
        {OURS, "start now", UP "step=in_progress"},
        {OURS, "Start now.\n\nWe begin early.", UP "step=in_progress; text=We begin early."},
        {OURS, "begin", UP "step=in_progress"},
        {OURS, "Status: in progress", UP "step=in_progress"},
        {OURS, "extend 30m", UP "longer=30"},
        {OURS, "extend by 30 minutes\n\nIt takes longer.", UP "longer=30; text=It takes longer."},
        {OURS, "Extend: 1h30m", UP "longer=90"},
        {OURS, "extend to 05:00", UP "end=2026-12-01T04:00"},
        {OURS, "End: 05:00", UP "end=2026-12-01T04:00"},
        {OURS, "Duration: 3h", UP "end=2026-12-01T04:00"},
        {OURS, "move to tomorrow 03:00", UP "start=2026-11-25T02:00; end=2026-11-25T04:00"},
        {OURS, "Move to: tomorrow 03:00", UP "start=2026-11-25T02:00; end=2026-11-25T04:00"},
        {OURS, "reschedule to 2026-12-02 02:00 UTC\nEnd: 05:00",
         UP "start=2026-12-02T02:00; end=2026-12-02T05:00"},
        {OURS, "move to 2026-12-02 02:00\nDuration: 30m\nNotify: no",
         UP "start=2026-12-02T01:00; end=2026-12-02T01:30; silent"},
        {OURS, "Start: 2026-12-02 02:00", UP "start=2026-12-02T01:00; end=2026-12-02T03:00"},
        {OURS, "cancel: the vendor is late", UP "step=cancelled; text=the vendor is late"},
        {OURS, "Cancelled", UP "step=cancelled"},
        {OURS, "canceled - not needed", UP "step=cancelled; text=not needed"},
        {OURS, "Auto-complete: no", UP "completes=no"},
        {OURS, "We are still on time.", UP "text=We are still on time."},
        {OURS, "Cancelled meetings do not matter.", UP "text=Cancelled meetings do not matter."},
        {OURS, "Private: Bob has the keys", UP "note=Bob has the keys"},
        {OURS, "Components: +web", UP "components:+web"},
        {"Re: Completed: Database upgrade (#12)", "all well", UP "step=completed; text=all well"},
        {OURS, "verschieben auf morgen 3 Uhr", UP "start=2026-11-25T02:00; end=2026-11-25T04:00"},
        {OURS, "verl\xC3\xA4ngern um 30 Minuten", UP "longer=30"},
        {OURS, "Abgesagt: der Lieferant fehlt", UP "step=cancelled; text=der Lieferant fehlt"},
        {OURS, "prolonger de 30 min", UP "longer=30"},
        {OURS, "annuler", UP "step=cancelled"},
        {OURS, "aplazar al 2 de diciembre de 2026 03:00",
         UP "start=2026-12-02T02:00; end=2026-12-02T04:00"},
        {OURS, "cancelado", UP "step=cancelled"},
        {OURS,
         "\xE5\xBB\xB6\xE9\x95\xB7\xEF\xBC\x9A"
         "30\xE5\x88\x86\xE9\x96\x93",
         UP "longer=30"},
        {OURS, "\xE4\xB8\xAD\xE6\xAD\xA2", UP "step=cancelled"},
    };
    check(&scheduled, cases, G_N_ELEMENTS(cases));
}

TEST(replies_tell_how_one_goes_that_runs)
{
    static const struct hear_case cases[] = {
        {OURS, "verifying", UP "step=verifying"},
        {OURS, "Verifying: we look at the graphs", UP "step=verifying; text=we look at the graphs"},
        {OURS, "completed", UP "step=completed"},
        {OURS, "#completed", UP "step=completed"},
        {OURS, "**Completed:** all well", UP "step=completed; text=all well"},
        {OURS, "done", UP "step=completed"},
        {OURS, "Done, all well.", UP "step=completed; text=all well."},
        {OURS, "Status: completed\n\nAll well.", UP "step=completed; text=All well."},
        {OURS, "Completed the first half.", UP "text=Completed the first half."},
        {OURS, "All went well.\nCompleted: 14:00", UP "text=All went well.\nCompleted: 14:00"},
        {OURS, "extend 30m", UP "longer=30"},
        {OURS, "End: 14:00", UP "end=2026-11-24T13:00"},
        {OURS, "fertig", UP "step=completed"},
        {OURS, "termin\xC3\xA9", UP "step=completed"},
        {OURS, "terminado", UP "step=completed"},
        {OURS, "\xE5\xAE\x8C\xE4\xBA\x86", UP "step=completed"},
        {OURS, "\xE7\xA2\xBA\xE8\xAA\x8D\xE4\xB8\xAD", UP "step=verifying"},
    };
    check(&running, cases, G_N_ELEMENTS(cases));
}

TEST(what_a_maintenance_does_not_know_is_asked_about)
{
    static const struct hear_case at_rest[] = {
        {OURS, "resolved", "? step"},
        {OURS, "Status: monitoring", "? step"},
        {OURS, "Identified: the cable", "? step"},
        {OURS, "verifying", "? step"},
        {OURS, "move to 03:00 sharp", "? time"},
        {OURS, "move to 2025-12-01 03:00", "? time"},
        {OURS, "move", "? time"},
        {OURS, "extend a little", "? time"},
        {OURS, "extend 40 days", "? window"},
        {OURS, "End: 2026-12-01 01:00", "? window"},
        {OURS, "extend 30m\nEnd: 05:00", "? twice"},
        {OURS, "start now\ncompleted", "? twice"},
        {OURS, "start tomorrow 03:00", "? word"},
        {OURS, "cancel the second half", "? word"},
        {OURS, "complted", "? word"},
        {OURS, "cancl: no", "? word"},
        {OURS, "", "? no_text"},
    };
    static const struct hear_case at_work[] = {
        {OURS, "move to tomorrow 03:00", "? window"},
        {OURS, "End: 2026-11-24 10:30", "? window"},
        {OURS, "Status: investigating", "? step"},
    };
    static const struct hear_case at_end[] = {
        {OURS, "extend 30m", "? window"},
        {OURS, "start now", "? step"},
        {OURS, "cancelled", "? step"},
        {OURS, "All was well.", UP "text=All was well."},
    };
    check(&scheduled, at_rest, G_N_ELEMENTS(at_rest));
    check(&running, at_work, G_N_ELEMENTS(at_work));
    check(&over, at_end, G_N_ELEMENTS(at_end));
}

TEST(a_question_quotes_the_line_and_offers_what_it_may_mean)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    const struct reading *reading =
        hear(grammars, arena, NULL, NEW, "Start: 2027-10-31 02:30\nDuration: 2h" TEXT_BELOW);

    assert_int_equal(reading->kind, READING_QUESTION);
    assert_string_equal(reading->question->quoted, "Start: 2027-10-31 02:30");
    assert_non_null(strstr(reading->question->problem, "occurs twice"));
    assert_int_equal(reading->question->suggestion_count, 2);
    assert_string_equal(reading->question->suggestions[0], "Start: 2027-10-31T02:30+02:00");
    assert_string_equal(reading->question->suggestions[1], "Start: 2027-10-31T02:30+01:00");

    const struct incident incident = works(&scheduled);
    reading = hear(grammars, arena, &incident, OURS, "move to 12/01/2026 03:00");
    assert_int_equal(reading->kind, READING_QUESTION);
    assert_string_equal(reading->question->quoted, "move to 12/01/2026 03:00");
    assert_non_null(strstr(reading->question->suggestions[0], "move to 20"));

    reading = hear(grammars, arena, NULL, NEW,
                   "Start: 2026-12-01 02:00\nEnd: 2026-12-01 01:00" TEXT_BELOW);
    assert_string_equal(reading->question->quoted, "End: 2026-12-01 01:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_mail_announces_one_with_start_and_end),
        cmocka_unit_test(what_is_missing_or_wrong_is_asked_about),
        cmocka_unit_test(the_times_of_a_maintenance_are_text_in_an_incident),
        cmocka_unit_test(replies_move_and_end_what_is_scheduled),
        cmocka_unit_test(replies_tell_how_one_goes_that_runs),
        cmocka_unit_test(what_a_maintenance_does_not_know_is_asked_about),
        cmocka_unit_test(a_question_quotes_the_line_and_offers_what_it_may_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
