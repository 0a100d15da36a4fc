/* Words that say down or up, in five languages, and everything that may not be guessed. */
#include "tests/unit/gateway/grammar/bench.h"
#include "tests/unit/gateway/grammar/hear.h"

struct generic_case {
    const char *name;
    const char *subject;
    const char *text;
    const char *want; /* "down", "down minor", "up", "acknowledged", "" */
};

static const struct monitor production = {.name = "Production API"};
static const struct monitor api = {.name = "API"};
static const struct monitor gateway = {.name = "API gateway"};
static const struct monitor *const monitors[] = {&production, &api, &gateway};

static const char *say(struct arena *arena, const struct reading *reading)
{
    const char *severity = NULL;

    if (reading->kind == READING_NOTHING)
        return "";
    assert_string_equal(reading->grammar, "generic");
    assert_int_equal(reading->alert_count, 1);
    for (size_t i = 0; i < reading->value_count; i++)
        if (strcmp(reading->values[i].name, "severity") == 0)
            severity = reading->values[i].value;
    return severity == NULL ? reading->rule : arena_format(arena, "%s %s", reading->rule, severity);
}

static struct grammars *open_with_monitors(struct arena *arena)
{
    const struct grammar_settings settings = {.shipped_directory = SHIPPED,
                                              .monitors = monitors,
                                              .monitor_count = G_N_ELEMENTS(monitors)};
    struct problems *problems = problems_new(arena);
    struct grammars *grammars = grammars_open(&settings, problems);

    if (grammars == NULL)
        fail_msg("%s", problems_write(problems, arena));
    return grammars;
}

static void judge_all(enum generic_scope scope, const struct generic_case *cases, size_t count)
{
    OWN(arena) arena = arena_open((size_t)64 << 20);
    OWN(grammars) grammars = open_with_monitors(arena);
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        const struct generic_case *one = &cases[i];
        const struct mail mail = {.subject = one->subject,
                                  .text = one->text != NULL ? one->text : "",
                                  .raw_text = "",
                                  .message_id = ""};
        const char *name = one->name != NULL ? one->name : "Production API";
        const char *is = say(arena, grammar_read_generic(grammars, arena, &mail, name, scope));
        if (strcmp(is, one->want) == 0)
            continue;
        wrong++;
        print_error("%s: \"%s\" / \"%s\"\n  want: %s\n  is:   %s\n", name, one->subject, mail.text,
                    one->want, is);
    }
    assert_int_equal(wrong, 0);
}

TEST(a_subject_that_is_the_name_and_state_words_is_understood)
{
    static const struct generic_case cases[] = {
        {NULL, "Production API is down", NULL, "down"},
        {NULL, "DOWN: Production API", NULL, "down"},
        {NULL, "[DOWN] Production API", NULL, "down"},
        {NULL, "[Production API] [\xF0\x9F\x94\xB4 Down]", NULL, "down"},
        {NULL, "[Production API] [\xE2\x9C\x85 Up]", NULL, "up"},
        {NULL, "\xF0\x9F\x94\xB4 PRODUCTION api: DOWN!!!", NULL, "down"},
        {NULL, "** PROBLEM alert: Production API is CRITICAL **", NULL, "down critical"},
        {NULL, "RECOVERY: Production API is OK", NULL, "up"},
        {NULL, "PROBLEM - Production API", NULL, "down"},
        {NULL, "[FIRING:1] Production API", NULL, "down"},
        {NULL, "[RESOLVED] Production API", NULL, "up"},
        {NULL, "WARNING: Production API degraded", NULL, "down minor"},
        {NULL, "ALARM: \"Production API\"", NULL, "down"},
        {NULL, "OK: \"Production API\"", NULL, "up"},
        {NULL, "Production API failed", NULL, "down"},
        {NULL, "Production API fixed", NULL, "up"},
        {NULL, "Triggered: Production API", NULL, "down"},
        {NULL, "Production   API\tis   back up", NULL, "up"},
        {NULL, "Production API has recovered.", NULL, "up"},
        {NULL, "The Production API service is offline", NULL, "down"},
        {NULL, "Production API is online again", NULL, "up"},
        {NULL, "Outage: Production API", NULL, "down"},
        {NULL, "Production API outage resolved", NULL, "up"},
        {NULL, "Production API is not responding", NULL, "down"},
        {NULL, "Production API not OK", NULL, "down"},
        {NULL, "Production API acknowledged", NULL, "acknowledged"},
        {NULL, "ACKNOWLEDGEMENT: Production API is DOWN", NULL, "acknowledged"},
        /* de, fr, es, ja */
        {NULL, "Production API ist ausgefallen", NULL, "down"},
        {NULL, "Production API ist nicht erreichbar", NULL, "down"},
        {NULL, "St\xC3\xB6rung: Production API", NULL, "down"},
        {NULL, "ST\xC3\x96RUNG: Production API", NULL, "down"},
        {NULL, "Sto\xCC\x88rung: Production API", NULL, "down"},
        {NULL, "Production API ist wieder erreichbar", NULL, "up"},
        {NULL, "Production API wieder da", NULL, "up"},
        {NULL,
         "Production API beeintr\xC3\xA4"
         "chtigt",
         NULL, "down minor"},
        {NULL, "Production API est en panne", NULL, "down"},
        {NULL, "Production API ne r\xC3\xA9pond plus", NULL, "down"},
        {NULL, "Production API est r\xC3\xA9tablie", NULL, "up"},
        {NULL, "L'API est de nouveau en ligne", NULL, ""},
        {"API", "L'API est de nouveau en ligne", NULL, "up"},
        {"API",
         "L\xE2\x80\x99"
         "API est hors service",
         NULL, "down"},
        {NULL,
         "Production API est\xC3\xA1 ca\xC3\xAD"
         "da",
         NULL, "down"},
        {NULL, "Production API no responde", NULL, "down"},
        {NULL, "Production API recuperada", NULL, "up"},
        {NULL,
         "Production API\xE3\x81\x8C\xE5\x81\x9C\xE6\xAD\xA2\xE3\x81\x97\xE3\x81\xBE\xE3\x81\x97"
         "\xE3\x81\x9F",
         NULL, "down"},
        {NULL, "\xE3\x80\x90\xE9\x9A\x9C\xE5\xAE\xB3\xE3\x80\x91Production API", NULL, "down"},
        {NULL, "\xE3\x80\x90\xE5\xBE\xA9\xE6\x97\xA7\xE3\x80\x91Production API", NULL, "up"},
        {"\xE6\x9C\xAC\xE7\x95\xAA"
         "API",
         "\xE6\x9C\xAC\xE7\x95\xAA\xEF\xBC\xA1\xEF\xBC\xB0\xEF\xBC\xA9\xE3\x81\x8C\xE5\xBE\xA9\xE6"
         "\x97"
         "\xA7\xE3\x81\x97\xE3\x81\xBE\xE3\x81\x97\xE3\x81\x9F",
         NULL, "up"},
    };

    judge_all(GENERIC_WHOLE, cases, G_N_ELEMENTS(cases));
}

TEST(of_two_states_the_newer_counts_and_otherwise_none)
{
    static const struct generic_case cases[] = {
        {NULL, "Production API: DOWN -> UP", NULL, "up"},
        {NULL, "Production API: UP -> DOWN", NULL, "down"},
        {NULL, "Production API: OK => CRITICAL", NULL, "down critical"},
        {NULL, "Production API: CRITICAL \xE2\x86\x92 WARNING", NULL, "down minor"},
        {NULL, "Production API: WARNING \xE2\x86\x92 CRITICAL", NULL, "down critical"},
        {NULL, "Production API was down, is up", NULL, "up"},
        {NULL, "Production API is up, was down", NULL, "up"},
        {NULL, "Production API is DOWN (was UP)", NULL, "down"},
        {NULL, "Production API changed from OK to PROBLEM", NULL, "down"},
        {NULL, "Production API was up, now down", NULL, "down"},
        {NULL, "Production API from UP to DOWN", NULL, "down"},
        {NULL, "UP > DOWN > UP Production API", NULL, "up"},
        {NULL, "RESOLVED: Production API is down", NULL, "up"},
        {NULL, "[Recovered] Production API is DOWN", NULL, "up"},
        {NULL, "Problem: Production API OK", NULL, "up"},
        {NULL, "Production API war ausgefallen, ist wieder erreichbar", NULL, "up"},
        {NULL, "Production API DOWN\xE3\x81\x8B\xE3\x82\x89UP", NULL, "up"},
        {NULL, "Production API UP/DOWN", NULL, ""},
        {NULL, "Production API down/up", NULL, ""},
        {NULL, "Production API down or up", NULL, ""},
        {NULL, "OK Production API DOWN", NULL, ""},
        {NULL, "Production API was down", NULL, ""},
        {NULL, "Is Production API down?", NULL, ""},
        {NULL, "Production API is not down", NULL, ""},
        {NULL, "Production API may be down", NULL, ""},
        {NULL, "TEST: Production API is DOWN", NULL, ""},
        {NULL, "Production API is UP or so", NULL, ""},
        {NULL, "Production API unknown", NULL, ""},
        {NULL, "Production API ist nicht ausgefallen", NULL, ""},
        {NULL,
         "Production "
         "API\xE3\x81\xAB\xE5\x95\x8F\xE9\xA1\x8C\xE3\x81\x82\xE3\x82\x8A\xE3\x81\xBE\xE3"
         "\x81\x9B\xE3\x82\x93",
         NULL, ""},
    };

    judge_all(GENERIC_WHOLE, cases, G_N_ELEMENTS(cases));
    judge_all(GENERIC_NAMED, cases, G_N_ELEMENTS(cases));
}

TEST(an_operators_subject_with_anything_more_is_not_an_alert)
{
    static const struct generic_case cases[] = {
        {NULL, "Production API", NULL, ""},
        {NULL, "Production API alert", NULL, ""},
        {NULL, "down", NULL, ""},
        {NULL, "", NULL, ""},
        {NULL, "Re: Production API is down", NULL, ""},
        {NULL, "Production API login is down", NULL, ""},
        {NULL, "[major] Production API is down", NULL, ""},
        {NULL, "Production API is down for maintenance", NULL, ""},
        {NULL, "Staging API is down", NULL, ""},
        {NULL, "Production API 2 is down", NULL, ""},
        {NULL, "Production APIs are down", NULL, ""},
        {NULL, "XProduction API is down", NULL, ""},
        {NULL, "Production API", "It is down", ""},
        {"API", "API gateway is down", NULL, ""},
        {"API", "Production API is down", NULL, ""},
        {"API", "API is down", NULL, "down"},
        {"API gateway", "API gateway is down", NULL, "down"},
        {"API", "The API service is up", NULL, "up"},
    };

    judge_all(GENERIC_WHOLE, cases, G_N_ELEMENTS(cases));
}

TEST(a_monitors_mail_names_it_anywhere)
{
    static const struct generic_case cases[] = {
        {NULL, "[mon.example.com] DOWN: Production API (HTTP 503)", NULL, "down"},
        {NULL, "Monitor is UP: Production API", NULL, "up"},
        {NULL, "PROBLEM 4711", "Host: web1\nCheck: Production API\n", "down"},
        {NULL, "Notification", "Production API\nState: DOWN since 10:00\n", "down"},
        {NULL, "Notification", "Hello,\n\nyour check \"Production API\" is back up.\n", "up"},
        {NULL, "Production API", "All is well\n\nstate: OK", "up"},
        {NULL, "Production API", "a\nb\nc\nd\ne\nDOWN", ""},
        {NULL, "Production API", "UP/DOWN\nDOWN", ""},
        {NULL, "Production API report", "DOWN", ""},
        {NULL, "Staging API is down", "Nothing about production", ""},
        {NULL, "Production APIs are down", "", ""},
        {"API", "API gateway is down", "", ""},
        {"API", "API gateway and API are down", "", "down"},
        {"API gateway", "API gateway is down", "", "down"},
        {"API", "API-gateway is down", "", ""},
        {"API", "api.example.com is down", "", ""},
        {"API", "DOWN-API", "", "down"},
        {"API", "API/DOWN", "", "down"},
        {"API", "RAPID is down", "", ""},
        {NULL, "[test.up.example.com] Production API: DOWN", "", "down"},
        {NULL, "Production API at https://x.example/status/up", "", ""},
        {NULL, "Production API: non-critical", "", ""},
        {"API", "API\xCC\x81 is down", "", ""},
        {"(a+)+$ [x] {{y}} \\E.*", "(A+)+$ [X] {{y}} \\e.* is down", "", "down"},
        {"(a+)+$ [x] {{y}} \\E.*", "aaaa is down", "", ""},
        {".*", "anything is down", "", ""},
        {"C++", "C++ is down", "", "down"},
        {"Up-Link Problem", "Up-Link Problem: OK", "", "up"},
        {"Gr\xC3\xB6\xC3\x9F"
         "e",
         "GR\xC3\x96SSE ist gest\xC3\xB6rt", "", "down"},
        {"\xD0\x93\xD0\x9B\xD0\x90\xD0\x92\xD0\x9D\xD0\x90\xD0\xAF",
         "\xD0\x93\xD0\xBB\xD0\xB0\xD0\xB2\xD0\xBD\xD0\xB0\xD1\x8F DOWN", "", "down"},
        {"", "is down", "", ""},
        {"   ", "is down", "", ""},
    };

    judge_all(GENERIC_NAMED, cases, G_N_ELEMENTS(cases));
}

TEST(what_is_read_has_key_title_and_detail)
{
    OWN(arena) arena = arena_open((size_t)64 << 20);
    OWN(grammars) grammars = open_with_monitors(arena);
    const struct mail mail = {.subject = "Production API: WARNING",
                              .text = "\nslow\nanswers\n",
                              .raw_text = "",
                              .message_id = ""};
    const struct reading *reading =
        grammar_read_generic(grammars, arena, &mail, "Production API", GENERIC_NAMED);
    const struct grammar_value *values = reading->alerts[0].values;

    assert_int_equal(reading->command->kind, COMMAND_ALERT);
    assert_int_equal(reading->command->severity, SEVERITY_MINOR);
    assert_string_equal(values[0].name, "key");
    assert_string_equal(values[0].value, "Production API");
    assert_string_equal(values[1].value, "Production API: WARNING");
    assert_string_equal(values[2].name, "message");
    assert_string_equal(values[2].value, "slow\nanswers");
    assert_string_equal(reading->alerts[0].groups[1].value, "warning");
}

TEST(long_subjects_are_never_guessed_and_cost_little)
{
    OWN(arena) arena = arena_open((size_t)64 << 20);
    OWN(grammars) grammars = open_with_monitors(arena);
    g_autoptr(GString) subject = g_string_new("Production API down");

    for (int i = 0; i < 10000; i++)
        g_string_append(subject, " down API up");
    const struct mail mail = {
        .subject = subject->str, .text = subject->str, .raw_text = "", .message_id = ""};
    assert_int_equal(
        grammar_read_generic(grammars, arena, &mail, "Production API", GENERIC_NAMED)->kind,
        READING_NOTHING);
}

TEST(a_site_has_words_of_its_own)
{
    struct bench bench = bench_open("words.yaml", "grammar: generic\nwords:\n  down: [kaputtski]\n"
                                                  "  up: [heile]\n");
    const struct grammar_settings settings = {.site_directory = bench.folder,
                                              .shipped_directory = SHIPPED};
    OWN(grammars) grammars = grammars_open(&settings, bench.problems);
    const struct mail own = {.subject = "API kaputtski", .text = "", .raw_text = ""};
    const struct mail ours = {.subject = "API down", .text = "", .raw_text = ""};

    assert_non_null(grammars);
    assert_string_equal(
        grammar_read_generic(grammars, bench.arena, &own, "API", GENERIC_WHOLE)->rule, "down");
    assert_int_equal(grammar_read_generic(grammars, bench.arena, &ours, "API", GENERIC_WHOLE)->kind,
                     READING_NOTHING);
    bench_close(&bench);
}

TEST(mistakes_in_words_have_their_place)
{
    static const struct {
        const char *content;
        const char *want;
    } cases[] = {
        {"grammar: generic\nwords: 5\n", ":2:8: words: must be a mapping"},
        {"grammar: generic\nwords:\n  dawn: [a]\n", ":3:3: words: `dawn` is no list of words"},
        {"grammar: generic\nwords:\n  down: [a]\n  up: [A]\n", "\"A\" is one of `down` already"},
        {"grammar: generic\nwords:\n  down: ['--']\n",
         ":3:10: words.down[0]: \"--\" has no letter"},
        {"grammar: x\nwords:\n  down: [a]\n", "`words` is no part of a grammar"},
        {"grammar: generic\n", ":1:1: has no rules"},
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

TEST(the_shipped_words_have_no_error_and_no_warning)
{
    OWN(arena) arena = arena_open((size_t)16 << 20);
    struct problems *problems = problems_new(arena);

    (void)grammar_check_file(SHIPPED "/generic.yaml", problems);
    assert_string_equal(problems_write(problems, arena), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_subject_that_is_the_name_and_state_words_is_understood),
        cmocka_unit_test(of_two_states_the_newer_counts_and_otherwise_none),
        cmocka_unit_test(an_operators_subject_with_anything_more_is_not_an_alert),
        cmocka_unit_test(a_monitors_mail_names_it_anywhere),
        cmocka_unit_test(what_is_read_has_key_title_and_detail),
        cmocka_unit_test(long_subjects_are_never_guessed_and_cost_little),
        cmocka_unit_test(a_site_has_words_of_its_own),
        cmocka_unit_test(mistakes_in_words_have_their_place),
        cmocka_unit_test(the_shipped_words_have_no_error_and_no_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
