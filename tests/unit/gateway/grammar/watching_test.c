/* Grammars of monitors: one mail that tells of several alerts, and a mail that is asked by all of them. */
#include "tests/unit/gateway/grammar/bench.h"
#include "tests/unit/gateway/grammar/hear.h"

static const char grouped[] =
    "grammar: grouped\n"
    "rules:\n"
    "  - name: several\n"
    "    subject: '^\\[(?<source>\\w+)\\] alerts$'\n"
    "    each:\n"
    "      raw_body: '^Labels\\n(?:\\w+ = .+\\n?)+'\n"
    "      under: '^== (?<state>\\w+) ==$'\n"
    "      within: ['^alert = (?<alert>.+)$', '^severity = (?<severity>\\w+)$|\\z']\n"
    "    command: { of: state, Firing: alert, Resolved: clear, Silenced: ignore }\n"
    "    key: '{{source}}/{{alert}}'\n"
    "    severity: { of: severity, warning: minor, critical: critical }\n"
    "    message: '{{state}}'\n";

static struct grammars *open_site(struct bench *bench, const struct monitor *const *monitors,
                                  size_t count)
{
    const struct grammar_settings settings = {.site_directory = bench->folder,
                                              .shipped_directory = SHIPPED,
                                              .monitors_directory =
                                                  TOCSIN_SOURCE_DIR "/contrib/monitors",
                                              .monitors = monitors,
                                              .monitor_count = count};
    struct grammars *grammars = grammars_open(&settings, bench->problems);

    if (grammars == NULL)
        fail_msg("%s", problems_write(bench->problems, bench->arena));
    return grammars;
}

static const struct reading *read_monitors(struct grammars *grammars, struct bench *bench,
                                           const char *subject, const char *text)
{
    const struct mail mail = {.subject = subject, .text = text, .raw_text = text, .message_id = ""};
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR, .mail = &mail, .page = &hear_page, .extension = ""};

    return grammar_read_monitors(grammars, bench->arena, &request);
}

/* "alert key=a severity=minor; clear key=b" */
static const char *describe(struct arena *arena, const struct reading *reading)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (reading->kind == READING_COMMAND && reading->alert_count == 0)
        g_string_append(out, command_kind_name(reading->command->kind));
    for (size_t i = 0; i < reading->alert_count; i++) {
        const struct grammar_alert *alert = &reading->alerts[i];
        g_string_append_printf(out, "%s%s", i > 0 ? "; " : "", command_kind_name(alert->kind));
        for (size_t n = 0; n < alert->value_count; n++)
            g_string_append_printf(out, " %s=%s", alert->values[n].name, alert->values[n].value);
    }
    return arena_string(arena, out->str);
}

TEST(each_match_is_an_alert_with_the_groups_of_the_heading_above_it)
{
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        {"== Firing ==\nLabels\nalert = a\nseverity = warning\n\nLabels\nalert = b\n\n"
         "== Resolved ==\nLabels\nalert = c\n",
         "alert key=mon/a severity=minor message=Firing; alert key=mon/b message=Firing; "
         "clear key=mon/c message=Resolved"},
        {"== Resolved ==\nLabels\nalert = a\n== Firing ==\nLabels\nseverity = critical\n"
         "alert = \xC3\xA4\n",
         "clear key=mon/a message=Resolved; "
         "alert key=mon/\xC3\xA4 severity=critical message=Firing"},
        /* no heading, a state that is none, `within` without a match: no alert */
        {"Labels\nalert = a\n== Odd ==\nLabels\nalert = b\n== Firing ==\nLabels\nx = y\n\n"
         "Labels\nalert = c\n",
         "alert key=mon/c message=Firing"},
        {"== Silenced ==\nLabels\nalert = a\n", "ignore"},
        {"== Odd ==\nLabels\nalert = a\n", ""},
        {"nothing", ""},
        {"", ""},
    };
    struct bench bench = bench_open("grouped.yaml", grouped);
    OWN(grammars) grammars = open_site(&bench, NULL, 0);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct reading *reading =
            read_monitors(grammars, &bench, "[mon] alerts", cases[i].text);
        assert_string_equal(describe(bench.arena, reading), cases[i].want);
        assert_int_equal(reading->failure_count, 0);
    }
    bench_close(&bench);
}

TEST(a_trial_shows_every_alert)
{
    static const char text[] =
        "== Firing ==\nLabels\nalert = a\n\n== Resolved ==\nLabels\nalert = b\n";
    struct bench bench = bench_open("grouped.yaml", grouped);
    const struct mail mail = {.subject = "[mon] alerts", .text = text, .raw_text = text};
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR, .mail = &mail, .extension = ""};
    const struct trial *trial = grammar_try_file(bench.arena, bench.file, &request, bench.problems);

    assert_non_null(trial);
    assert_non_null(strstr(grammar_write_trial(bench.arena, trial),
                           "command    alert\n"
                           "           key          mon/a\n"
                           "           message      Firing\n"
                           "command    clear\n"
                           "           key          mon/b\n"
                           "           message      Resolved\n"));
    bench_close(&bench);
}

TEST(a_mail_has_two_hundred_alerts_at_most_and_says_that_it_had_more)
{
    struct bench bench = bench_open("grouped.yaml", grouped);
    OWN(grammars) grammars = open_site(&bench, NULL, 0);
    g_autoptr(GString) text = g_string_new("== Firing ==\n");

    for (int i = 0; i < 201; i++)
        g_string_append_printf(text, "Labels\nalert = a%d\n\n", i);
    const struct reading *reading = read_monitors(grammars, &bench, "[mon] alerts", text->str);
    assert_int_equal(reading->alert_count, 200);
    assert_int_equal(reading->failure_count, 1);
    assert_non_null(strstr(reading->failures[0].reason, "it has more"));
    assert_string_equal(reading->failures[0].rule, "several");
    bench_close(&bench);
}

TEST(a_value_that_a_field_cannot_have_costs_its_own_alert_alone)
{
    struct bench bench = bench_open("s.yaml", "grammar: s\nrules:\n  - name: r\n"
                                              "    each: { body: '^(?<key>\\w+) (?<how>\\w+)$' }\n"
                                              "    command: alert\n    key: '{{key}}'\n"
                                              "    severity: '{{how}}'\n");
    OWN(grammars) grammars = open_site(&bench, NULL, 0);
    const struct reading *reading =
        read_monitors(grammars, &bench, "x", "a minor\nb huge\nc major");

    assert_string_equal(describe(bench.arena, reading),
                        "alert key=a severity=minor; alert key=c severity=major");
    assert_int_equal(reading->failure_count, 1);
    assert_non_null(strstr(reading->failures[0].reason, "\"huge\" is not minor"));
    bench_close(&bench);
}

TEST(a_command_is_chosen_by_what_a_group_holds)
{
    struct bench bench = bench_open(
        "c.yaml", "grammar: c\nrules:\n  - name: r\n"
                  "    subject: '^(?<state>\\S+) (?<key>.+)$'\n"
                  "    command: { of: state, DOWN: alert, UP: clear, ACK: acknowledge }\n"
                  "    key: '{{key}}'\n    severity: minor\n    who: ada\n");
    OWN(grammars) grammars = open_site(&bench, NULL, 0);

    /* Each has the fields that its command has. */
    assert_string_equal(describe(bench.arena, read_monitors(grammars, &bench, "down db", "")),
                        "alert key=db severity=minor");
    assert_string_equal(describe(bench.arena, read_monitors(grammars, &bench, "UP db", "")),
                        "clear key=db");
    assert_string_equal(describe(bench.arena, read_monitors(grammars, &bench, "Ack db", "")),
                        "acknowledge key=db who=ada");
    assert_int_equal(read_monitors(grammars, &bench, "ODD db", "")->kind, READING_NOTHING);
    bench_close(&bench);
}

TEST(mistakes_in_each_and_in_a_choice_of_commands_have_their_place)
{
    static const struct {
        const char *rule;
        const char *want;
    } cases[] = {
        {"    each: x\n    command: alert\n", ":4:11: rules[0].each: must be a mapping"},
        {"    each: {}\n    command: alert\n", ":4:11: rules[0].each: needs a field of the mail"},
        {"    each: { body: 'a(' }\n    command: alert\n",
         ":4:22: rules[0].each.body: is no pattern"},
        {"    each: { body: a, subject: b }\n    command: alert\n", "looks at one field alone"},
        {"    each: { bodies: a }\n    command: alert\n", "`bodies` is no part of `each:`"},
        {"    each: { body: a, under: '(' }\n    command: alert\n",
         "rules[0].each.under: is no pattern"},
        {"    each: { body: a, within: ['('] }\n    command: alert\n",
         "rules[0].each.within[0]: is no pattern"},
        {"    each: { body: a }\n    command: open\n",
         ":5:14: rules[0].command: a rule with `each:`"},
        {"    body: a\n    command: { of: b, A: alert }\n",
         ":5:20: rules[0].command.of: needs `of:` with the name of a group"},
        {"    body: (?<b>a)\n    command: { of: b }\n", "has no command to choose"},
        {"    body: (?<b>a)\n    command: { of: b, A: alarm }\n",
         ":5:26: rules[0].command.A: \"alarm\" is no command"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *content =
            g_strdup_printf("grammar: x\nrules:\n  - name: r\n%s", cases[i].rule);
        struct bench bench = bench_open("x.yaml", content);
        assert_false(grammar_check_file(bench.file, bench.problems));
        const char *report = problems_write(bench.problems, bench.arena);
        if (strstr(report, cases[i].want) == NULL)
            fail_msg("want: %s\nis:   %s", cases[i].want, report);
        bench_close(&bench);
    }
}

TEST(a_site_takes_the_place_of_ours_by_the_name_of_the_grammar)
{
    static const char subject[] = "** PROBLEM Host Alert: web1 is DOWN **";
    static const char text[] = "***** Nagios *****\nHost: web1\nState: DOWN\n";
    struct bench other = bench_open("grouped.yaml", grouped);
    struct bench bench =
        bench_open("our-own.yaml", "grammar: nagios\nrules:\n  - name: own\n"
                                   "    subject: 'Host Alert'\n    command: alert\n    key: own\n");
    OWN(grammars) ours = open_site(&other, NULL, 0);
    OWN(grammars) replaced = open_site(&bench, NULL, 0);
    const struct reading *reading = read_monitors(ours, &bench, subject, text);

    assert_string_equal(reading->grammar, "nagios");
    assert_string_equal(reading->rule, "host problem");
    assert_string_equal(reading->alerts[0].values[0].value, "web1");
    reading = read_monitors(replaced, &bench, subject, text);
    assert_string_equal(reading->rule, "own");
    /* Not even where the site's has no rule for it. */
    assert_int_equal(read_monitors(replaced, &bench, "** PROBLEM Service Alert: w/s is CRITICAL **",
                                   "***** Nagios *****\nHost: w\nService: s\nState: CRITICAL\n")
                         ->kind,
                     READING_NOTHING);
    assert_true(grammars_have(replaced, "nagios"));
    assert_true(grammars_have(ours, "grouped"));
    assert_false(grammars_have(ours, "no-such"));
    bench_close(&bench);
    bench_close(&other);
}

TEST(a_grammar_of_monitors_gives_the_commands_of_monitors_alone)
{
    struct bench bench = bench_open("x.yaml", "grammar: x\nrules:\n"
                                              "  - name: opens\n    subject: '^a'\n"
                                              "    command: open\n    title: t\n"
                                              "  - name: alerts\n    subject: '^a'\n"
                                              "    command: alert\n    key: k\n");
    OWN(grammars) grammars = open_site(&bench, NULL, 0);
    const struct reading *reading = read_monitors(grammars, &bench, "a", "");

    assert_string_equal(reading->rule, "alerts");
    assert_string_equal(reading->failures[0].rule, "opens");
    assert_non_null(strstr(reading->failures[0].reason, "may not give the command `open`"));
    bench_close(&bench);
}

TEST(a_monitor_fits_where_all_of_its_match_fit)
{
    static const struct monitor_match both[] = {{"host", "^api"}, {"service", "(?i)^http$"}};
    static const struct monitor api = {.name = "API", .matches = both, .match_count = 2};
    static const struct monitor any = {.name = "Any"};
    static const struct monitor *const monitors[] = {&api, &any};
    static const struct grammar_value groups[] = {{"host", "api1"}, {"service", "HTTP"}};
    struct bench bench = bench_open("grouped.yaml", grouped);
    OWN(grammars) grammars = open_site(&bench, monitors, 2);

    assert_true(grammar_monitor_fits(grammars, &api,
                                     &(struct grammar_alert){.groups = groups, .group_count = 2}));
    assert_false(grammar_monitor_fits(grammars, &api,
                                      &(struct grammar_alert){.groups = groups, .group_count = 1}));
    assert_false(grammar_monitor_fits(grammars, &api, &(struct grammar_alert){0}));
    assert_true(grammar_monitor_fits(grammars, &any, &(struct grammar_alert){0}));
    bench_close(&bench);
}

TEST(a_match_that_is_no_pattern_is_named_by_its_monitor)
{
    static const struct monitor_match wrong = {"host", "("};
    static const struct monitor monitor = {.name = "API", .matches = &wrong, .match_count = 1};
    static const struct monitor *const monitors[] = {&monitor};
    const struct grammar_settings settings = {
        .shipped_directory = SHIPPED, .monitors = monitors, .monitor_count = 1};
    OWN(arena) arena = arena_open((size_t)1 << 20);
    struct problems *problems = problems_new(arena);

    assert_null(grammars_open(&settings, problems));
    assert_non_null(strstr(problems_write(problems, arena), "monitor \"API\""));
    assert_non_null(strstr(problems_write(problems, arena), "match.host: '(' is no pattern"));
}

TEST(a_policys_template_is_filled_once)
{
    static const struct grammar_value values[] = {{"service", "{{host}}"}, {"host", "web1"}};
    OWN(arena) arena = arena_open((size_t)1 << 20);

    assert_string_equal(grammar_fill_policy(arena, "{{service}} on {{ host }}{{none}}!", values, 2),
                        "{{host}} on web1!");
    assert_string_equal(grammar_fill_policy(arena, "{{broken", values, 2), "{{broken");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_match_is_an_alert_with_the_groups_of_the_heading_above_it),
        cmocka_unit_test(a_trial_shows_every_alert),
        cmocka_unit_test(a_mail_has_two_hundred_alerts_at_most_and_says_that_it_had_more),
        cmocka_unit_test(a_value_that_a_field_cannot_have_costs_its_own_alert_alone),
        cmocka_unit_test(a_command_is_chosen_by_what_a_group_holds),
        cmocka_unit_test(mistakes_in_each_and_in_a_choice_of_commands_have_their_place),
        cmocka_unit_test(a_site_takes_the_place_of_ours_by_the_name_of_the_grammar),
        cmocka_unit_test(a_grammar_of_monitors_gives_the_commands_of_monitors_alone),
        cmocka_unit_test(a_monitor_fits_where_all_of_its_match_fit),
        cmocka_unit_test(a_match_that_is_no_pattern_is_named_by_its_monitor),
        cmocka_unit_test(a_policys_template_is_filled_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
