#include "gateway/cli/postfix.h"

#include "tests/unit/unit.h"

TEST(a_list_is_split_at_commas_and_white_space_but_not_within_braces)
{
    OWN(arena) arena = arena_open((size_t)1 << 20);
    static const struct {
        const char *list;
        const char *words[4];
    } cases[] = {
        {"", {NULL}},
        {" ,\t\n", {NULL}},
        {"a", {"a", NULL}},
        {"a, b\tc", {"a", "b", "c", NULL}},
        {"{ inet:h:1, x=y }, unix:/z", {"{ inet:h:1, x=y }", "unix:/z", NULL}},
        {"inline:{ {a.b=c d} } e", {"inline:{ {a.b=c d} }", "e", NULL}},
        {"{ open, b", {"{ open, b", NULL}},
        {"} a, b", {"}", "a", "b", NULL}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const *words = postfix_split(arena, cases[i].list);
        size_t n = 0;

        for (; words[n] != NULL && cases[i].words[n] != NULL; n++)
            assert_string_equal(words[n], cases[i].words[n]);
        assert_ptr_equal(words[n], cases[i].words[n]);
    }
}

TEST(a_word_of_a_list_is_found_whole_and_in_any_case)
{
    OWN(arena) arena = arena_open((size_t)1 << 20);

    assert_true(postfix_list_has(arena, "DSN, chunking", "CHUNKING"));
    assert_false(postfix_list_has(arena, "silent-discard, chunkings", "chunking"));
    assert_false(postfix_list_has(arena, "", "chunking"));
}

TEST(a_domain_is_in_a_list_by_name_or_where_that_counts_below_one)
{
    OWN(arena) arena = arena_open((size_t)1 << 20);
    const struct postfix postfix = {.arena = arena};
    static const struct {
        const char *list;
        bool holds_below;
        enum postfix_answer answer;
    } cases[] = {
        {"other.example, Status.Example.com", false, POSTFIX_YES},
        {"example.com", true, POSTFIX_YES},
        {"example.com", false, POSTFIX_NO},
        {"ample.com", true, POSTFIX_NO},
        {"/etc/domains", false, POSTFIX_UNKNOWN},
        {"mysql:/etc/domains.cf", false, POSTFIX_UNKNOWN},
        {"mysql:/etc/domains.cf status.example.com", false, POSTFIX_YES},
        {"", true, POSTFIX_NO},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(
            postfix_has_domain(&postfix, cases[i].list, "status.example.com", cases[i].holds_below),
            cases[i].answer);
}

TEST(what_a_door_sets_itself_comes_before_main_cf)
{
    const struct postfix_setting main_cf[] = {{"a", "1"}, {"b", "2"}};
    const struct postfix_setting own[] = {{"b", ""}};
    const struct postfix_door door = {"smtp/inet", false, own, 1};
    const struct postfix postfix = {
        .settings = main_cf, .setting_count = 2, .given = main_cf, .given_count = 1};

    assert_string_equal(postfix_find(&postfix, &door, "a"), "1");
    assert_string_equal(postfix_find(&postfix, &door, "b"), "");
    assert_string_equal(postfix_find(&postfix, NULL, "b"), "2");
    assert_null(postfix_find(&postfix, &door, "c"));
    assert_true(postfix_is_given(&postfix, &door, "b"));
    assert_true(postfix_is_given(&postfix, NULL, "a"));
    assert_false(postfix_is_given(&postfix, NULL, "b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_split_at_commas_and_white_space_but_not_within_braces),
        cmocka_unit_test(a_word_of_a_list_is_found_whole_and_in_any_case),
        cmocka_unit_test(a_domain_is_in_a_list_by_name_or_where_that_counts_below_one),
        cmocka_unit_test(what_a_door_sets_itself_comes_before_main_cf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
