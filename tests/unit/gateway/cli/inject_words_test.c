#include "gateway/cli/inject_words.h"

#include "tests/unit/unit.h"

#include <sysexits.h>

#define WORDS_MOST 12

struct words_case {
    const char *words[WORDS_MOST];
    enum inject_outcome outcome;
    const char *why;
};

static void assert_cases(const struct words_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        OWN(arena) arena = arena_open(1 << 20);
        g_autoptr(GError) error = NULL;
        struct inject_words read;
        const enum inject_outcome outcome = inject_words_read(arena, cases[i].words, &read, &error);

        if (outcome != cases[i].outcome)
            print_message("case %zu: %s\n", i, error != NULL ? error->message : "read");
        assert_int_equal(outcome, cases[i].outcome);
        if (error != NULL)
            assert_non_null(strstr(error->message, cases[i].why));
    }
}

TEST(options_are_read_in_both_forms)
{
    const char *const words[] = {"--from=ada@example.com",
                                 "--to",
                                 "a@x.test",
                                 "--to=<b@x.test>",
                                 "--auth",
                                 "ada",
                                 "--client-addr=192.0.2.1",
                                 "--config",
                                 "/etc/x",
                                 NULL};
    OWN(arena) arena = arena_open(1 << 20);
    struct inject_words read;

    assert_int_equal(inject_words_read(arena, words, &read, NULL), INJECT_READ);
    assert_string_equal(read.from, "ada@example.com");
    assert_int_equal(read.to_count, 2);
    assert_string_equal(read.to[0], "a@x.test");
    assert_string_equal(read.to[1], "b@x.test");
    assert_string_equal(read.login, "ada");
    assert_string_equal(read.client_addr, "192.0.2.1");
    assert_string_equal(read.config_file, "/etc/x");
    assert_false(read.discards);
}

TEST(Z20_what_a_stranger_is_called_is_never_an_option)
{
    static const char *const names[] = {"--config=/tmp/x@evil.test", "--to", "--", "--refused=exit",
                                        "-f@evil.test"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *const words[] = {"--refused=discard", "--from", names[i], "--to",
                                     "a@x.test",          NULL};
        OWN(arena) arena = arena_open(1 << 20);
        struct inject_words read;

        assert_int_equal(inject_words_read(arena, words, &read, NULL), INJECT_READ);
        assert_string_equal(read.from, names[i]);
        assert_null(read.config_file);
        assert_true(read.discards);
        assert_int_equal(read.to_count, 1);
    }
}

TEST(what_is_no_use_of_inject_is_named)
{
    static const struct words_case cases[] = {
        {{NULL}, INJECT_USAGE, "--from and --to"},
        {{"--from", "", NULL}, INJECT_USAGE, "--from and --to"},
        {{"--to", "a@x.test", NULL}, INJECT_USAGE, "--from and --to"},
        {{"--from", "", "--to", NULL}, INJECT_USAGE, "--to needs a value"},
        {{"--from", "", "--from", "x@y.test", "--to", "a@x.test", NULL}, INJECT_USAGE, "twice"},
        {{"--from", "", "--to", "a@x.test", "b@x.test", NULL}, INJECT_USAGE, "no such word"},
        {{"--from", "", "--to", "a@x.test", "--", NULL}, INJECT_USAGE, "no such word"},
        {{"--fromx", "", "--to", "a@x.test", NULL}, INJECT_USAGE, "no such word"},
        {{"--from", "", "--to", "a@x.test", "--refused=no", NULL}, INJECT_USAGE, "--refused"},
    };

    assert_cases(cases, G_N_ELEMENTS(cases));
}

TEST(what_cannot_be_an_address_a_client_or_a_login_is_refused)
{
    static const struct words_case cases[] = {
        {{"--from=", "--to=a@x.test", NULL}, INJECT_READ, ""},
        {{"--from=<>", "--to=a@x.test", NULL}, INJECT_READ, ""},
        {{"--from=", "--to=", NULL}, INJECT_REFUSED, "--to"},
        {{"--from=", "--to=<>", NULL}, INJECT_REFUSED, "--to"},
        {{"--from=", "--to=a@x.test\r\nRCPT TO:<b@x>", NULL}, INJECT_REFUSED, "--to"},
        {{"--from=", "--to=a b@x.test", NULL}, INJECT_REFUSED, "--to"},
        {{"--from=", "--to=a\x7f@x.test", NULL}, INJECT_REFUSED, "--to"},
        {{"--from=", "--to=a\xc2\x85@x.test", NULL}, INJECT_REFUSED, "--to"},
        {{"--from=\xff@x.test", "--to=a@x.test", NULL}, INJECT_REFUSED, "--from"},
        {{"--from=a>b", "--to=a@x.test", NULL}, INJECT_REFUSED, "--from"},
        {{"--from=", "--to=a@x.test", "--client-addr=1.2.3.4\n", NULL}, INJECT_REFUSED, "--client"},
        {{"--from=", "--to=a@x.test", "--client-addr=\xc3\xa4", NULL}, INJECT_REFUSED, "--client"},
        {{"--from=", "--to=a@x.test", "--auth=a\x1b[2J", NULL}, INJECT_REFUSED, "--auth"},
        {{"--from=", "--to=a@x.test", "--auth=\xe2\x82", NULL}, INJECT_REFUSED, "--auth"},
    };

    assert_cases(cases, G_N_ELEMENTS(cases));
}

TEST(there_are_limits_to_recipients_and_their_size)
{
    OWN(arena) arena = arena_open(16 << 20);
    const char **words = ARENA_ARRAY(arena, const char *, INJECT_RECIPIENTS + 4);
    g_autofree char *wide = g_strnfill(INJECT_ADDRESS + 1, 'a');
    struct inject_words read;

    words[0] = "--from=";
    for (size_t i = 1; i <= INJECT_RECIPIENTS; i++)
        words[i] = "--to=a@x.test";
    assert_int_equal(inject_words_read(arena, words, &read, NULL), INJECT_READ);
    words[INJECT_RECIPIENTS + 1] = "--to=a@x.test";
    assert_int_equal(inject_words_read(arena, words, &read, NULL), INJECT_REFUSED);
    words[2] = "--to";
    words[3] = wide;
    words[4] = NULL;
    assert_int_equal(inject_words_read(arena, words, &read, NULL), INJECT_REFUSED);
}

TEST(with_discard_nothing_makes_a_pipe_transport_bounce)
{
    static const int statuses[] = {0,           1,           EX_USAGE,  EX_DATAERR, EX_NOUSER,
                                   EX_SOFTWARE, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG};
    const struct inject_words discards = {.discards = true};
    const struct inject_words exits = {.discards = false};

    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        const bool is_refusal = statuses[i] == EX_DATAERR || statuses[i] == EX_NOUSER ||
                                statuses[i] == EX_NOPERM || statuses[i] == 0;

        assert_int_equal(inject_words_exit(&exits, statuses[i]), statuses[i]);
        assert_int_equal(inject_words_exit(&discards, statuses[i]), is_refusal ? 0 : EX_TEMPFAIL);
    }
}

TEST(discard_counts_also_when_the_rest_is_wrong)
{
    const char *const words[] = {"what", "--from", "--refused", "discard", NULL};
    OWN(arena) arena = arena_open(1 << 20);
    struct inject_words read;

    assert_int_equal(inject_words_read(arena, words, &read, NULL), INJECT_USAGE);
    assert_true(read.discards);
}

TEST(Z20_a_sender_called_discard_discards_nothing)
{
    const char *const words[] = {"--from", "--refused=discard", "--to", "a@x.test", NULL};
    OWN(arena) arena = arena_open(1 << 20);
    struct inject_words read;

    assert_int_equal(inject_words_read(arena, words, &read, NULL), INJECT_READ);
    assert_false(read.discards);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_read_in_both_forms),
        cmocka_unit_test(Z20_what_a_stranger_is_called_is_never_an_option),
        cmocka_unit_test(what_is_no_use_of_inject_is_named),
        cmocka_unit_test(what_cannot_be_an_address_a_client_or_a_login_is_refused),
        cmocka_unit_test(there_are_limits_to_recipients_and_their_size),
        cmocka_unit_test(with_discard_nothing_makes_a_pipe_transport_bounce),
        cmocka_unit_test(discard_counts_also_when_the_rest_is_wrong),
        cmocka_unit_test(Z20_a_sender_called_discard_discards_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
