#include "gateway/base/text.h"
#include "tests/unit/unit.h"

struct clean_case {
    struct text text;
    const char *want;
};

TEST(text_for_people_holds_what_people_see)
{
    static const struct clean_case cases[] = {
        {TEXT_INIT("a\tb\nc"), "a\tb\nc"},
        {TEXT_INIT("a\r\nb\rc\r\r\nd"), "a\nb\nc\n\nd"},
        {TEXT_INIT("a\0b\x1b[0mc\x7f"), "a b [0mc "},
        {TEXT_INIT("a\xc2\x85"
                   "b\xe2\x80\xa8"
                   "c\xe2\x80\xa9"),
         "a b c "},
        {TEXT_INIT("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd"},
        {TEXT_INIT("a\xe2\x80\xae"
                   "b\xe2\x81\xa6"
                   "c\xe2\x80\x8b"
                   "d\xef\xbb\xbf"),
         "abcd"},
        {TEXT_INIT("a\xe2\x80\x8d"
                   "b\xe2\x80\x8d"),
         "ab"},
        {TEXT_INIT("👩\xe2\x80\x8d🚀 ❤\xef\xb8\x8f\xe2\x80\x8d🔥 👩\xe2\x80\x8d"),
         "👩\xe2\x80\x8d🚀 ❤\xef\xb8\x8f\xe2\x80\x8d🔥 👩"},
        {TEXT_INIT("e\xcc\x81 A\xcc\x8a"), "é Å"},
        {TEXT_INIT("x\xcc\x80\xcc\x80\xcc\x80\xcc\x80\xcc\x80\xcc\x80q\xcc\x80"),
         "x\xcc\x80\xcc\x80\xcc\x80\xcc\x80q\xcc\x80"},
        {TEXT_INIT("a\xf3\xa0\x81\xa1"
                   "b"),
         "ab"},
        {TEXT_INIT(""), ""},
    };
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].text);

        assert_string_equal(text_clean(arena, bytes), cases[i].want);
        unit_free(bytes);
    }
    assert_string_equal(text_clean(arena, text_from(NULL, 0)), "");
}

TEST(a_line_has_single_spaces_and_none_at_its_ends)
{
    static const struct clean_case cases[] = {
        {TEXT_INIT("  API \t errors\r\n  again\n"), "API errors again"},
        {TEXT_INIT("x\r\nBcc: a@b"), "x Bcc: a@b"},
        {TEXT_INIT("a\xc2\xa0\xe3\x80\x80"
                   "b"),
         "a b"},
        {TEXT_INIT(" \n "), ""},
    };
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(text_clean_line(arena, cases[i].text, 100), cases[i].want);
}

TEST(a_line_too_long_ends_with_an_ellipsis_within_its_limit)
{
    static const struct {
        struct text text;
        size_t most;
        const char *want;
    } cases[] = {
        {TEXT_INIT("abcdef"), 6, "abcdef"},
        {TEXT_INIT("abcdef"), 5, "abcd…"},
        {TEXT_INIT("abc def"), 5, "abc…"},
        {TEXT_INIT("äöüß"), 3, "äö…"},
        {TEXT_INIT("abq\xcc\x80z"), 4, "ab…"},
        {TEXT_INIT("abc"), 1, "…"},
        {TEXT_INIT("abc"), 0, ""},
    };
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(text_clean_line(arena, cases[i].text, cases[i].most), cases[i].want);
}

TEST(ten_thousand_marks_of_mixed_classes_are_four)
{
    GString *hostile = g_string_new("a");
    OWN(arena) arena = arena_open(1 << 16);

    for (size_t i = 0; i < 5000; i++)
        g_string_append(hostile, "\xcc\x80\xcc\xa3"); /* classes 230 and 220: sorting swaps each */
    const char *result = text_clean(arena, text_from(hostile->str, hostile->len));
    assert_true(g_utf8_strlen(result, -1) <= 5);
    g_string_free(hostile, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_for_people_holds_what_people_see),
        cmocka_unit_test(a_line_has_single_spaces_and_none_at_its_ends),
        cmocka_unit_test(a_line_too_long_ends_with_an_ellipsis_within_its_limit),
        cmocka_unit_test(ten_thousand_marks_of_mixed_classes_are_four),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
