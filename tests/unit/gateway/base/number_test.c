#include "gateway/base/number.h"

#include "tests/unit/unit.h"

TEST(decimal_digits_within_the_range_are_a_number)
{
    static const struct {
        struct text text;
        int64_t want;
    } cases[] = {
        {TEXT_INIT("0"), 0},
        {TEXT_INIT("-0"), 0},
        {TEXT_INIT("007"), 7},
        {TEXT_INIT("00000000000000000000000000000042"), 42},
        {TEXT_INIT("-15"), -15},
        {TEXT_INIT("9223372036854775807"), INT64_MAX},
        {TEXT_INIT("-9223372036854775808"), INT64_MIN},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].text);
        int64_t number = 99;

        assert_true(number_parse(bytes, INT64_MIN, INT64_MAX, &number));
        assert_int_equal(number, cases[i].want);
        unit_free(bytes);
    }
}

TEST(all_else_is_refused_and_leaves_the_number_alone)
{
    static const struct text cases[] = {
        TEXT_INIT(""),     TEXT_INIT("-"),     TEXT_INIT("+1"),
        TEXT_INIT(" 1"),   TEXT_INIT("1 "),    TEXT_INIT("1.0"),
        TEXT_INIT("0x10"), TEXT_INIT("--1"),   TEXT_INIT("1\0"),
        TEXT_INIT("1e3"),  TEXT_INIT("٣"),     TEXT_INIT("9223372036854775808"),
        TEXT_INIT("101"),  TEXT_INIT("-101"),  TEXT_INIT("-9223372036854775809"),
        TEXT_INIT("1-1"),  TEXT_INIT("1,000"), TEXT_INIT("18446744073709551617"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i]);
        int64_t number = 99;

        assert_false(number_parse(bytes, -100, 100, &number));
        assert_int_equal(number, 99);
        unit_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimal_digits_within_the_range_are_a_number),
        cmocka_unit_test(all_else_is_refused_and_leaves_the_number_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
