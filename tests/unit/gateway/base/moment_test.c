#include "gateway/base/moment.h"

#include "tests/unit/unit.h"

#define AT INT64_C(1795526300123) /* 2026-11-24T13:18:20.123Z */

TEST(a_moment_is_written_as_the_api_and_as_mail_want_it)
{
    static const struct {
        int64_t at;
        const char *iso;
        const char *mail;
    } cases[] = {
        {AT, "2026-11-24T13:18:20.123Z", "Tue, 24 Nov 2026 13:18:20 +0000"},
        {0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000"},
        {-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000"},
        {951782400000, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 +0000"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 +0000"},
        {INT64_MIN, "0001-01-01T00:00:00.000Z", "Mon, 01 Jan 0001 00:00:00 +0000"},
    };
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_string_equal(moment_write_iso(arena, cases[i].at), cases[i].iso);
        assert_string_equal(moment_write_mail(arena, cases[i].at), cases[i].mail);
    }
}

TEST(what_was_written_is_parsed_and_offsets_too)
{
    static const struct {
        struct text text;
        int64_t want;
    } cases[] = {
        {TEXT_INIT("2026-11-24T13:18:20.123Z"), AT},
        {TEXT_INIT("2026-11-24t13:18:20.123456789z"), AT},
        {TEXT_INIT("2026-11-24T14:18:20.123+01:00"), AT},
        {TEXT_INIT("2026-11-24T07:48:20.123-05:30"), AT},
        {TEXT_INIT("2026-11-24T13:18:20Z"), AT - 123},
        {TEXT_INIT("1969-12-31T23:59:59.999Z"), -1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].text);
        int64_t at = 7;

        assert_true(moment_parse_iso(bytes, &at));
        assert_int_equal(at, cases[i].want);
        unit_free(bytes);
    }
}

TEST(what_is_no_moment_is_refused)
{
    static const struct text cases[] = {
        TEXT_INIT(""),
        TEXT_INIT("2026-11-24"),
        TEXT_INIT("2026-11-24T13:18:20"),
        TEXT_INIT("2026-11-24 13:18:20Z"),
        TEXT_INIT("2026-13-24T13:18:20Z"),
        TEXT_INIT("2026-02-29T13:18:20Z"),
        TEXT_INIT("2026-11-24T24:00:00Z"),
        TEXT_INIT("2026-11-24T13:18:60Z"),
        TEXT_INIT("0000-11-24T13:18:20Z"),
        TEXT_INIT("2026-11-24T13:18:20.Z"),
        TEXT_INIT("2026-11-24T13:18:20+24:00"),
        TEXT_INIT("2026-11-24T13:18:20+0100"),
        TEXT_INIT("2026-11-24T13:18:20Zx"),
        TEXT_INIT("2026--1-24T13:18:20Z"),
        TEXT_INIT("-026-11-24T13:18:20Z"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i]);
        int64_t at = 7;

        assert_false(moment_parse_iso(bytes, &at));
        assert_int_equal(at, 7);
        unit_free(bytes);
    }
}

TEST(people_read_a_moment_in_their_zone_with_its_name)
{
    static const struct {
        const char *zone;
        const char *want;
    } cases[] = {
        {"Europe/Berlin", "2026-11-24 14:18 CET"},
        {"America/New_York", "2026-11-24 08:18 EST"},
        {"America/Sao_Paulo", "2026-11-24 10:18 UTC-03"},
        {"Asia/Kathmandu", "2026-11-24 19:03 UTC+0545"},
        {"UTC", "2026-11-24 13:18 UTC"},
        {"Nowhere/Else", "2026-11-24 13:18 UTC"},
        {NULL, "2026-11-24 13:18 UTC"},
    };
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(moment_write_local(arena, AT, cases[i].zone), cases[i].want);
    assert_string_equal(moment_write_local(arena, AT - 140 * DAY_MS, "Europe/Berlin"),
                        "2026-07-07 15:18 CEST");
    assert_string_equal(moment_write_local(arena, INT64_MAX, "Asia/Tokyo"), "9999-12-31 23:59 UTC");
}

TEST(a_zone_is_a_name_that_the_machine_knows_and_never_a_path_or_rule)
{
    static const char *const good[] = {"Europe/Berlin", "UTC", "Etc/GMT+3", "EST5EDT",
                                       "America/Argentina/Buenos_Aires"};
    static const char *const bad[] = {
        "",
        "Europe",
        "europe/nowhere",
        "../../../etc/passwd",
        "/etc/localtime",
        "XYZ5",
        "UTC+3",
        "+01:00",
        "tzdata.zi",
        "leapseconds",
        "localtime",
        "posixrules",
        "right/UTC",
        "Europe/Berlin\n",
        ":Europe/Berlin",
        "zone.tab",
        "Europe//../x",
        "A b",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        assert_true(moment_is_zone(good[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(moment_is_zone(bad[i]));
    assert_false(moment_is_zone(NULL));
}

TEST(a_span_has_its_two_largest_units)
{
    static const struct {
        int64_t span_ms;
        const char *want;
    } cases[] = {
        {45 * MINUTE_MS, "45 minutes"},
        {3 * HOUR_MS + 5 * MINUTE_MS, "3 hours 5 minutes"},
        {2 * DAY_MS + HOUR_MS + 59 * MINUTE_MS, "2 days 1 hour"},
        {DAY_MS + 59 * MINUTE_MS, "1 day"},
        {MINUTE_MS + SECOND_MS, "1 minute 1 second"},
        {SECOND_MS - 1, "0 seconds"},
        {-5, "0 seconds"},
    };
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(moment_write_span(arena, cases[i].span_ms), cases[i].want);
}

TEST(a_span_is_one_number_and_one_unit)
{
    static const struct {
        struct text text;
        int64_t want; /* -1: refused */
    } cases[] = {
        {TEXT_INIT("250ms"), 250},
        {TEXT_INIT("5s"), 5 * SECOND_MS},
        {TEXT_INIT("5m"), 5 * 60000},
        {TEXT_INIT("2h"), 2 * HOUR_MS},
        {TEXT_INIT("7d"), 7 * DAY_MS},
        {TEXT_INIT("0s"), 0},
        {TEXT_INIT(""), -1},
        {TEXT_INIT("5"), -1},
        {TEXT_INIT("s"), -1},
        {TEXT_INIT("-5s"), -1},
        {TEXT_INIT("+5s"), -1},
        {TEXT_INIT("1h30m"), -1},
        {TEXT_INIT("5 s"), -1},
        {TEXT_INIT("5S"), -1},
        {TEXT_INIT("1.5h"), -1},
        {TEXT_INIT("106751991168d"), -1},
        {TEXT_INIT("1w"), -1},
        {TEXT_INIT("5s\0"), -1},
        {TEXT_INIT("106751991167d"), 106751991167 * DAY_MS},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].text);
        int64_t span_ms = -1;

        assert_int_equal(moment_parse_span(bytes, &span_ms), cases[i].want >= 0);
        assert_int_equal(span_ms, cases[i].want);
        unit_free(bytes);
    }
}

TEST(the_clocks_run)
{
    const int64_t before = moment_monotonic();

    assert_true(moment_now() > AT - 3650 * DAY_MS);
    assert_true(moment_monotonic() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_is_written_as_the_api_and_as_mail_want_it),
        cmocka_unit_test(what_was_written_is_parsed_and_offsets_too),
        cmocka_unit_test(what_is_no_moment_is_refused),
        cmocka_unit_test(people_read_a_moment_in_their_zone_with_its_name),
        cmocka_unit_test(a_zone_is_a_name_that_the_machine_knows_and_never_a_path_or_rule),
        cmocka_unit_test(a_span_has_its_two_largest_units),
        cmocka_unit_test(a_span_is_one_number_and_one_unit),
        cmocka_unit_test(the_clocks_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
