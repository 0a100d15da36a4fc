#include "gateway/base/text.h"

#include "gateway/base/error.h"
#include "tests/unit/unit.h"

TEST(texts_are_compared_by_bytes_and_size)
{
    assert_true(text_is_equal(TEXT("a\0b"), TEXT("a\0b")));
    assert_false(text_is_equal(TEXT("a\0b"), TEXT("a\0c")));
    assert_false(text_is_equal(TEXT("a"), TEXT("a\0")));
    assert_true(text_is_equal(text_of(NULL), TEXT("")));
    assert_true(text_is_equal(text_from(NULL, 0), TEXT("")));
    assert_true(text_is_equal_any_case(TEXT("ReSolved"), TEXT("rEsolved")));
    assert_false(text_is_equal_any_case(TEXT("Ä"), TEXT("ä")));
    assert_false(text_is_equal_any_case(TEXT("@"), TEXT("`")));
    assert_true(text_has_prefix(TEXT("Re: x"), TEXT("Re:")));
    assert_false(text_has_prefix(TEXT("Re"), TEXT("Re:")));
    assert_true(text_has_prefix_any_case(TEXT("RE: x"), TEXT("re:")));
    assert_true(text_has_suffix(TEXT("a.yaml"), TEXT(".yaml")));
    assert_false(text_has_suffix(TEXT("yaml"), TEXT(".yaml")));
}

TEST(what_is_found_has_a_position)
{
    assert_int_equal(text_find(TEXT("a\0bc"), TEXT("bc")), 2);
    assert_int_equal(text_find(TEXT("abc"), TEXT("abcd")), -1);
    assert_int_equal(text_find(TEXT("abc"), TEXT("")), 0);
    assert_int_equal(text_find(text_from(NULL, 0), TEXT("x")), -1);
    assert_int_equal(text_find_byte(TEXT("a\0b"), '\0'), 1);
    assert_int_equal(text_find_byte(TEXT("ab"), 'c'), -1);
    assert_int_equal(text_find_byte(text_from(NULL, 0), 'c'), -1);
}

TEST(a_part_never_lies_outside)
{
    assert_true(text_is_equal(text_trim(TEXT(" \t\r\n a b \n")), TEXT("a b")));
    assert_int_equal(text_trim(TEXT(" \n")).size, 0);
    assert_true(text_is_equal(text_skip(TEXT("abc"), 2), TEXT("c")));
    assert_int_equal(text_skip(TEXT("abc"), SIZE_MAX).size, 0);
    assert_true(text_is_equal(text_first(TEXT("abc"), 2), TEXT("ab")));
    assert_true(text_is_equal(text_first(TEXT("abc"), SIZE_MAX), TEXT("abc")));
    assert_int_equal(text_skip(text_from(NULL, 0), 1).size, 0);
}

TEST(lines_end_with_lf_or_crlf_and_the_last_may_lack_both)
{
    static const struct text want[] = {TEXT_INIT("a"), TEXT_INIT("b"), TEXT_INIT(""),
                                       TEXT_INIT("c\rd"), TEXT_INIT("e\r")};
    struct text rest = TEXT("a\nb\r\n\r\nc\rd\ne\r");
    struct text line = TEXT("none");

    for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
        assert_true(text_next_line(&rest, &line));
        assert_true(text_is_equal(line, want[i]));
    }
    assert_false(text_next_line(&rest, &line));
    rest = TEXT("\n");
    assert_true(text_next_line(&rest, &line));
    assert_int_equal(line.size, 0);
    assert_false(text_next_line(&rest, &line));
}

TEST(the_last_piece_ends_with_the_text)
{
    struct text rest = TEXT("a,,b");
    struct text piece = TEXT("");

    assert_true(text_next_piece(&rest, ',', &piece));
    assert_true(text_is_equal(piece, TEXT("a")));
    assert_true(text_next_piece(&rest, ',', &piece));
    assert_int_equal(piece.size, 0);
    assert_true(text_next_piece(&rest, ',', &piece));
    assert_true(text_is_equal(piece, TEXT("b")));
    assert_false(text_next_piece(&rest, ',', &piece));
}

TEST(characters_are_code_points_and_each_wrong_byte_is_one)
{
    static const uint32_t want[] = {'a',          0,           0xe9, TEXT_INVALID, 0x1f525,
                                    TEXT_INVALID, TEXT_INVALID};
    struct text bytes = unit_bytes(TEXT("a\0\xc3\xa9\xff\xf0\x9f\x94\xa5\xe2\x82"));
    struct text rest = bytes;
    uint32_t character = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
        assert_true(text_next_character(&rest, &character));
        assert_int_equal(character, want[i]);
    }
    assert_false(text_next_character(&rest, &character));
    unit_free(bytes);
}

TEST(a_string_is_the_bytes_unchanged)
{
    OWN(arena) arena = arena_open(4096);
    struct text bytes = unit_bytes(TEXT("tab\tline\nÄ 🔥 \xe2\x80\xae"));

    assert_string_equal(text_string(arena, bytes, NULL), "tab\tline\nÄ 🔥 \xe2\x80\xae");
    assert_string_equal(text_string(arena, text_from(NULL, 0), NULL), "");
    unit_free(bytes);
}

TEST(what_cannot_stand_in_a_string_is_named_with_its_byte)
{
    static const struct {
        struct text text;
        const char *want;
    } cases[] = {
        {TEXT_INIT("a\0b"), "a NUL at byte 2"},
        {TEXT_INIT("a\r\n"), "a control character at byte 2"},
        {TEXT_INIT("\x1b[2J"), "a control character at byte 1"},
        {TEXT_INIT("Ä\x7f"), "a control character at byte 3"},
        {TEXT_INIT("\xc2\x85"), "a control character at byte 1"},
        {TEXT_INIT("ab\xff"), "invalid UTF-8 at byte 3"},
        {TEXT_INIT("\xc0\x80"), "invalid UTF-8 at byte 1"},
        {TEXT_INIT("\xed\xa0\x80"), "invalid UTF-8 at byte 1"},
        {TEXT_INIT("\xf4\x90\x80\x80"), "invalid UTF-8 at byte 1"},
        {TEXT_INIT("x\xe2\x82"), "invalid UTF-8 at byte 2"},
    };
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].text);
        g_autoptr(GError) error = NULL;

        assert_null(text_string(arena, bytes, &error));
        assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_INPUT));
        assert_string_equal(error->message, cases[i].want);
        unit_free(bytes);
    }
}

TEST(the_distance_counts_typing_errors)
{
    static const struct {
        const char *one;
        const char *other;
        size_t most;
        size_t want;
    } cases[] = {
        {"resolved", "RESOLVED", 2, 0},
        {"resolvd", "resolved", 2, 1},
        {"reslo", "resol", 2, 1},
        {"", "ab", 2, 2},
        {"", "", 0, 0},
        {"kitten", "sitting", 5, 3},
        {"kitten", "sitting", 2, 3},
        {"ca", "abc", 5, 3},
        {"a", "abcdefgh", 2, 3},
        {"ab", "ba", 1, 1},
        {"abc", "xyz", 1, 2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(
            text_distance(text_of(cases[i].one), text_of(cases[i].other), cases[i].most),
            cases[i].want);
}

TEST(long_words_are_equal_or_too_far)
{
    char one[100];
    char other[100];

    memset(one, 'a', sizeof one);
    memset(other, 'A', sizeof other);
    assert_int_equal(text_distance(text_from(one, 100), text_from(other, 100), 2), 0);
    other[50] = 'b';
    assert_int_equal(text_distance(text_from(one, 100), text_from(other, 100), 2), 3);
    assert_int_equal(text_distance(text_from(one, 64), text_from(other, 64), 2), 1);
    assert_int_equal(text_distance(text_from(one, 65), text_from(other, 64), 2), 3);
}

TEST(html_is_text_once_it_is_escaped)
{
    g_autoptr(GString) html = g_string_new("x");

    text_escape_html(html, TEXT("<a href='x' title=\"y\">&amp;"));
    assert_string_equal(html->str, "x&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_compared_by_bytes_and_size),
        cmocka_unit_test(what_is_found_has_a_position),
        cmocka_unit_test(a_part_never_lies_outside),
        cmocka_unit_test(lines_end_with_lf_or_crlf_and_the_last_may_lack_both),
        cmocka_unit_test(the_last_piece_ends_with_the_text),
        cmocka_unit_test(characters_are_code_points_and_each_wrong_byte_is_one),
        cmocka_unit_test(a_string_is_the_bytes_unchanged),
        cmocka_unit_test(what_cannot_stand_in_a_string_is_named_with_its_byte),
        cmocka_unit_test(the_distance_counts_typing_errors),
        cmocka_unit_test(long_words_are_equal_or_too_far),
        cmocka_unit_test(html_is_text_once_it_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
