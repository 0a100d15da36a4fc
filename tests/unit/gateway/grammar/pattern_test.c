#include "gateway/grammar/pattern.h"

#include "gateway/base/error.h"
#include "tests/unit/unit.h"

#include <time.h>

#define HOSTILE_BYTES ((size_t)64 * 1024)

static enum match match(const char *source, struct text text, const char **reason)
{
    OWN(matcher) matcher = matcher_open();
    size_t offset = 0;
    OWN(pattern) pattern = pattern_open(source, &offset, NULL);
    assert_non_null(pattern);
    const struct text exact = unit_bytes(text);
    const enum match outcome = matcher_match(matcher, pattern, exact, reason);
    unit_free(exact);
    return outcome;
}

static char *repeat(const char *unit, size_t size)
{
    char *text = malloc(size + 1);

    assert_non_null(text);
    for (size_t i = 0; i < size; i++)
        text[i] = unit[i % strlen(unit)];
    text[size] = '\0';
    return text;
}

TEST(lines_and_letters_are_those_of_unicode)
{
    const char *reason = NULL;

    assert_int_equal(match("^b$", TEXT("a\nb\nc"), &reason), MATCH_YES);
    assert_int_equal(match("^\\w+$", TEXT("\xC3\xBC\xC3\x9F"), &reason), MATCH_YES);
    assert_int_equal(match("(?i)^\xC3\x84$", TEXT("\xC3\xA4"), &reason), MATCH_YES);
    assert_int_equal(match("^A$", TEXT("a"), &reason), MATCH_NO);
    assert_int_equal(match("^$", TEXT(""), &reason), MATCH_YES);
}

TEST(groups_are_parts_of_the_text)
{
    OWN(matcher) matcher = matcher_open();
    size_t offset = 0;
    OWN(pattern) pattern = pattern_open("(?<one>a)|(?<two>b+)", &offset, NULL);
    const char *reason = NULL;
    const struct text text = TEXT("xbb");

    assert_int_equal(matcher_match(matcher, pattern, text, &reason), MATCH_YES);
    assert_null(matcher_group(matcher, pattern, "one").at);
    assert_ptr_equal(matcher_group(matcher, pattern, "two").at, text.at + 1);
    assert_int_equal(matcher_group(matcher, pattern, "two").size, 2);
    assert_null(matcher_group(matcher, pattern, "three").at);
    assert_int_equal(pattern_count_names(pattern), 2);
    assert_true(pattern_has_name(pattern, "two"));
}

TEST(patterns_that_are_none_are_refused_where_they_go_wrong)
{
    static const struct {
        const char *source;
        size_t offset;
    } cases[] = {
        {"ab(", 3},   {"a\\Cb", 3},    {"(?<a>x)(?<a>y)", 0},
        {"[z-a]", 3}, {"a(?C1)b", 0},  {"(*LIMIT_MATCH=x)a", 0},
        {"x(?C)", 0}, {"(?<1a>x)", 0}, {"\\p{Nonsense}", 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        size_t offset = 999;
        assert_null(pattern_open(cases[i].source, &offset, &error));
        assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_CONFIG));
        assert_in_range(offset, 0, strlen(cases[i].source));
        if (cases[i].offset != 0)
            assert_int_equal(offset, cases[i].offset);
    }
}

TEST(patterns_too_long_too_deep_or_with_too_many_groups_are_refused)
{
    char *longer = repeat("a", PATTERN_BYTES + 1);
    char *deep = repeat("(", 600);
    GString *many = g_string_new(NULL);
    size_t offset = 0;

    for (size_t i = 0; i < 64; i++)
        g_string_append(many, "(a)");
    memset(deep + 300, ')', 300);
    assert_null(pattern_open(longer, &offset, NULL));
    assert_null(pattern_open(deep, &offset, NULL));
    assert_null(pattern_open(many->str, &offset, NULL));
    g_string_free(many, TRUE);
    free(longer);
    free(deep);
}

TEST(a_pattern_that_needs_too_much_has_failed_and_costs_little)
{
    static const char *const patterns[] = {
        "^(a+)+$",
        "^(a|a)*$",
        "^(a|aa)+$",
        "(a*)*b",
        "^(.*?,){20}z",
        "(?:a?){30}b",
        "^(\\w+\\s?)*$",
        "^([a-z]+)*[^a-z0-9!]$",
        "(.*)(.*)(.*)z",
        "^(?R)$|b",
        "(x+x+)+y",
        "^(?:(a)|b)*$",
        "(a+)\\1+z",
        "^((a+)\\2?)+$",
        "\\b(\\w+)*\\b=",
        "(?=(a+))a*b\\1z",
        "(*LIMIT_MATCH=4000000000)^(a+)+$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(?:.*a){20}z",
        "^(a?)*?$",
    };
    char *hostile = repeat("a", HOSTILE_BYTES);
    const clock_t began = clock();

    hostile[HOSTILE_BYTES - 1] = '!';
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        const char *reason = NULL;
        const enum match outcome = match(patterns[i], text_from(hostile, HOSTILE_BYTES), &reason);
        assert_true(outcome != MATCH_FAILED || reason != NULL);
    }
    /* 1 s is what is asked (security A58); sanitizers are slower. */
    assert_true(clock() - began < 8 * CLOCKS_PER_SEC);
    const char *reason = NULL;
    assert_int_equal(match("^(a+)+$", text_from(hostile, HOSTILE_BYTES), &reason), MATCH_FAILED);
    assert_non_null(strstr(reason, "limit"));
    assert_int_equal(
        match("(*LIMIT_MATCH=4000000000)^(a+)+$", text_from(hostile, HOSTILE_BYTES), &reason),
        MATCH_FAILED);
    free(hostile);
}

TEST(what_breaks_no_limit_of_one_place_fails_when_all_places_cost_too_much)
{
    static const char *const patterns[] = {"(?s)a.{0,60000}[xy]", "(?s)[^b]{0,60000}[xy]"};
    char *hostile = repeat("a", HOSTILE_BYTES);
    const clock_t began = clock();

    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        const char *reason = NULL;
        assert_int_equal(match(patterns[i], text_from(hostile, HOSTILE_BYTES), &reason),
                         MATCH_FAILED);
        assert_non_null(strstr(reason, "limit"));
    }
    assert_true(clock() - began < 2 * CLOCKS_PER_SEC); /* 4 s each without */
    free(hostile);
}

TEST(a_long_text_is_searched_to_its_end)
{
    char *text = repeat("\xC3\xA4 b\n", HOSTILE_BYTES);
    const char *reason = NULL;

    memcpy(text + HOSTILE_BYTES - 8, "end: 42\n", 8);
    memcpy(text + HOSTILE_BYTES - 16, "abcdefg\n", 8);
    const struct text all = text_from(text, HOSTILE_BYTES);
    assert_int_equal(match("^end: (?<n>\\d+)$", all, &reason), MATCH_YES);
    assert_int_equal(match("(?<=abcdefg\\n)end", all, &reason), MATCH_YES);
    assert_int_equal(match("(?s)\\A.*end: 42", all, &reason), MATCH_YES);
    assert_int_equal(match("42$", all, &reason), MATCH_YES);
    assert_int_equal(match("\\n\\z", all, &reason), MATCH_YES);
    assert_int_equal(match("\\z", all, &reason), MATCH_YES);
    assert_int_equal(match("43$|\\Aend", all, &reason), MATCH_NO);
    free(text);
}

TEST(after_some_failures_a_mails_other_patterns_have_a_tenth)
{
    OWN(matcher) matcher = matcher_open();
    size_t offset = 0;
    OWN(pattern) bad = pattern_open("^(a+)+$", &offset, NULL);
    OWN(pattern) dear = pattern_open("(?s)\\A.*.*[xy]", &offset, NULL);
    OWN(pattern) good = pattern_open("^b", &offset, NULL);
    char *hostile = repeat("a", HOSTILE_BYTES);
    const char *reason = NULL;
    /* Needs about thirty thousand steps. */
    const struct text some = text_from(hostile, 250);
    const struct text all = text_from(hostile, HOSTILE_BYTES);

    hostile[HOSTILE_BYTES - 1] = '!';
    matcher_begin(matcher);
    assert_int_equal(matcher_match(matcher, dear, some, &reason), MATCH_NO);
    for (int i = 0; i < 50; i++)
        assert_int_equal(matcher_match(matcher, bad, all, &reason), MATCH_FAILED);
    assert_int_equal(matcher_match(matcher, dear, some, &reason), MATCH_FAILED);
    assert_int_equal(matcher_match(matcher, good, all, &reason), MATCH_NO);
    matcher_end(matcher);
    assert_int_equal(matcher_match(matcher, dear, some, &reason), MATCH_NO);
    free(hostile);
}

TEST(what_outgrows_the_compiled_stack_is_interpreted)
{
    char *text = repeat("ab", 10000);
    const char *reason = NULL;

    assert_int_equal(match("^(?:(a)|b)*$", text_from(text, 10000), &reason), MATCH_YES);
    free(text);
}

TEST(a_failed_match_leaves_room_for_the_next)
{
    OWN(matcher) matcher = matcher_open();
    size_t offset = 0;
    OWN(pattern) bad = pattern_open("^(?:(a)|b)*$", &offset, NULL);
    OWN(pattern) good = pattern_open("^a", &offset, NULL);
    char *text = repeat("ab", HOSTILE_BYTES);
    const char *reason = NULL;

    for (int i = 0; i < 3; i++) {
        (void)matcher_match(matcher, bad, text_from(text, HOSTILE_BYTES - 1), &reason);
        assert_int_equal(matcher_match(matcher, good, text_from(text, HOSTILE_BYTES), &reason),
                         MATCH_YES);
    }
    free(text);
}

TEST(text_that_is_not_utf8_fails_and_does_not_merely_differ)
{
    const char *reason = NULL;

    assert_int_equal(match("a", TEXT("\xFF"), &reason), MATCH_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_letters_are_those_of_unicode),
        cmocka_unit_test(groups_are_parts_of_the_text),
        cmocka_unit_test(patterns_that_are_none_are_refused_where_they_go_wrong),
        cmocka_unit_test(patterns_too_long_too_deep_or_with_too_many_groups_are_refused),
        cmocka_unit_test(a_pattern_that_needs_too_much_has_failed_and_costs_little),
        cmocka_unit_test(what_breaks_no_limit_of_one_place_fails_when_all_places_cost_too_much),
        cmocka_unit_test(a_long_text_is_searched_to_its_end),
        cmocka_unit_test(after_some_failures_a_mails_other_patterns_have_a_tenth),
        cmocka_unit_test(what_outgrows_the_compiled_stack_is_interpreted),
        cmocka_unit_test(a_failed_match_leaves_room_for_the_next),
        cmocka_unit_test(text_that_is_not_utf8_fails_and_does_not_merely_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
