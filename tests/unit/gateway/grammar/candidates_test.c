/* Literals of patterns: never one that a match could do without; and what they spare. */
#include "gateway/grammar/books.h"
#include "tests/unit/gateway/grammar/bench.h"
#include "tests/unit/gateway/grammar/hear.h"

TEST(a_literal_is_the_longest_text_without_which_nothing_matches)
{
    static const struct {
        const char *pattern;
        const char *want; /* "^" before it: at the start; "~": in any case */
    } cases[] = {
        {"^\\*\\* PROBLEM Service Alert: (?<host>[^/]+)", "^** PROBLEM Service Alert: "},
        {"abc", "abc"},
        {"^abc", "^abc"},
        {"\\Aabc", "^abc"},
        {"x*abc", "abc"},
        {"^x*abc", "abc"},
        {"abcd?ef", "abc"},
        {"abc?", "ab"},
        {"abc{0,2}def", "def"},
        {"abc{2}d", "abc"},
        {"ab+cd", "ab"},
        {"a\\+b\\.c", "a+b.c"},
        {"(?:Sent by )?Grafana", "Grafana"},
        {"(?:Sent by )+Graf", "Sent by "},
        {"(?<name>long literal)x", "long literal"},
        {"^(?:abc)d", "^abc"},
        {"^\\[(?:Sentry)\\] x", "Sentry"},
        {"foo|bar", ""},
        {"(?:foo|bar) is down", " is down"},
        {"^Additional:(?<x>.+)$|\\z", ""},
        {"[a|b] down", " down"},
        {"[]|(] down", " down"},
        {"[[:alpha:]|] down", " down"},
        {"[[:x] down", ""},
        {"\\d+ down", " down"},
        {"\\p{L}down", ""},
        {"\\x41down", ""},
        {"\\Qa|b\\E", ""},
        {"(?i)^Xabc", "^~xabc"},
        {"(?i)disk", "~di"},
        {"(?i)\xC3\xA4"
         "bc",
         "~bc"},
        {"(?s)abc", "abc"},
        {"(?x)a b c", ""},
        {"ab(?i)cd", ""},
        {"(?i:ab)cd", ""},
        {"(?=foo)bar", "bar"},
        {"(?!foo)bar", "bar"},
        {"(?<!foo)bar", "bar"},
        {"(?<=foo)bar", "bar"},
        {"(a|(*ACCEPT))bcd", ""},
        {"(?#)abc", ""},
        {"(?R)?abc", ""},
        {"(?|a|b)cde", ""},
        {"a{,3}b", ""},
        {"a\\{3}b", "a{3}b"},
        {"\xC3\xBC"
         "ber\xC3\xA4?",
         "\xC3\xBC"
         "ber"},
        {"", ""},
    };
    OWN(arena) arena = arena_open((size_t)1 << 20);
    size_t wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct literal found = literal_find(arena, cases[i].pattern);
        const char *is = arena_format(arena, "%s%s%.*s", found.is_at_start ? "^" : "",
                                      found.is_any_case && found.bytes.size > 0 ? "~" : "",
                                      (int)found.bytes.size, found.bytes.at);
        if (strcmp(is, cases[i].want) == 0)
            continue;
        wrong++;
        print_error("%s: want \"%s\", is \"%s\"\n", cases[i].pattern, cases[i].want, is);
    }
    assert_int_equal(wrong, 0);
}

TEST(a_rule_needs_its_headers_and_its_literals)
{
    static const char content[] = "grammar: x\nrules:\n  - name: r\n    subject: '(?i)^Down: '\n"
                                  "    header X-State: '.'\n    body: 'web1'\n"
                                  "    command: alert\n    key: k\n";
    static const struct mail_field with[] = {{TEXT_INIT("x-STATE"), TEXT_INIT("1")}};
    static const struct {
        const char *subject;
        const char *text;
        size_t fields;
        bool want;
    } cases[] = {
        {"DOWN: a", "on web1", 1, true},    {"Re: DOWN: a", "on web1", 1, false},
        {"DOWN: a", "on web2", 1, false},   {"DOWN: a", "on web1", 0, false},
        {"down: a", "web1 again", 1, true},
    };
    struct bench bench = bench_open("x.yaml", content);
    OWN(grammars) grammars = books_open();

    assert_true(books_add(grammars, bench.file, false, bench.problems));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct mail mail = {.subject = cases[i].subject,
                                  .text = cases[i].text,
                                  .raw_text = "",
                                  .fields = with,
                                  .field_count = cases[i].fields};
        const struct grammar_request request = {
            .role = GRAMMAR_MONITOR, .mail = &mail, .extension = ""};
        struct candidates candidates;
        candidates_open(&candidates, bench.arena, &request);
        assert_int_equal(candidates_may_match(&candidates, &grammars->books[0]->rules[0]),
                         cases[i].want);
        assert_int_equal(grammar_read_monitors(grammars, bench.arena, &request)->kind,
                         cases[i].want ? READING_COMMAND : READING_NOTHING);
    }
    bench_close(&bench);
}

static const struct mail *read_sample(struct arena *arena, const char *path)
{
    char *bytes = NULL;
    gsize size = 0;

    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    const struct text kept = {arena_copy(arena, bytes, size), size};
    g_free(bytes);
    const struct mail *mail = mail_parse(arena, kept, &mail_limits_default, NULL);
    assert_non_null(mail);
    return mail;
}

static size_t judge_sample(struct grammars *grammars, const char *path)
{
    OWN(arena) arena = arena_open((size_t)64 << 20);
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR, .mail = read_sample(arena, path), .extension = ""};
    struct candidates candidates;
    size_t matched = 0;

    candidates_open(&candidates, arena, &request);
    for (size_t i = 0; i < grammars->book_count; i++)
        for (size_t n = 0; n < grammars->books[i]->rule_count; n++) {
            const struct rule *rule = &grammars->books[i]->rules[n];
            if (rule_match(rule, grammars->matcher, arena, &request, false).outcome != MATCH_YES)
                continue;
            matched++;
            if (!candidates_may_match(&candidates, rule))
                fail_msg("%s: rule \"%s\" of %s would not be asked", path, rule->name,
                         grammars->books[i]->name);
        }
    return matched;
}

TEST(every_rule_that_matches_a_sample_is_asked)
{
    OWN(arena) arena = arena_open((size_t)16 << 20);
    const struct grammar_settings settings = {
        .shipped_directory = SHIPPED, .monitors_directory = TOCSIN_SOURCE_DIR "/contrib/monitors"};
    OWN(grammars) grammars = grammars_open(&settings, problems_new(arena));
    size_t matched = 0;

    assert_non_null(grammars);
    for (size_t i = 0; i < grammars->book_count; i++) {
        g_autofree char *folder =
            g_build_filename(settings.monitors_directory, grammars->books[i]->name, NULL);
        g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
        const char *name = NULL;
        while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
            g_autofree char *path = g_build_filename(folder, name, NULL);
            matched += g_str_has_suffix(name, ".eml") ? judge_sample(grammars, path) : 0;
        }
    }
    assert_true(matched > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_literal_is_the_longest_text_without_which_nothing_matches),
        cmocka_unit_test(every_rule_that_matches_a_sample_is_asked),
        cmocka_unit_test(a_rule_needs_its_headers_and_its_literals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
