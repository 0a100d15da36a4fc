#include "tests/unit/gateway/grammar/bench.h"
#include "tests/unit/gateway/grammar/bouncing.h"

#define MAIL_MOST 64
#define SEEDS     TOCSIN_SOURCE_DIR "/tests/fuzz/seeds/report"

static bool has_line(const char *const *lines, size_t count, const char *line)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i], line) == 0)
            return true;
    return false;
}

static const char *said_of(struct arena *arena, const struct bounce_finding *finding)
{
    return arena_format(arena, "X-Expect: %s %s %s",
                        finding->verdict == BOUNCE_PERMANENT ? "permanent" : "temporary",
                        finding->address, finding->status);
}

/* The mail's X-Expect fields say "permanent bob@example.net 5.1.1": these and no others. */
static bool is_as_expected(struct arena *arena, char *const *lines,
                           const struct bounce_reading *reading)
{
    const char *said[MAIL_MOST];
    size_t expected = 0;
    bool is_right = reading->count <= MAIL_MOST;

    for (size_t i = 0; is_right && i < reading->count; i++)
        said[i] = said_of(arena, &reading->findings[i]);
    for (; is_right && g_str_has_prefix(lines[expected], "X-Expect: "); expected++)
        is_right = has_line(said, reading->count, lines[expected]);
    return is_right && reading->count == expected;
}

static bool check_mail(struct grammars *grammars, const char *file)
{
    OWN(arena) arena = arena_open(BOUNCES_BYTES);
    g_autofree char *path = g_build_filename(SEEDS, file, NULL);
    g_autofree char *bytes = NULL;
    gsize size = 0;

    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    const struct bounce_reading *reading = bounces_read(grammars, arena, text_from(bytes, size));
    g_auto(GStrv) lines = g_strsplit(bytes, "\n", -1);
    if (is_as_expected(arena, lines, reading))
        return true;
    print_message("%s: rule \"%s\"\n", file, reading->rule);
    for (size_t i = 0; i < reading->count; i++)
        print_message("   %s (%s)\n", said_of(arena, &reading->findings[i]),
                      reading->findings[i].words);
    return false;
}

TEST(bounces_of_many_programs_give_their_addresses_and_why)
{
    OWN(grammars) grammars = bounces_open(NULL);
    g_autoptr(GDir) folder = g_dir_open(SEEDS, 0, NULL);
    const char *file;
    size_t right = 0;
    size_t wrong = 0;

    assert_non_null(folder);
    while ((file = g_dir_read_name(folder)) != NULL) {
        const bool is_right = check_mail(grammars, file);
        right += is_right;
        wrong += !is_right;
    }
    assert_int_equal(wrong, 0);
    assert_true(right >= 40);
}

#define HEAD "From: daemon@mx.example.net\nTo: status+b@status.example.com\nSubject: Oops\n"

static const struct bounce_reading *read_string(struct grammars *grammars, struct arena *arena,
                                                const char *mail)
{
    return bounces_read(grammars, arena, text_of(mail));
}

TEST(a_sites_table_is_asked_before_ours)
{
    struct bench bench =
        bench_open("bounces.yaml", "bounces: site\n"
                                   "returned: '^== copy ==$'\n"
                                   "causes:\n"
                                   "  - { status: 5.2.1, words: ['gone fishing'] }\n"
                                   "rules:\n"
                                   "  - name: our relay\n"
                                   "    header X-Relay: '^acme$'\n"
                                   "    after: '^Zut:$'\n"
                                   "    address: '^\\* (?<address>\\S+)'\n"
                                   "  - name: not this\n"
                                   "    text: 'no news'\n"
                                   "    verdict: none\n");
    OWN(grammars) grammars = bounces_open(bench.folder);
    const struct bounce_reading *reading = read_string(
        grammars, bench.arena,
        HEAD "X-Relay: acme\n\n* no@example.net\nZut:\n* bob@example.net\n  gone fishing\n"
             "\n* carol@example.net\n== copy ==\n* dave@example.net\n");

    assert_string_equal(reading->rule, "our relay");
    assert_int_equal(reading->count, 2);
    assert_string_equal(reading->findings[0].address, "bob@example.net");
    assert_string_equal(reading->findings[0].status, "5.2.1");
    assert_string_equal(reading->findings[0].words, "* bob@example.net gone fishing");
    assert_int_equal(reading->findings[0].verdict, BOUNCE_PERMANENT);
    assert_string_equal(reading->findings[1].address, "carol@example.net");
    reading = read_string(grammars, bench.arena, HEAD "\n<bob@example.net>: no news is good\n");
    assert_string_equal(reading->rule, "not this");
    assert_int_equal(reading->count, 0);
    reading = read_string(grammars, bench.arena, HEAD "\n<bob@example.net>: user unknown\n");
    assert_string_equal(reading->rule, "postfix");
    bench_close(&bench);
}

TEST(each_address_stands_once_and_permanent_wins)
{
    OWN(arena) arena = arena_open(BOUNCES_BYTES);
    OWN(grammars) grammars = bounces_open(NULL);
    const struct bounce_reading *reading = read_string(
        grammars, arena,
        HEAD "Content-Type: multipart/report; boundary=b\n\n--b\n"
             "Content-Type: message/delivery-status\n\n"
             "Final-Recipient: rfc822;bob@example.net\nAction: delayed\nStatus: 4.4.1\n\n"
             "Final-Recipient: rfc822;Bob@Example.net\nAction: failed\nStatus: 5.1.1\n\n"
             "Final-Recipient: rfc822;bob@example.net\nAction: delayed\nStatus: 4.4.1\n"
             "--b--\n");

    assert_string_equal(reading->rule, "report");
    assert_int_equal(reading->count, 1);
    assert_int_equal(reading->findings[0].verdict, BOUNCE_PERMANENT);
    assert_string_equal(reading->findings[0].status, "5.1.1");
}

TEST(neither_who_is_written_to_nor_a_postmaster_has_failed)
{
    OWN(arena) arena = arena_open(BOUNCES_BYTES);
    OWN(grammars) grammars = bounces_open(NULL);
    const struct bounce_reading *reading = read_string(
        grammars, arena,
        HEAD "\nUndeliverable:\n\nstatus+b@status.example.com\npostmaster@example.net\nno address\n"
             "a@b@c\n\"quoted one\"@example.net\n");

    assert_int_equal(reading->count, 0);
}

TEST(what_is_wrong_with_a_table_has_its_line)
{
    static const struct {
        const char *yaml;
        const char *problem;
    } rows[] = {
        {"rules: []\n", ":1:1: a table of bounces is a mapping"},
        {"bounces: x\nfoo: y\n", ":2:1: `foo` is no part of a table of bounces"},
        {"bounces: x\nstatus: '5\\.'\n", ":2:9: status: needs a group named `status`"},
        {"bounces: x\ndelayed: ['(']\n", ":2:13: delayed[0]: is no pattern"},
        {"bounces: x\ncauses:\n  - { status: 6.1.1, words: a }\n",
         ":3:15: causes[0].status: \"6.1.1\" is no"},
        {"bounces: x\ncauses:\n  - { status: 5.1.1 }\n", ":3:5: causes[0]: a cause is a status"},
        {"bounces: x\nrules: a\n", ":2:8: rules: must be a list"},
        {"bounces: x\nrules:\n  - a\n", ":3:5: rules[0]: a rule is a mapping"},
        {"bounces: x\nrules:\n  - name: r\n", ": needs `address:`"},
        {"bounces: x\nrules:\n  - address: '(?<address>a)'\n", ": needs a `name:`"},
        {"bounces: x\nrules:\n  - name: r\n    verdict: none\n", ": would take every mail"},
        {"bounces: x\nrules:\n  - name: r\n    address: 'a'\n",
         ":4:14: rules[0].address: needs a group named `address`"},
        {"bounces: x\nrules:\n  - name: r\n    verdict: hard\n",
         ":4:14: rules[0].verdict: \"hard\" is not permanent"},
        {"bounces: x\nrules:\n  - name: r\n    in: body\n",
         ":4:9: rules[0].in: \"body\" is not notice"},
        {"bounces: x\nrules:\n  - name: r\n    domain: to\n",
         ":4:13: rules[0].domain: \"to\" is not from"},
        {"bounces: x\nrules:\n  - name: r\n    vendor: x\n", ":4:5: rules[0]: `vendor` is no part"},
        {"bounces: x\nrules:\n  - name: r\n    status: 5.1\n",
         ":4:13: rules[0].status: \"5.1\" is no"},
        {"bounces: x\nbounces: y\n", ":2:1: "},
        {"", "a table of bounces is a mapping"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench = bench_open("bounces.yaml", rows[i].yaml);
        assert_false(grammar_check_file(bench.file, bench.problems));
        const char *written = problems_write(bench.problems, bench.arena);
        if (strstr(written, rows[i].problem) == NULL)
            fail_msg("%zu: %s: not in: %s", i, rows[i].problem, written);
        bench_close(&bench);
    }
}

TEST(a_check_names_the_patterns_that_hostile_text_breaks)
{
    struct bench bench = bench_open("any.yaml", "bounces: site\n"
                                                "rules:\n"
                                                "  - name: slow\n"
                                                "    address: '^(?<address>(a+)+)$'\n");

    assert_true(grammar_check_file(bench.file, bench.problems));
    assert_int_equal(problems_count_warnings(bench.problems), 1);
    assert_non_null(strstr(problems_write(bench.problems, bench.arena), "any.yaml:4: warning: "));
    bench_close(&bench);
}

TEST(a_trial_shows_which_rule_spoke_and_the_addresses)
{
    struct bench bench = bench_open("bounces.yaml", "bounces: site\n"
                                                    "rules:\n"
                                                    "  - name: first\n"
                                                    "    address: '^never (?<address>\\S+)'\n"
                                                    "  - name: second\n"
                                                    "    address: '^lost (?<address>\\S+)'\n"
                                                    "    status: 5.1.1\n"
                                                    "  - name: third\n"
                                                    "    address: '(?<address>x)'\n");
    const struct mail *mail = mail_parse(bench.arena, text_of(HEAD "\nlost bob@example.net\n"),
                                         &mail_limits_default, NULL);
    const struct grammar_request request = {.mail = mail, .extension = ""};
    const struct trial *trial = grammar_try_file(bench.arena, bench.file, &request, bench.problems);

    assert_non_null(trial);
    assert_string_equal(grammar_write_trial(bench.arena, trial),
                        "grammar    site\n"
                        "unmatched  first (line 3)\n"
                        "matched    second (line 5)\n"
                        "unreached  third (line 8)\n"
                        "bounce     second: 1\n"
                        "           permanent    bob@example.net 5.1.1 (lost bob@example.net)\n");
    bench_close(&bench);
}

TEST(our_own_table_breaks_no_limit)
{
    OWN(arena) arena = arena_open(BOUNCES_BYTES);
    struct problems *problems = problems_new(arena);

    assert_true(grammar_check_file(TOCSIN_SOURCE_DIR "/gateway/grammar/bounces.yaml", problems));
    assert_string_equal(problems_write(problems, arena), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounces_of_many_programs_give_their_addresses_and_why),
        cmocka_unit_test(a_sites_table_is_asked_before_ours),
        cmocka_unit_test(each_address_stands_once_and_permanent_wins),
        cmocka_unit_test(neither_who_is_written_to_nor_a_postmaster_has_failed),
        cmocka_unit_test(what_is_wrong_with_a_table_has_its_line),
        cmocka_unit_test(a_check_names_the_patterns_that_hostile_text_breaks),
        cmocka_unit_test(a_trial_shows_which_rule_spoke_and_the_addresses),
        cmocka_unit_test(our_own_table_breaks_no_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
