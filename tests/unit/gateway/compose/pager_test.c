#include "gateway/compose/gsm.h"
#include "gateway/compose/pager.h"
#include "tests/unit/unit.h"

/* A pager's table (security A71): what is written, and what arrives. */
static const struct {
    const char *text;
    const char *wanted;
} plain_cases[] = {
    {"API errors", "API errors"},
    {"", ""},
    {"a\nb", "a b"},
    {"a\r\nAT+X", "a AT+X"},
    {"a\tb", "a b"},
    {"a\x1b[2Jb", "a [2Jb"},
    {"a\x07\x7f", "a"},
    {"café", "café"},
    {"Störung Köln", "Störung Köln"},
    {"Straße", "Straße"},
    {"Ærø", "Ærø"},
    {"Łódź", "Lodz"},
    {"naïve façade", "naive facade"},
    {"€ 100", "€ 100"},
    {"“quoted” ‘text’", "\"quoted\" 'text'"},
    {"a – b — c", "a - b -- c"},
    {"wait…", "wait..."},
    {"`code`", "'code'"},
    {"fire \U0001F525 down", "fire down"},
    {"\U0001F525\U0001F525\U0001F525", ""},
    {"日本語", "?"},
    {"à è é ù ì ò Ç Ø ø Å å Æ æ ß É Ä Ö Ñ Ü ä ö ñ ü",
     "à è é ù ì ò Ç Ø ø Å å Æ æ ß É Ä Ö Ñ Ü ä ö ñ ü"},
    {"£ ¥ § ¿ ¡ ¤ @ $ _", "£ ¥ § ¿ ¡ ¤ @ $ _"},
    {"á ê î ó ú ç ß ÿ À È", "a e i o u c ß y A E"},
    {"œuvre d’été", "oeuvre d'été"},
    {"Ошибки сервера", "Oshibki servera"},
    {"Щёлково Яндекс", "Shchelkovo Yandeks"},
    {"Київ їжак", "Kiyiv yizhak"},
    {"ΣΦΑΛΜΑ", "ΣΦAΛMA"},
    {"Σφάλμα διακομιστή", "ΣΦAΛMA ΔIAKOMIΣTH"},
    {"サーバー エラー", "saba era"},
    {"じゃ きゃく しゅう が ぱ", "ja kyaku shuu ga pa"},
    {"ＡＰＩ　１２３", "API 123"},
    {"障害、復旧。", "?, ?."},
    {"서버 오류", "? ?"},
    {"خطأ", "?"},
    {"ﬁle ™ №5", "file TM No5"},
    {"a → b", "a -> b"},
    {"API 日本語 down", "API ? down"},
    {"really?", "really?"},
    {"why? \U0001F525", "why?"},
    {"a\u2028b", "a b"},
    {"a\xc2\x85"
     "b",
     "a b"},
    {"a\u202eb", "ab"},
    {"{a} [b] ~c | d^ \\", "{a} [b] ~c | d^ \\"},
    {"e\u0301", "é"},
    {"½", "1/2"},
    {"  spaces   inside  ", "spaces inside"},
};

TEST(what_a_pager_cannot_show_is_transliterated)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plain_cases); i++) {
        OWN(arena) arena = arena_open(1024 * 1024);
        const char *plain = pager_write_plain(arena, plain_cases[i].text);
        assert_string_equal(plain, plain_cases[i].wanted);
    }
}

TEST(escapes_count_two)
{
    assert_int_equal(pager_count_septets(TEXT("abc")), 3);
    assert_int_equal(pager_count_septets(TEXT("[a]")), 5);
    assert_int_equal(pager_count_septets(TEXT("^{}\\[~]|")), 16);
    assert_int_equal(pager_count_septets(TEXT("€")), 2);
    assert_int_equal(pager_count_septets(TEXT("äéß")), 3);
    assert_int_equal(pager_count_septets(TEXT("")), 0);
}

static char *repeat(const char *word, size_t count)
{
    GString *string = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append(string, word);
    return g_string_free(string, FALSE);
}

/* State, severity and number are never cut; what is between is cut at a word. */
TEST(a_line_has_at_most_160_septets_and_keeps_its_ends)
{
    static const char *const words[] = {"x",
                                        "word ",
                                        "{",
                                        "[[ ",
                                        "€",
                                        "\U0001F525 a",
                                        "é",
                                        "日",
                                        "a\n",
                                        "~|",
                                        "long-word-without-end"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        for (size_t count = 0; count < 400; count += 7) {
            OWN(arena) arena = arena_open(1024 * 1024);
            g_autofree char *body = repeat(words[i], count);
            const struct text line =
                text_of(pager_write_line(arena, "Critical investigating:", body, "#1234567"));
            assert_true(pager_count_septets(line) <= PAGER_MOST_SEPTETS);
            assert_true(text_has_prefix(line, TEXT("Critical investigating:")));
            assert_true(text_has_suffix(line, TEXT(" #1234567")));
            struct text rest = line;
            uint32_t character = 0;
            while (text_next_character(&rest, &character))
                assert_true(gsm_count_septets(character) > 0);
        }
}

TEST(a_line_of_exactly_160_is_not_cut)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    g_autofree char *body = repeat("x", 160 - strlen("Minor resolved:  #42"));
    g_autofree char *longer = g_strconcat(body, "x", NULL);

    assert_null(strstr(pager_write_line(arena, "Minor resolved:", body, "#42"), "..."));
    assert_non_null(strstr(pager_write_line(arena, "Minor resolved:", longer, "#42"), "..."));
}

TEST(a_euro_too_many_is_cut)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    g_autofree char *room = repeat("x", 160 - strlen("Minor resolved:  #42") - 2);
    g_autofree char *fits = g_strconcat(room, "€", NULL);
    g_autofree char *longer = g_strconcat(room, "€x", NULL);

    assert_non_null(strstr(pager_write_line(arena, "Minor resolved:", fits, "#42"), "x€ #42"));
    assert_null(strstr(pager_write_line(arena, "Minor resolved:", longer, "#42"), "€"));
}

TEST(a_line_is_cut_at_a_word)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    g_autofree char *body = repeat("elephants ", 20);
    const char *line = pager_write_line(arena, "Major identified:", body, "#42");

    assert_true(g_str_has_suffix(line, "elephants... #42"));
    assert_true(strlen(line) > 145);
}

TEST(empty_parts_leave_no_double_spaces)
{
    OWN(arena) arena = arena_open(1024 * 1024);

    assert_string_equal(pager_write_line(arena, "Minor resolved:", "", "#42"),
                        "Minor resolved: #42");
    assert_string_equal(pager_write_line(arena, "", "", "#42"), "#42");
}

TEST(ends_that_are_too_long_are_cut_as_well)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    g_autofree char *head = repeat("[", 300);
    g_autofree char *tail = repeat("#", 300);

    assert_true(pager_count_septets(text_of(pager_write_line(arena, head, head, tail))) <=
                PAGER_MOST_SEPTETS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_pager_cannot_show_is_transliterated),
        cmocka_unit_test(escapes_count_two),
        cmocka_unit_test(a_line_has_at_most_160_septets_and_keeps_its_ends),
        cmocka_unit_test(a_line_of_exactly_160_is_not_cut),
        cmocka_unit_test(a_euro_too_many_is_cut),
        cmocka_unit_test(a_line_is_cut_at_a_word),
        cmocka_unit_test(empty_parts_leave_no_double_spaces),
        cmocka_unit_test(ends_that_are_too_long_are_cut_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
