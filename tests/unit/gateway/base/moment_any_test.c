#include "gateway/base/moment.h"

#include "tests/unit/unit.h"

#define AT INT64_C(1795526300000) /* 2026-11-24T13:18:20Z */

struct any_case {
    struct text text;
    int64_t want;
};

TEST(what_programs_write_is_understood)
{
    static const struct any_case cases[] = {
        {TEXT_INIT("2026-11-24T13:18:20Z"), AT},
        {TEXT_INIT("2026-11-24T13:18:20.123Z"), AT + 123},
        {TEXT_INIT("2026-11-24T13:18:20.123456789Z"), AT + 123},
        {TEXT_INIT("2026-11-24T13:18:20,5+00:00"), AT + 500},
        {TEXT_INIT("2026-11-24T14:18:20+0100"), AT},
        {TEXT_INIT("2026-11-24T14:18:20+01:00"), AT},
        {TEXT_INIT("2026-11-24 14:18:20 +0100"), AT},
        {TEXT_INIT("2026-11-24 13:18:20 +0000 UTC"), AT}, /* Go */
        {TEXT_INIT("2026-11-24 13:18:20 UTC"), AT},
        {TEXT_INIT("2026-11-24 13:18 UTC"), AT - 20000},
        {TEXT_INIT("2026-11-24 14:18:20"), AT}, /* Berlin's */
        {TEXT_INIT("2026-11-24T14:18:20"), AT},
        {TEXT_INIT("2026-11-24 14:18:20 CET"), AT},
        {TEXT_INIT("2026-07-24 15:18:20 CEST"), AT - INT64_C(123) * DAY_MS},
        {TEXT_INIT("2026/11/24 14:18:20"), AT},
        {TEXT_INIT("2026.11.24 14:18:20"), AT},
        {TEXT_INIT("14:18:20 2026.11.24"), AT},
        {TEXT_INIT("2026.11.24, 14:18:20"), AT},
        {TEXT_INIT("Tue, 24 Nov 2026 13:18:20 +0000"), AT},
        {TEXT_INIT("Tue, 24 Nov 2026 13:18:20 +0000 (UTC)"), AT},
        {TEXT_INIT("24 Nov 2026 05:18:20 -0800"), AT},
        {TEXT_INIT("Tue, 24 Nov 2026 13:18:20 GMT"), AT},
        {TEXT_INIT("Tue Nov 24 14:18:20 CET 2026"), AT},
        {TEXT_INIT("Tue Nov 24 14:18:20 2026"), AT},
        {TEXT_INIT("Tue Nov  3 14:18:20 2026"), AT - 21 * DAY_MS},
        {TEXT_INIT("Tue Nov 24 13:18:20 UTC 2026"), AT},
        {TEXT_INIT("Tue 24 Nov 2026 02:18:20 PM CET"), AT},
        {TEXT_INIT("Tue Nov 24 12:18:20 AM UTC 2026"), AT - 13 * HOUR_MS},
        {TEXT_INIT("Tuesday 24 November, 2026 13:18:20 UTC"), AT}, /* CloudWatch */
        {TEXT_INIT("November 24, 2026 at 1:18 PM UTC"), AT - 20000},
        {TEXT_INIT("24 Nov 2026, 1:18PM GMT"), AT - 20000},
        {TEXT_INIT("2026-11-24 18:18 UTC+5"), AT - 20000},
        {TEXT_INIT("1795526300"), AT},
        {TEXT_INIT("1795526300.25"), AT + 250},
        {TEXT_INIT("1795526300123"), AT + 123},
        {TEXT_INIT("  1795526300\n"), AT},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].text);
        int64_t at = 7;

        if (!moment_parse_any(bytes, "Europe/Berlin", &at) || at != cases[i].want)
            fail_msg("%s: want %lld, is %lld", cases[i].text.at, (long long)cases[i].want,
                     (long long)at);
        unit_free(bytes);
    }
}

TEST(what_is_none_is_refused)
{
    static const struct text cases[] = {
        TEXT_INIT(""),
        TEXT_INIT(" "),
        TEXT_INIT("now"),
        TEXT_INIT("42"),
        TEXT_INIT("12345678"),
        TEXT_INIT("-1795526300"),
        TEXT_INIT("1795526300123.5"),
        TEXT_INIT("99999999999999999999"),
        TEXT_INIT("2026-11-24"),
        TEXT_INIT("13:18:20"),
        TEXT_INIT("2026-02-29 13:18:20"),
        TEXT_INIT("2026-13-01 13:18:20"),
        TEXT_INIT("2026-11-31 13:18:20"),
        TEXT_INIT("2026-11-24 24:18:20"),
        TEXT_INIT("2026-11-24 13:60:20"),
        TEXT_INIT("2026-11-24 13:18:60"),
        TEXT_INIT("2026-11-24 13:18:20 13:18:20"),
        TEXT_INIT("2026-11-24 13:18:20 +25:00"),
        TEXT_INIT("2026-11-24 13:18:20 +0100 +0200"),
        TEXT_INIT("2026-11-24 13:18:20 on web1"),
        TEXT_INIT("2026-11/24 13:18:20"),
        TEXT_INIT("11/24/2026 13:18:20"), /* nobody knows which is the month */
        TEXT_INIT("Tue Nov 24 13:18:20"),
        TEXT_INIT("Tue Nov Nov 13:18:20 2026"),
        TEXT_INIT("Tue Nov 24 13:18:20 PM 2026"),
        TEXT_INIT("Tue Nov 24 0:18:20 AM 2026"),
        TEXT_INIT("2026-03-29 02:30:00"), /* left out in Berlin */
        TEXT_INIT("2026-11-24 13:18:20\0Z"),
        TEXT_INIT("2026-11-24 13:18:20Zzzzzzz"),
        TEXT_INIT("0000-11-24 13:18:20"),
        TEXT_INIT("\xFF\xFE 2026"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i]);
        int64_t at = 7;

        if (moment_parse_any(bytes, "Europe/Berlin", &at) || at != 7)
            fail_msg("%s: was understood as %lld", cases[i].at, (long long)at);
        unit_free(bytes);
    }
}

TEST(a_zone_that_is_none_is_utc)
{
    static const char *const zones[] = {NULL, "", "Nowhere/Else", "UTC"};

    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++) {
        int64_t at = 0;
        assert_true(moment_parse_any(TEXT("2026-11-24 13:18:20 CET"), zones[i], &at));
        assert_int_equal(at, AT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_programs_write_is_understood),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(a_zone_that_is_none_is_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
