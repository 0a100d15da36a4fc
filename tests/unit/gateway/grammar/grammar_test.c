#include "gateway/grammar/subscribing.h"
#include "tests/unit/gateway/grammar/bench.h"
#include "tests/unit/gateway/grammar/hear.h"

#include <time.h>

static const struct reading *read_as(struct grammars *grammars, struct arena *arena,
                                     enum grammar_role role, const char *grammar,
                                     const char *subject)
{
    const struct mail mail = {.subject = subject, .text = "Status: resolved", .raw_text = ""};
    const struct thread_facts thread = {.named = &hear_42};
    const struct grammar_request request = {.role = role,
                                            .grammar = grammar,
                                            .mail = &mail,
                                            .page = &hear_page,
                                            .thread = &thread,
                                            .extension = ""};

    return grammar_read(grammars, arena, &request);
}

TEST(a_role_gets_only_the_commands_that_it_may_give)
{
    struct bench bench = bench_open(
        "m.yaml", "grammar: m\n"
                  "rules:\n"
                  "  - {name: o, subject: '^open', command: open, title: x, message: y}\n"
                  "  - {name: p, subject: '^post', command: postmortem}\n"
                  "  - {name: a, subject: '^alert', command: alert, key: k}\n");
    const struct grammar_settings settings = {.site_directory = bench.folder,
                                              .shipped_directory = SHIPPED};
    OWN(grammars) grammars = grammars_open(&settings, bench.problems);

    assert_non_null(grammars);
    assert_true(grammars_have(grammars, "m"));
    assert_false(grammars_have(grammars, "n"));
    const struct reading *reading = read_as(grammars, bench.arena, GRAMMAR_MONITOR, "m", "open");
    assert_int_equal(reading->kind, READING_NOTHING);
    assert_non_null(strstr(reading->failures[0].reason, "may not give"));
    reading = read_as(grammars, bench.arena, GRAMMAR_MONITOR, "m", "post");
    assert_int_equal(reading->kind, READING_NOTHING);
    reading = read_as(grammars, bench.arena, GRAMMAR_MONITOR, "m", "alert");
    assert_int_equal(reading->command->kind, COMMAND_ALERT);
    /* A monitor that writes as operators do says nothing (security A23). */
    reading = read_as(grammars, bench.arena, GRAMMAR_MONITOR, "operator", "Resolved");
    assert_int_equal(reading->kind, READING_NOTHING);
    reading = read_as(grammars, bench.arena, GRAMMAR_OPERATOR, "m", "alert");
    assert_int_equal(reading->kind, READING_NOTHING);
    bench_close(&bench);
}

TEST(a_sites_rules_for_operators_come_before_our_language)
{
    struct bench bench = bench_open("ours.yaml", "grammar: operator\n"
                                                 "rules:\n"
                                                 "  - name: done\n"
                                                 "    subject: '^DONE (?<what>.*)$'\n"
                                                 "    command: update\n"
                                                 "    status: resolved\n"
                                                 "    message: '{{what}}'\n"
                                                 "    components: '+api'\n"
                                                 "    notify: 'no'\n"
                                                 "  - name: lost\n"
                                                 "    subject: '^LOST'\n"
                                                 "    command: update\n"
                                                 "    components: nonsense\n");
    const struct grammar_settings settings = {.site_directory = bench.folder,
                                              .shipped_directory = SHIPPED};
    OWN(grammars) grammars = grammars_open(&settings, bench.problems);
    assert_non_null(grammars);
    const struct reading *reading =
        read_as(grammars, bench.arena, GRAMMAR_OPERATOR, NULL, "DONE all good");

    assert_string_equal(reading->rule, "done");
    assert_string_equal(hear_describe(bench.arena, reading),
                        "update #42; status=resolved; components:+api; text=all good; silent");
    assert_string_equal(
        hear_describe(bench.arena, read_as(grammars, bench.arena, GRAMMAR_OPERATOR, NULL, "LOST")),
        "? component");
    reading = read_as(grammars, bench.arena, GRAMMAR_OPERATOR, NULL, "Re: DONE");
    assert_string_equal(hear_describe(bench.arena, reading), "? status");
    bench_close(&bench);
}

TEST(a_folder_with_a_broken_grammar_opens_nothing_and_says_why)
{
    struct bench bench = bench_open("broken.yaml", "grammar: broken\n");
    const struct grammar_settings broken = {.site_directory = bench.folder,
                                            .shipped_directory = SHIPPED};
    const struct grammar_settings missing = {.site_directory = "/nonexistent/grammars",
                                             .shipped_directory = SHIPPED};
    const struct grammar_settings empty = {.shipped_directory = "/nonexistent/grammars"};

    assert_null(grammars_open(&broken, bench.problems));
    assert_int_equal(problems_count_errors(bench.problems), 1);
    OWN(grammars) grammars = grammars_open(&missing, bench.problems);
    assert_non_null(grammars);
    assert_null(grammars_open(&empty, bench.problems));
    bench_close(&bench);
}

TEST(a_sites_grammar_that_others_may_write_is_refused)
{
    struct bench bench = bench_open("m.yaml", "grammar: m\n"
                                              "rules:\n"
                                              "  - {name: a, subject: x, command: ignore}\n");
    const struct grammar_settings settings = {.site_directory = bench.folder,
                                              .shipped_directory = SHIPPED};

    assert_int_equal(g_chmod(bench.file, 0666), 0);
    assert_null(grammars_open(&settings, bench.problems));
    assert_non_null(strstr(problems_write(bench.problems, bench.arena), "chmod go-w"));
    bench_close(&bench);
}

TEST(the_words_that_are_dropped_are_a_setting)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024 * 1024);
    static const char *const words[] = {"Outside"};
    const struct grammar_settings settings = {
        .shipped_directory = SHIPPED, .dropped_words = words, .dropped_word_count = 1};
    OWN(grammars) grammars = grammars_open(&settings, problems_new(arena));

    assert_non_null(grammars);
    assert_string_equal(
        hear_describe(arena, hear(grammars, arena, NULL, "[OUTSIDE] API errors", "We know.")),
        "open; title=API errors; text=We know.");
    assert_string_equal(
        hear_describe(arena, hear(grammars, arena, NULL, "[EXT] API errors", "We know.")),
        "? bracket");
}

TEST(a_mail_of_an_operator_can_be_tried)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024 * 1024);
    const struct mail mail = {.subject = "[EXT] [major] API errors",
                              .text = "Components: api\nNotify: no\n\nWe know."};
    const struct grammar_request request = {.mail = &mail, .page = &hear_page, .extension = ""};
    const struct trial *trial =
        grammar_try_file(arena, SHIPPED "/operator.yaml", &request, problems_new(arena));

    assert_non_null(trial);
    assert_non_null(strstr(grammar_write_trial(arena, trial),
                           "command    open\n"
                           "           title        API errors\n"
                           "           status       investigating\n"
                           "           severity     major\n"
                           "           notify       no\n"
                           "           message      We know.\n"
                           "           component    comp_api\n"));
}

TEST(words_for_everybody_stand_alone)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    static const struct {
        const char *subject;
        const char *text;
        enum subscribing_kind want;
        const char *first;
    } cases[] = {
        {"subscribe", "", SUBSCRIBING_SUBSCRIBE, ""},
        {"Re: Unsubscribe!", "please", SUBSCRIBING_UNSUBSCRIBE, "please"},
        {"[EXTERNAL] HELP", "", SUBSCRIBING_HELP, ""},
        {"Re: [Resolved] API (#42)", "\n unsubscribe.\n", SUBSCRIBING_UNSUBSCRIBE, "unsubscribe"},
        {"x", "Unsubscribe everybody now", SUBSCRIBING_NOTHING, "unsubscribe"},
        {"x", "\"Publish\", please", SUBSCRIBING_NOTHING, "publish"},
        {"help needed", "yes", SUBSCRIBING_CONFIRM, "yes"},
        {"", "", SUBSCRIBING_NOTHING, ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct mail mail = {.subject = cases[i].subject, .text = cases[i].text};
        const struct subscribing_request request = {
            .mail = &mail, .page = &hear_page, .extension = ""};
        assert_int_equal(grammar_read_subscriber(grammars, arena, &request)->kind, cases[i].want);
        assert_string_equal(grammar_first_word(arena, &mail), cases[i].first);
    }
}

TEST(hostile_text_costs_little_and_is_text)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    static const char *const units[] = {" ",  "a",        "a ",  "#",    "*",    "_",
                                        ":",  "Status: ", "[",   "-",    "Re: ", "a\n",
                                        "\n", "+a ",      "Hi ", "a:\n", "Hi\n"};
    char *text = malloc((size_t)64 * 1024);
    const clock_t began = clock();

    assert_non_null(text);
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        const size_t most = (size_t)64 * 1024 - 1;
        for (size_t n = 0; n < most; n++)
            text[n] = units[i][n % strlen(units[i])];
        text[most] = '\0';
        const struct reading *reading = hear(grammars, arena, &hear_42, "Re: x", text);
        assert_true(reading->kind != READING_NOTHING);
        text[1000] = '\0';
        (void)hear(grammars, arena, NULL, text, "x");
    }
    free(text);
    assert_true(clock() - began < 4 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_gets_only_the_commands_that_it_may_give),
        cmocka_unit_test(a_sites_rules_for_operators_come_before_our_language),
        cmocka_unit_test(a_folder_with_a_broken_grammar_opens_nothing_and_says_why),
        cmocka_unit_test(a_sites_grammar_that_others_may_write_is_refused),
        cmocka_unit_test(the_words_that_are_dropped_are_a_setting),
        cmocka_unit_test(a_mail_of_an_operator_can_be_tried),
        cmocka_unit_test(words_for_everybody_stand_alone),
        cmocka_unit_test(hostile_text_costs_little_and_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
