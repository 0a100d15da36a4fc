#include "gateway/base/when.h"

#include "gateway/base/moment.h"
#include "tests/unit/unit.h"

#define BERLIN "Europe/Berlin"
#define NOW    "2026-11-24T13:18:20Z" /* a Tuesday */

struct row {
    const char *text;
    const char *zone;
    const char *base; /* NULL: none */
    enum when_outcome outcome;
    const char *want; /* the moment, or the candidates, in ISO 8601 */
    const char *other;
};

static int64_t at(const char *iso)
{
    int64_t moment = 0;

    if (iso != NULL)
        assert_true(moment_parse_iso(text_of(iso), &moment));
    return moment;
}

static struct when read_at(struct arena *arena, const struct row *row, const char *now)
{
    const struct when_frame frame = {row->zone, at(now), at(row->base)};
    struct text bytes = unit_bytes(text_of(row->text));
    const struct when when = when_read(arena, bytes, &frame);

    unit_free(bytes);
    return when;
}

static void check(const struct row *row, const char *now)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    const struct when when = read_at(arena, row, now);

    if (when.outcome != row->outcome)
        print_message("%s: %s, %s\n", row->text, when_outcome_name(when.outcome), when.trouble);
    assert_int_equal(when.outcome, row->outcome);
    if (when.outcome == WHEN_SPAN)
        return;
    const bool is_moment = when.outcome == WHEN_MOMENT || when.outcome == WHEN_PAST;
    const int64_t first = is_moment                  ? when.at
                          : when.candidate_count > 0 ? when.candidates[0].at
                                                     : 0;
    if (row->want != NULL && first != at(row->want))
        print_message("%s: %s\n", row->text, moment_write_iso(arena, first));
    if (row->want != NULL)
        assert_int_equal(first, at(row->want));
    if (row->other != NULL)
        assert_int_equal(when.candidates[1].at, at(row->other));
    assert_int_equal(when.outcome == WHEN_MOMENT, *when.trouble == '\0');
}

/* clang-format off */
static const struct row moments[] = {
    /* as programs write */
    {"2026-12-01 02:00 Europe/Berlin", NULL, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"2026-12-01T02:00Z", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T02:00:00Z", NULL},
    {"2026-12-01T02:00:00.000+01:00", NULL, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"2026-12-01T02:00-05:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T07:00:00Z", NULL},
    {"20261201T020000Z", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T02:00:00Z", NULL},
    {"20261201T0200", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"2026-12-01 02:00 -0500", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T07:00:00Z", NULL},
    {"2026-12-01 02:00 +05:30", BERLIN, NULL, WHEN_MOMENT, "2026-11-30T20:30:00Z", NULL},
    {"2026-12-01 02:00 UTC+2", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T00:00:00Z", NULL},
    {"2026-12-01 02:00 (UTC-5)", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T07:00:00Z", NULL},
    {"2026-12-01 0200 UTC", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T02:00:00Z", NULL},
    {"2026/12/01 02:00", "Asia/Kolkata", NULL, WHEN_MOMENT, "2026-11-30T20:30:00Z", NULL},
    {"Tue, 01 Dec 2026 02:00:00 +0000", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T02:00:00Z", NULL},
    {"2026-12-01 24:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T23:00:00Z", NULL},
    /* English */
    {"tomorrow 22:00", BERLIN, NULL, WHEN_MOMENT, "2026-11-25T21:00:00Z", NULL},
    {"22:00 tomorrow", "America/New_York", NULL, WHEN_MOMENT, "2026-11-26T03:00:00Z", NULL},
    {"Tue 1 Dec 2am CET", NULL, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"1 December 2026 at 02:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"December 1st, 2026 2:00 AM PST", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T10:00:00Z", NULL},
    {"Tuesday, December 1, 2026 at 12am ET", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T05:00:00Z", NULL},
    {"Dec 1 12:30 p.m. JST", NULL, NULL, WHEN_MOMENT, "2026-12-01T03:30:00Z", NULL},
    {"1st of December 14:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T13:00:00Z", NULL},
    {"today 5pm", BERLIN, NULL, WHEN_MOMENT, "2026-11-24T16:00:00Z", NULL},
    {"today at 14", "UTC", NULL, WHEN_MOMENT, "2026-11-24T14:00:00Z", NULL},
    {"tonight 11 pm", BERLIN, NULL, WHEN_MOMENT, "2026-11-24T22:00:00Z", NULL},
    {"in 2 hours", BERLIN, NULL, WHEN_MOMENT, "2026-11-24T15:18:20Z", NULL},
    {"in an hour", BERLIN, NULL, WHEN_MOMENT, "2026-11-24T14:18:20Z", NULL},
    {"90 minutes from now", BERLIN, NULL, WHEN_MOMENT, "2026-11-24T14:48:20Z", NULL},
    {"in 3 days at 02:00", BERLIN, NULL, WHEN_MOMENT, "2026-11-27T01:00:00Z", NULL},
    {"now", BERLIN, NULL, WHEN_MOMENT, NOW, NULL},
    {"Wednesday 10:00", BERLIN, NULL, WHEN_MOMENT, "2026-11-25T09:00:00Z", NULL},
    {"Tuesday 10:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T09:00:00Z", NULL},
    {"next Tuesday 10:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T09:00:00Z", NULL},
    {"next Monday noon", BERLIN, NULL, WHEN_MOMENT, "2026-11-30T11:00:00Z", NULL},
    {"1/12/2026 is no such form", NULL, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"13/12/2026 02:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-13T01:00:00Z", NULL},
    {"12/13/2026 2:00 am", BERLIN, NULL, WHEN_MOMENT, "2026-12-13T01:00:00Z", NULL},
    {"12/12/2026 02:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-12T01:00:00Z", NULL},
    {"1 January 02:00", BERLIN, NULL, WHEN_MOMENT, "2027-01-01T01:00:00Z", NULL},
    {"1 July 2027 02:00 CEST", "UTC", NULL, WHEN_MOMENT, "2027-07-01T00:00:00Z", NULL},
    {"24 Nov 14:00", BERLIN, NULL, WHEN_MOMENT, "2026-11-24T13:00:00Z", NULL}, /* 18 minutes ago */
    /* German */
    {"01.12.2026 2:00 Uhr", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"1.12.26 2.30 Uhr", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T01:30:00Z", NULL},
    {"1.12. 02:00", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"am 1. Dezember um 2 Uhr MEZ", NULL, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"Dienstag, den 1. Dezember 2026, um 14 Uhr 30", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T13:30:00Z", NULL},
    {"um 2 Uhr am 1. Dezember", BERLIN, NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"morgen um 22 Uhr", BERLIN, NULL, WHEN_MOMENT, "2026-11-25T21:00:00Z", NULL},
    {"heute 23:30", BERLIN, NULL, WHEN_MOMENT, "2026-11-24T22:30:00Z", NULL},
    {"übermorgen 8:00 Uhr", BERLIN, NULL, WHEN_MOMENT, "2026-11-26T07:00:00Z", NULL},
    {"in 2 Stunden", BERLIN, NULL, WHEN_MOMENT, "2026-11-24T15:18:20Z", NULL},
    /* French */
    {"1er décembre 2026 à 2h00", "Europe/Paris", NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"mardi 1 décembre à 14h30", "Europe/Paris", NULL, WHEN_MOMENT, "2026-12-01T13:30:00Z", NULL},
    {"mar. 1 déc. 2h", "Europe/Paris", NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"demain à 22h", "Europe/Paris", NULL, WHEN_MOMENT, "2026-11-25T21:00:00Z", NULL},
    {"aujourd’hui à 17 heures", "Europe/Paris", NULL, WHEN_MOMENT, "2026-11-24T16:00:00Z", NULL},
    {"dans 2 heures", "Europe/Paris", NULL, WHEN_MOMENT, "2026-11-24T15:18:20Z", NULL},
    {"mardi prochain 10:00", "Europe/Paris", NULL, WHEN_MOMENT, "2026-12-01T09:00:00Z", NULL},
    /* Spanish */
    {"1 de diciembre de 2026 a las 2:00", "Europe/Madrid", NULL, WHEN_MOMENT, "2026-12-01T01:00:00Z", NULL},
    {"mañana a las 22:00", "Europe/Madrid", NULL, WHEN_MOMENT, "2026-11-25T21:00:00Z", NULL},
    {"mañana a las 2 de la mañana", "Europe/Madrid", NULL, WHEN_MOMENT, "2026-11-25T01:00:00Z", NULL},
    {"hoy a las 5 de la tarde", "Europe/Madrid", NULL, WHEN_MOMENT, "2026-11-24T16:00:00Z", NULL},
    {"en 2 horas", "Europe/Madrid", NULL, WHEN_MOMENT, "2026-11-24T15:18:20Z", NULL},
    /* Japanese */
    {"2026年12月1日 02:00", "Asia/Tokyo", NULL, WHEN_MOMENT, "2026-11-30T17:00:00Z", NULL},
    {"12月1日(火)午前2時30分", "Asia/Tokyo", NULL, WHEN_MOMENT, "2026-11-30T17:30:00Z", NULL},
    {"１２月１日（火） ２時", "Asia/Tokyo", NULL, WHEN_MOMENT, "2026-11-30T17:00:00Z", NULL},
    {"明日の22時", "Asia/Tokyo", NULL, WHEN_MOMENT, "2026-11-25T13:00:00Z", NULL},
    {"2時間後", "Asia/Tokyo", NULL, WHEN_MOMENT, "2026-11-24T15:18:20Z", NULL},
    /* the day is that of the zone */
    {"tomorrow 02:00", "Pacific/Apia", NULL, WHEN_MOMENT, "2026-11-25T13:00:00Z", NULL},
    {"today 04:00 Pacific/Apia", NULL, NULL, WHEN_MOMENT, "2026-11-24T15:00:00Z", NULL},
    {"2026-12-01 02:00", "Australia/Lord_Howe", NULL, WHEN_MOMENT, "2026-11-30T15:00:00Z", NULL},
    {"2027-01-10 02:00 IST", "Asia/Kolkata", NULL, WHEN_MOMENT, "2027-01-09T20:30:00Z", NULL},
    {"2027-06-01 02:00 BST", "Europe/London", NULL, WHEN_MOMENT, "2027-06-01T01:00:00Z", NULL},
    {"2026-12-01 02:00 CST", "America/Chicago", NULL, WHEN_MOMENT, "2026-12-01T08:00:00Z", NULL},
    /* an end leans on its start */
    {"04:00", BERLIN, "2026-12-01T01:00:00Z", WHEN_MOMENT, "2026-12-01T03:00:00Z", NULL},
    {"01:00", BERLIN, "2026-12-01T01:00:00Z", WHEN_MOMENT, "2026-12-02T00:00:00Z", NULL},
    {"02:00", BERLIN, "2026-12-01T01:00:00Z", WHEN_MOMENT, "2026-12-02T01:00:00Z", NULL},
    {"4 Uhr", BERLIN, "2026-12-01T01:00:00Z", WHEN_MOMENT, "2026-12-01T03:00:00Z", NULL},
    {"5am", "America/New_York", "2026-12-01T07:00:00Z", WHEN_MOMENT, "2026-12-01T10:00:00Z", NULL},
    {"Wed 04:00", BERLIN, "2026-12-01T01:00:00Z", WHEN_MOMENT, "2026-12-02T03:00:00Z", NULL},
    {"midnight", BERLIN, "2026-12-01T01:00:00Z", WHEN_MOMENT, "2026-12-01T23:00:00Z", NULL},
    {"2 Dec 04:00", BERLIN, "2026-12-01T01:00:00Z", WHEN_MOMENT, "2026-12-02T03:00:00Z", NULL},
};

static const struct row asked[] = {
    /* clock changes */
    {"2027-03-28 02:30", BERLIN, NULL, WHEN_NEVER, "2027-03-28T01:30:00Z", "2027-03-28T00:30:00Z"},
    {"2027-10-31 02:30", BERLIN, NULL, WHEN_TWICE, "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"},
    {"2027-10-31 02:30 CET", BERLIN, NULL, WHEN_MOMENT, "2027-10-31T01:30:00Z", NULL},
    {"2027-10-31 02:30 CEST", BERLIN, NULL, WHEN_MOMENT, "2027-10-31T00:30:00Z", NULL},
    {"2027-10-31 02:30 +01:00", BERLIN, NULL, WHEN_MOMENT, "2027-10-31T01:30:00Z", NULL},
    {"2027-10-31 03:00", BERLIN, NULL, WHEN_MOMENT, "2027-10-31T02:00:00Z", NULL},
    {"2027-03-14 2:30am", "America/New_York", NULL, WHEN_NEVER, "2027-03-14T07:30:00Z", "2027-03-14T06:30:00Z"},
    {"2027-11-07 1:30am", "America/New_York", NULL, WHEN_TWICE, "2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z"},
    {"2027-04-04 01:45", "Australia/Lord_Howe", NULL, WHEN_TWICE, "2027-04-03T14:45:00Z", "2027-04-03T15:15:00Z"},
    {"2027-10-03 02:15", "Australia/Lord_Howe", NULL, WHEN_NEVER, "2027-10-02T15:45:00Z", "2027-10-02T15:15:00Z"},
    {"02:30", BERLIN, "2027-10-30T22:00:00Z", WHEN_TWICE, "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"},
    {"02:30", BERLIN, "2027-10-31T00:45:00Z", WHEN_MOMENT, "2027-10-31T01:30:00Z", NULL},
    {"02:30", BERLIN, "2027-03-27T23:00:00Z", WHEN_NEVER, "2027-03-28T01:30:00Z", "2027-03-28T00:30:00Z"},
    {"2027-03-28 02:30 UTC", BERLIN, NULL, WHEN_MOMENT, "2027-03-28T02:30:00Z", NULL},
    {"2027-03-28 02:30", "Asia/Kolkata", NULL, WHEN_MOMENT, "2027-03-27T21:00:00Z", NULL},
    /* zones */
    {"2026-12-01 02:00 IST", BERLIN, NULL, WHEN_ZONES, "2026-11-30T20:30:00Z", "2026-12-01T01:00:00Z"},
    {"2027-06-01 02:00 BST", BERLIN, NULL, WHEN_ZONES, "2027-06-01T01:00:00Z", "2027-05-31T20:00:00Z"},
    {"2026-12-01 02:00 CST", BERLIN, NULL, WHEN_ZONES, "2026-12-01T08:00:00Z", "2026-11-30T18:00:00Z"},
    {"2027-07-01 02:00 CET", BERLIN, NULL, WHEN_SEASON, "2027-07-01T01:00:00Z", "2027-07-01T00:00:00Z"},
    {"2027-07-01 02:00 EST", "UTC", NULL, WHEN_SEASON, "2027-07-01T07:00:00Z", "2027-07-01T06:00:00Z"},
    {"2026-12-01 02:00 Berlin", NULL, NULL, WHEN_ZONE_UNKNOWN, "2026-12-01T01:00:00Z", NULL},
    {"2026-12-01 02:00 Europe/Bärlin", NULL, NULL, WHEN_ZONE_UNKNOWN, NULL, NULL},
    {"2026-12-01 02:00 XYZ", NULL, NULL, WHEN_ZONE_UNKNOWN, NULL, NULL},
    {"2026-12-01 02:00 CET UTC", NULL, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"2026-12-01 02:00-04:00", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    /* days */
    {"12/01/2026 02:00", BERLIN, NULL, WHEN_TWO_DATES, "2026-12-01T01:00:00Z", "2026-01-12T01:00:00Z"},
    {"12/01 02:00", BERLIN, NULL, WHEN_TWO_DATES, "2026-12-01T01:00:00Z", "2027-01-12T01:00:00Z"},
    {"13/13/2026 02:00", BERLIN, NULL, WHEN_NO_DATE, NULL, NULL},
    {"30 February 2027 02:00", BERLIN, NULL, WHEN_NO_DATE, NULL, NULL},
    {"2027-02-29 02:00", BERLIN, NULL, WHEN_NO_DATE, NULL, NULL},
    {"Tuesday 18:00", BERLIN, NULL, WHEN_TWO_DATES, "2026-11-24T17:00:00Z", "2026-12-01T17:00:00Z"},
    {"next Friday 18:00", BERLIN, NULL, WHEN_TWO_DATES, "2026-11-27T17:00:00Z", "2026-12-04T17:00:00Z"},
    {"tomorrow midnight", BERLIN, NULL, WHEN_TWO_DATES, "2026-11-24T23:00:00Z", "2026-11-25T23:00:00Z"},
    {"Mon 1 Dec 02:00", BERLIN, NULL, WHEN_WEEKDAY, "2026-12-01T01:00:00Z", "2026-11-30T01:00:00Z"},
    {"Montag, 1. Dezember 2026, 2 Uhr", BERLIN, NULL, WHEN_WEEKDAY, "2026-12-01T01:00:00Z", "2026-11-30T01:00:00Z"},
    {"2025-12-01 02:00", BERLIN, NULL, WHEN_YEAR, "2026-12-01T01:00:00Z", NULL},
    {"Tue 2025-12-01 02:00", BERLIN, NULL, WHEN_YEAR, "2026-12-01T01:00:00Z", NULL},
    {"2028-12-01 02:00", BERLIN, NULL, WHEN_YEAR, "2026-12-01T01:00:00Z", NULL},
    {"2026-01-05 02:00", BERLIN, NULL, WHEN_YEAR, "2027-01-05T01:00:00Z", NULL},
    {"2026-11-20 02:00", BERLIN, NULL, WHEN_PAST, "2026-11-20T01:00:00Z", NULL},
    {"today 04:00", BERLIN, NULL, WHEN_PAST, "2026-11-24T03:00:00Z", NULL},
    {"1 October 02:00", BERLIN, NULL, WHEN_PAST, "2026-10-01T00:00:00Z", NULL},
    {"1 December 2026", BERLIN, NULL, WHEN_NO_TIME, NULL, NULL},
    {"tomorrow", BERLIN, NULL, WHEN_NO_TIME, NULL, NULL},
    {"in 3 days", BERLIN, NULL, WHEN_NO_TIME, NULL, NULL},
    {"22:00", BERLIN, NULL, WHEN_NO_DAY, "2026-11-24T21:00:00Z", "2026-11-25T21:00:00Z"},
    {"04:00", BERLIN, NULL, WHEN_NO_DAY, "2026-11-25T03:00:00Z", "2026-11-26T03:00:00Z"},
    {"tomorrow at 2", BERLIN, NULL, WHEN_TWO_HOURS, "2026-11-25T01:00:00Z", "2026-11-25T13:00:00Z"},
    {"tomorrow at 12", BERLIN, NULL, WHEN_TWO_HOURS, "2026-11-25T11:00:00Z", "2026-11-24T23:00:00Z"},
    /* no times */
    {"", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"   ", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"soon", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"2026-12-01 25:00", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"2026-12-01 02:60", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"2026-12-01 13pm", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"2026-12-01 02:00 03:00", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"2026-12-01 2026-12-02 03:00", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"02:00 to 04:00 tomorrow", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"2 hours ago", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"December 2026 02:00", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"2026 02:00", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"\xff\xfe", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
    {"99999999999999999999", BERLIN, NULL, WHEN_UNCLEAR, NULL, NULL},
};
/* clang-format on */

TEST(a_time_is_read_as_people_write_it_in_five_languages)
{
    assert_true(G_N_ELEMENTS(moments) + G_N_ELEMENTS(asked) >= 80);
    for (size_t i = 0; i < G_N_ELEMENTS(moments); i++)
        check(&moments[i], NOW);
}

TEST(what_may_mean_two_moments_or_none_is_asked_about)
{
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
        check(&asked[i], NOW);
}

TEST(a_candidate_reads_as_the_moment_that_it_stands_for)
{
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        OWN(arena) arena = arena_open(1024 * 1024);
        const struct when when = read_at(arena, &asked[i], NOW);
        const struct when_frame frame = {"Asia/Kathmandu", at(NOW), 0};
        for (size_t n = 0; n < when.candidate_count; n++) {
            const struct when again = when_read(arena, text_of(when.candidates[n].text), &frame);
            assert_true(again.outcome == WHEN_MOMENT || again.outcome == WHEN_PAST ||
                        again.outcome == WHEN_YEAR);
            assert_int_equal(again.at, when.candidates[n].at);
        }
    }
}

/* What we write for a reader in her zone is read back as the moment, whatever the clocks do there. */
TEST(what_is_written_in_any_zone_is_read_back)
{
    static const char *const zones[] = {
        BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia",
        "UTC",  "Africa/Casablanca"};

    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++) {
        OWN(arena) arena = arena_open(64 * 1024 * 1024);
        const struct when_frame frame = {"Asia/Tokyo", at(NOW), 0};
        for (int64_t moment = at("2026-11-25T00:00:00Z"); moment < at("2027-12-01T00:00:00Z");
             moment += 28 * HOUR_MS + 15 * MINUTE_MS) {
            const struct moment_parts parts = moment_split_local(arena, moment, zones[i]);
            const char *text =
                arena_format(arena, "%04d-%02d-%02d %02d:%02d %s", parts.year, parts.month,
                             parts.day, parts.hour, parts.minute, zones[i]);
            const struct when when = when_read(arena, text_of(text), &frame);
            if (when.outcome != WHEN_TWICE) {
                assert_int_equal(when.outcome, WHEN_MOMENT);
                assert_int_equal(when.at, moment);
                continue;
            }
            assert_true(when.candidates[0].at == moment || when.candidates[1].at == moment);
        }
    }
}

TEST(a_span_is_read_in_its_parts)
{
    static const struct {
        const char *text;
        int64_t want; /* 0: no span */
    } cases[] = {
        {"2h", 2 * HOUR_MS},
        {"90 minutes", 90 * MINUTE_MS},
        {"1h30m", 90 * MINUTE_MS},
        {"1h30", 90 * MINUTE_MS},
        {"1 day", DAY_MS},
        {"1 day 2 hours", 26 * HOUR_MS},
        {"2 hours and 30 minutes", 150 * MINUTE_MS},
        {"1.5 hours", 90 * MINUTE_MS},
        {"1,5 Stunden", 90 * MINUTE_MS},
        {"2 Stunden 30 Minuten", 150 * MINUTE_MS},
        {"2 heures", 2 * HOUR_MS},
        {"90 minutos", 90 * MINUTE_MS},
        {"2時間30分間", 150 * MINUTE_MS},
        {"an hour", HOUR_MS},
        {"+30m", 30 * MINUTE_MS},
        {"1 Woche", 7 * DAY_MS},
        {"30m 1h", 0},
        {"2", 0},
        {"h", 0},
        {"-2h", 0},
        {"999999 weeks", 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(65536);
        const struct row row = {.text = cases[i].text, .zone = BERLIN};
        const struct when when = read_at(arena, &row, NOW);
        if ((when.outcome == WHEN_SPAN) != (cases[i].want != 0) || when.span_ms != cases[i].want)
            print_message("%s: %s\n", cases[i].text, when_outcome_name(when.outcome));
        assert_int_equal(when.outcome == WHEN_SPAN, cases[i].want != 0);
        assert_int_equal(when.span_ms, cases[i].want);
    }
}

TEST(the_zone_of_a_start_serves_its_end)
{
    OWN(arena) arena = arena_open(65536);
    const struct when_frame frame = {BERLIN, at(NOW), 0};
    const struct when start = when_read(arena, TEXT("1 Dec 2026 2am EST"), &frame);
    const struct when_frame end_frame = {start.zone, at(NOW), start.at};
    const struct when end = when_read(arena, TEXT("4am"), &end_frame);

    assert_true(start.has_zone);
    assert_string_equal(start.zone, "America/New_York");
    assert_int_equal(end.at - start.at, 2 * HOUR_MS);
}

TEST(a_refusal_says_what_is_wrong)
{
    static const struct {
        const char *text;
        const char *word;
        const char *trouble;
    } cases[] = {
        {"2026-12-01 02:00 XYZ", "XYZ", "\"XYZ\" is no time zone that is known"},
        {"2026-12-01 02:00 IST", "IST", "\"IST\" names more than one time zone"},
        {"2027-03-28 02:30", "",
         "\"2027-03-28 02:30\" does not occur there, because the clock goes forward"},
        {"2026-12-01", "", "\"2026-12-01\" has no time of day"},
        {"sometime 2026-12-01", "sometime", "\"sometime\" is no time zone that is known"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(65536);
        const struct row row = {.text = cases[i].text, .zone = BERLIN};
        const struct when when = read_at(arena, &row, NOW);
        if (i + 1 < G_N_ELEMENTS(cases)) {
            assert_string_equal(when.word, cases[i].word);
            assert_string_equal(when.trouble, cases[i].trouble);
        } else
            assert_int_equal(when.outcome, WHEN_NO_TIME);
    }
}

TEST(hostile_text_is_no_time_and_costs_nothing)
{
    static const char *const pieces[] = {"1/",  "2h ", "at ", "+", "Europe/",         "12月",
                                         "am ", "1.",  ":",   "ﷺ", "\xf0\x9f\x92\xa9"};

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        OWN(arena) arena = arena_open(1024 * 1024);
        const struct when_frame frame = {BERLIN, at(NOW), 0};
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < WHEN_BYTES_MOST - 20)
            g_string_append(text, pieces[i]);
        const struct when when = when_read(arena, text_from(text->str, text->len), &frame);
        assert_true(when.outcome == WHEN_UNCLEAR || when.outcome == WHEN_ZONE_UNKNOWN ||
                    when.outcome == WHEN_NO_TIME);
        while (text->len < 1000000)
            g_string_append(text, pieces[i]);
        assert_int_equal(when_read(arena, text_from(text->str, text->len), &frame).outcome,
                         WHEN_UNCLEAR);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_read_as_people_write_it_in_five_languages),
        cmocka_unit_test(what_may_mean_two_moments_or_none_is_asked_about),
        cmocka_unit_test(a_candidate_reads_as_the_moment_that_it_stands_for),
        cmocka_unit_test(what_is_written_in_any_zone_is_read_back),
        cmocka_unit_test(a_span_is_read_in_its_parts),
        cmocka_unit_test(the_zone_of_a_start_serves_its_end),
        cmocka_unit_test(a_refusal_says_what_is_wrong),
        cmocka_unit_test(hostile_text_is_no_time_and_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
