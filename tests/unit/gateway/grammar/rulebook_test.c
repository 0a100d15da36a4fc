#include "tests/unit/gateway/grammar/bench.h"
#include "tests/unit/gateway/grammar/hear.h"

/* The example of DESIGN section 7. */
static const char nagios[] =
    "grammar: nagios\n"
    "about: Nagios Core, notify-service-by-email and notify-host-by-email as shipped\n"
    "rules:\n"
    "  - name: service problem\n"
    "    subject: '^\\*\\* PROBLEM Service Alert: (?<host>[^/]+)/(?<service>.+) is (?<state>\\w+) "
    "\\*\\*$'\n"
    "    body: ['^Additional Info:\\s*\\n\\s*(?<detail>.+)$']\n"
    "    command: alert\n"
    "    key: '{{host}}/{{service}}'\n"
    "    title: '{{service}} on {{host}} is {{state}}'\n"
    "    severity: { of: state, CRITICAL: major, WARNING: minor }\n"
    "  - name: service recovery\n"
    "    subject: '^\\*\\* RECOVERY Service Alert: (?<host>[^/]+)/(?<service>.+) is OK \\*\\*$'\n"
    "    command: clear\n"
    "    key: '{{host}}/{{service}}'\n";

static const struct trial *try(struct bench *bench, const char *subject, const char *text)
{
    const struct mail mail = {.subject = subject, .text = text, .raw_text = text};
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR, .mail = &mail, .extension = ""};
    const struct trial *trial =
        grammar_try_file(bench->arena, bench->file, &request, bench->problems);

    if (trial == NULL)
        fail_msg("%s", problems_write(bench->problems, bench->arena));
    return trial;
}

static const char *value(const struct trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->reading->value_count; i++)
        if (strcmp(trial->reading->values[i].name, name) == 0)
            return trial->reading->values[i].value;
    return "none";
}

TEST(a_trial_shows_which_rule_matched_what_its_groups_held_and_the_command)
{
    struct bench bench = bench_open("nagios.yaml", nagios);
    const struct trial *trial = try(&bench, "** PROBLEM Service Alert: web1/HTTP is CRITICAL **",
                                    "Service: HTTP\n\nAdditional Info:\n\nConnection refused\n");

    assert_string_equal(trial->grammar, "nagios");
    assert_int_equal(trial->rule_count, 2);
    assert_int_equal(trial->rules[0].outcome, TRIAL_MATCHED);
    assert_int_equal(trial->rules[0].line, 4);
    assert_int_equal(trial->rules[0].group_count, 4);
    assert_int_equal(trial->rules[1].outcome, TRIAL_UNREACHED);
    assert_int_equal(trial->reading->kind, READING_COMMAND);
    assert_int_equal(trial->reading->command->kind, COMMAND_ALERT);
    assert_int_equal(trial->reading->command->severity, SEVERITY_MAJOR);
    assert_string_equal(value(trial, "key"), "web1/HTTP");
    assert_string_equal(value(trial, "title"), "HTTP on web1 is CRITICAL");
    assert_string_equal(grammar_write_trial(bench.arena, trial),
                        "grammar    nagios: Nagios Core, notify-service-by-email and "
                        "notify-host-by-email as shipped\n"
                        "matched    service problem (line 4)\n"
                        "           host         web1\n"
                        "           service      HTTP\n"
                        "           state        CRITICAL\n"
                        "           detail       Connection refused\n"
                        "unreached  service recovery (line 11)\n"
                        "command    alert\n"
                        "           key          web1/HTTP\n"
                        "           title        HTTP on web1 is CRITICAL\n"
                        "           severity     major\n");
    trial = try(&bench, "** RECOVERY Service Alert: web1/HTTP is OK **", "");
    assert_int_equal(trial->rules[0].outcome, TRIAL_UNMATCHED);
    assert_non_null(strstr(trial->rules[0].why, "does not match \"** RECOVERY"));
    assert_int_equal(trial->reading->command->kind, COMMAND_CLEAR);
    assert_string_equal(value(trial, "key"), "web1/HTTP");
    trial = try(&bench, "Hello", "");
    assert_int_equal(trial->reading->kind, READING_NOTHING);
    bench_close(&bench);
}

TEST(a_map_chooses_by_what_a_group_holds)
{
    struct bench bench =
        bench_open("m.yaml", "grammar: m\n"
                             "rules:\n"
                             "  - name: r\n"
                             "    subject: '^(?<state>\\w+) (?<what>.*)$'\n"
                             "    command: alert\n"
                             "    key: '{{what}}'\n"
                             "    severity: { of: state, DOWN: critical, else: minor }\n"
                             "    title: { of: state, DOWN: '{{what}} is down' }\n");

    assert_string_equal(value(try(&bench, "down db", ""), "severity"), "critical");
    assert_string_equal(value(try(&bench, "DOWN db", ""), "title"), "db is down");
    assert_string_equal(value(try(&bench, "odd db", ""), "severity"), "minor");
    assert_string_equal(value(try(&bench, "odd db", ""), "title"), "none");
    bench_close(&bench);
}

TEST(what_a_group_held_is_never_a_template_or_a_pattern)
{
    struct bench bench = bench_open("m.yaml", "grammar: m\n"
                                              "rules:\n"
                                              "  - name: r\n"
                                              "    subject: '^(?<a>\\S+) (?<b>.*)$'\n"
                                              "    command: alert\n"
                                              "    key: '{{a}}-{{ b }}-{{a}}'\n");

    assert_string_equal(value(try(&bench, "{{b}} {{a}}", ""), "key"), "{{b}}-{{a}}-{{b}}");
    assert_string_equal(value(try(&bench, "\\1 (?R)", ""), "key"), "\\1-(?R)-\\1");
    bench_close(&bench);
}

TEST(rules_look_at_every_field_of_a_mail)
{
    struct bench bench = bench_open(
        "m.yaml",
        "grammar: m\nrules:\n"
        "  - name: calendar\n    calendar: '.'\n    command: ignore\n"
        "  - name: all\n    from: '^mon@example\\.com$'\n    to: '^two@example\\.com$'\n"
        "    header X-State: '^(?<state>\\w+)$'\n    raw_body: '^> old$'\n    extension: '^abc$'\n"
        "    command: alert\n    key: '{{state}}'\n");
    static const char raw[] = "x";
    const struct mail_address from = {"mon", "example.com", "mon@example.com", ""};
    const struct mail_address to[] = {{"one", "example.com", "one@example.com", ""},
                                      {"two", "example.com", "two@example.com", ""}};
    const struct mail_field fields[] = {{TEXT_INIT("X-State"), TEXT_INIT("a b")},
                                        {TEXT_INIT("x-state"), TEXT_INIT("DOWN")}};
    const struct mail mail = {.raw = TEXT_INIT(raw),
                              .fields = fields,
                              .field_count = 2,
                              .from = &from,
                              .to = to,
                              .to_count = 2,
                              .subject = "",
                              .text = "new",
                              .raw_text = "new\n> old"};
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR, .mail = &mail, .extension = "abc"};
    const struct trial *trial = grammar_try_file(bench.arena, bench.file, &request, bench.problems);

    assert_non_null(trial);
    assert_int_equal(trial->rules[0].outcome, TRIAL_UNMATCHED);
    assert_int_equal(trial->rules[1].outcome, TRIAL_MATCHED);
    assert_string_equal(value(trial, "key"), "DOWN");
    bench_close(&bench);
}

TEST(every_error_is_reported_with_its_place)
{
    static const struct {
        const char *content;
        const char *want; /* a line of what is reported, without the file */
    } cases[] = {
        {"", ":1:1: needs `grammar:` with the grammar's name"},
        {"grammar: x\n", ":1:1: has no rules"},
        {"grammar: X y\nrules: []\n", ":1:10: grammar: \"X y\" is no name of a grammar"},
        {"grammar: x\nrule: []\n", ":2:1: `rule` is no part of a grammar"},
        {"grammar: x\nrules:\n  - subject: a\n    command: alert\n", "a rule needs a `name:`"},
        {"grammar: x\nrules:\n  - name: r\n    command: alert\n",
         ":3:5: rules[0]: a rule needs a pattern"},
        {"grammar: x\nrules:\n  - name: r\n    subject: a\n", "a rule needs `command:`"},
        {"grammar: x\nrules:\n  - name: r\n    subject: a\n    command: alarm\n",
         ":5:14: rules[0].command: \"alarm\" is no command"},
        {"grammar: x\nrules:\n  - name: r\n    subject: 'ab('\n    command: alert\n",
         ":4:18: rules[0].subject: is no pattern: missing closing parenthesis"},
        {"grammar: x\nrules:\n  - name: r\n    subject: \xC3\xA4"
         "b(\n    command: alert\n",
         ":4:17: rules[0].subject: is no pattern"},
        {"grammar: x\nrules:\n  - name: r\n    subject: 'a\\C'\n    command: alert\n",
         "is no pattern: using \\C is disabled"},
        {"grammar: x\nrules:\n  - name: r\n    subject: 'a(?C)'\n    command: alert\n",
         "has a callout (?C), which is not allowed"},
        {"grammar: x\nrules:\n  - name: r\n    subject: a\n    command: alert\n    keys: b\n",
         ":6:5: rules[0]: `keys` is neither a field"},
        {"grammar: x\nrules:\n  - name: r\n    subject: a\n    command: help\n    key: b\n",
         "nor of the command `help`, which has none"},
        {"grammar: x\nrules:\n  - name: r\n    subject: a\n    command: alert\n    key: "
         "'{{host}}'\n",
         ":6:10: rules[0].key: no pattern of this rule has a group named `host`"},
        {"grammar: x\nrules:\n  - name: r\n    subject: a\n    command: alert\n    key: '{{host'\n",
         "`{{` without `}}`"},
        {"grammar: x\nrules:\n  - name: r\n    subject: a\n    command: alert\n    severity: "
         "huge\n",
         ":6:15: rules[0].severity: \"huge\" is not minor, major or critical"},
        {"grammar: x\nrules:\n  - name: r\n    subject: (?<s>a)\n    command: alert\n"
         "    severity: { of: t, A: major }\n",
         ":6:21: rules[0].severity.of: needs `of:` with the name of a group"},
        {"grammar: x\nrules:\n  - name: r\n    subject: (?<s>a)\n    command: alert\n"
         "    severity: { of: s, A: big }\n",
         ":6:27: rules[0].severity.A: \"big\" is not minor, major or critical"},
        {"grammar: x\nlanguage: {}\n", ":2:11: language: needs `statuses:` with `investigating:`"},
        {"grammar: x\nrules: 5\n", ":2:8: rules: must be a list"},
        {"- a\n", ":1:1: a grammar is a mapping"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct bench bench = bench_open("x.yaml", cases[i].content);
        assert_false(grammar_check_file(bench.file, bench.problems));
        const char *report = problems_write(bench.problems, bench.arena);
        if (strstr(report, cases[i].want) == NULL)
            fail_msg("want: %s\nis:   %s", cases[i].want, report);
        bench_close(&bench);
    }
}

TEST(all_errors_of_a_file_are_reported_at_once)
{
    struct bench bench = bench_open("x.yaml", "grammar: x\nrules:\n"
                                              "  - name: r\n    subject: '('\n    command: alarm\n"
                                              "  - name: s\n    body: '['\n    command: alert\n");

    assert_false(grammar_check_file(bench.file, bench.problems));
    assert_int_equal(problems_count_errors(bench.problems), 3);
    bench_close(&bench);
}

static const char slow[] = "grammar: slow\n"
                           "rules:\n"
                           "  - name: too dear\n"
                           "    body: '^(a+)+$'\n"
                           "    command: alert\n"
                           "    key: x\n"
                           "  - name: cheap\n"
                           "    subject: '^a'\n"
                           "    command: alert\n"
                           "    key: y\n";

TEST(a_rule_that_breaks_a_limit_is_named_and_the_next_is_asked)
{
    struct bench bench = bench_open("slow.yaml", slow);
    const struct trial *trial =
        try(&bench, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");

    assert_int_equal(trial->rules[0].outcome, TRIAL_FAILED);
    assert_non_null(strstr(trial->rules[0].why, "match limit exceeded"));
    assert_int_equal(trial->rules[1].outcome, TRIAL_MATCHED);
    assert_int_equal(trial->reading->failure_count, 1);
    assert_string_equal(trial->reading->failures[0].rule, "too dear");
    assert_string_equal(trial->reading->failures[0].grammar, "slow");
    bench_close(&bench);
}

TEST(groups_that_hold_too_much_fail_the_rule)
{
    struct bench bench =
        bench_open("m.yaml", "grammar: m\nrules:\n  - name: r\n"
                             "    body: '(?s)(?<a>(?<b>(?<c>(?<d>(?<e>(?<f>.*))))))'\n"
                             "    command: alert\n    key: '{{a}}'\n");
    char *text = g_strnfill(60000, 'x');
    const struct trial *trial = try(&bench, "x", text);

    assert_int_equal(trial->rules[0].outcome, TRIAL_FAILED);
    assert_non_null(strstr(trial->rules[0].why, "too much text"));
    g_free(text);
    bench_close(&bench);
}

TEST(check_warns_of_rules_that_hostile_text_could_make_fail)
{
    struct bench bench = bench_open("slow.yaml", slow);

    assert_true(grammar_check_file(bench.file, bench.problems));
    assert_int_equal(problems_count_warnings(bench.problems), 1);
    assert_non_null(strstr(problems_write(bench.problems, bench.arena), "too dear"));
    bench_close(&bench);
}

TEST(check_warns_by_name_of_each_and_of_commands_that_are_no_monitors)
{
    struct bench bench = bench_open("each.yaml", "grammar: x\nrules:\n"
                                                 "  - name: dear each\n"
                                                 "    each: { body: '^(a+)+$', under: '^(b+)+!$',"
                                                 " within: ['^(?:a|a)+$'] }\n"
                                                 "    command: alert\n"
                                                 "  - name: opens\n    subject: a\n"
                                                 "    command: open\n");

    assert_true(grammar_check_file(bench.file, bench.problems));
    const char *report = problems_write(bench.problems, bench.arena);
    assert_non_null(strstr(report, "rule \"dear each\": body '^(a+)+$' needs too many steps"));
    assert_non_null(strstr(report, "body '^(?:a|a)+$'"));
    assert_non_null(strstr(report, "rule \"opens\": the command `open` is no monitor's"));
    bench_close(&bench);
}

TEST(fifty_bad_rules_are_named_and_the_good_one_is_still_asked)
{
    g_autoptr(GString) rules = g_string_new("grammar: bad\nrules:\n");
    g_autofree char *hostile = g_strnfill(65536, 'a');

    hostile[65535] = '!';
    for (int i = 0; i < 50; i++)
        g_string_append_printf(
            rules, "  - { name: bad %d, body: '^(a+)+$', command: alert, key: x }\n", i);
    g_string_append(rules, "  - { name: good, subject: '^ALERT', command: alert, key: y }\n");
    struct bench bench = bench_open("bad.yaml", rules->str);
    const struct trial *trial = try(&bench, "ALERT", hostile);
    assert_string_equal(value(trial, "key"), "y");
    assert_string_equal(trial->reading->rule, "good");
    assert_int_equal(trial->reading->failure_count, 16); /* the most that are named */
    assert_string_equal(trial->reading->failures[0].rule, "bad 0");
    assert_int_equal(trial->rules[49].outcome, TRIAL_FAILED);
    bench_close(&bench);
}

TEST(the_shipped_grammar_has_no_error_and_no_warning)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024 * 1024);
    struct problems *problems = problems_new(arena);

    assert_true(grammar_check_file(SHIPPED "/operator.yaml", problems));
    assert_string_equal(problems_write(problems, arena), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_shows_which_rule_matched_what_its_groups_held_and_the_command),
        cmocka_unit_test(a_map_chooses_by_what_a_group_holds),
        cmocka_unit_test(what_a_group_held_is_never_a_template_or_a_pattern),
        cmocka_unit_test(rules_look_at_every_field_of_a_mail),
        cmocka_unit_test(every_error_is_reported_with_its_place),
        cmocka_unit_test(all_errors_of_a_file_are_reported_at_once),
        cmocka_unit_test(a_rule_that_breaks_a_limit_is_named_and_the_next_is_asked),
        cmocka_unit_test(groups_that_hold_too_much_fail_the_rule),
        cmocka_unit_test(check_warns_of_rules_that_hostile_text_could_make_fail),
        cmocka_unit_test(check_warns_by_name_of_each_and_of_commands_that_are_no_monitors),
        cmocka_unit_test(fifty_bad_rules_are_named_and_the_good_one_is_still_asked),
        cmocka_unit_test(the_shipped_grammar_has_no_error_and_no_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
