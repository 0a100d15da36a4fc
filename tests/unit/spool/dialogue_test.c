#include "spool/dialogue.h"

#include "tests/unit/unit.h"

static bool reads(struct dialogue *dialogue, const char *bytes)
{
    char buffer[8192];
    const size_t size = strlen(bytes);

    memcpy(buffer, bytes, size);
    return dialogue_read(dialogue, buffer, size);
}

static bool writes(struct dialogue *dialogue, const char *bytes)
{
    return dialogue_write(dialogue, bytes, strlen(bytes));
}

TEST(a_mail_goes_out_only_inside_tls_where_tls_is_required)
{
    struct dialogue dialogue = {.needs_tls = true};

    assert_true(reads(&dialogue, "220 relay\r\n"));
    assert_true(writes(&dialogue, "EHLO me\r\n"));
    assert_true(reads(&dialogue, "250-relay\r\n250 STARTTLS\r\n"));
    assert_true(writes(&dialogue, "STARTTLS\r\n"));
    assert_true(reads(&dialogue, "220 go on\r\n"));
    dialogue_note_tls(&dialogue);
    assert_true(reads(&dialogue, "250 relay\r\n"));
    assert_true(writes(&dialogue, "MAIL FROM:<a@b.example>\r\n"));

    struct dialogue stripped = {.needs_tls = true};
    assert_true(reads(&stripped, "220 relay\r\n250 relay\r\n"));
    assert_false(writes(&stripped, "MAIL FROM:<a@b.example>\r\n"));
    assert_string_equal(stripped.fault, "STARTTLS is not offered");
    assert_false(stripped.is_mail_seen);
}

TEST(what_follows_the_answer_to_starttls_ends_the_session_however_it_is_cut)
{
    static const char *const answers[][2] = {
        {"220 go on\r\n250 evil\r\n", ""},
        {"220 go on\r\n", "250 evil\r\n"},
        {"220 go on\r\n2", ""},
        {"220-go\r\n220 on\r\nx", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        struct dialogue dialogue = {.needs_tls = true};

        assert_true(writes(&dialogue, "STARTTLS\r\n"));
        assert_false(reads(&dialogue, answers[i][0]) && reads(&dialogue, answers[i][1]) &&
                     answers[i][1][0] != '\0');
        assert_string_equal(dialogue.fault, "bytes behind the answer to STARTTLS");
    }
}

TEST(credentials_go_out_inside_tls_alone_and_no_mail_without_them)
{
    struct dialogue clear = {.needs_auth = true};
    assert_false(writes(&clear, "AUTH PLAIN AGEAYg==\r\n"));

    struct dialogue refused = {.needs_auth = true, .is_tls = true};
    assert_true(writes(&refused, "AUTH LOGIN\r\n"));
    assert_true(reads(&refused, "334 VXNlcm5hbWU6\r\n"));
    assert_false(reads(&refused, "535 5.7.8 no\r\n"));
    assert_string_equal(refused.fault, "the credentials were refused");

    struct dialogue silent = {.needs_auth = true, .is_tls = true};
    assert_false(writes(&silent, "MAIL FROM:<a@b.example>\r\n"));

    struct dialogue good = {.needs_auth = true, .is_tls = true};
    assert_true(writes(&good, "AUTH PLAIN AGEAYg==\r\n"));
    assert_true(reads(&good, "235 2.7.0 ok\r\n"));
    assert_true(writes(&good, "MAIL FROM:<a@b.example>\r\n"));
}

TEST(chunking_is_hidden_wherever_the_network_cuts_it)
{
    static const char ehlo[] =
        "250-relay.example\r\n250-PIPELINING\r\n250-chunking\r\n250 SIZE\r\n";

    for (size_t cut = 1; cut < sizeof ehlo - 1; cut++) {
        struct dialogue dialogue = {0};
        char buffer[sizeof ehlo];

        memcpy(buffer, ehlo, sizeof ehlo);
        assert_true(dialogue_read(&dialogue, buffer, cut));
        assert_true(dialogue_read(&dialogue, buffer + cut, sizeof ehlo - 1 - cut));
        assert_null(strstr(buffer, "chunking"));
        assert_non_null(strstr(buffer, "250-PIPELINING\r\n"));
    }
}

TEST(replies_have_limits)
{
    char line[1200];
    struct dialogue long_line = {0};
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\0';
    assert_false(reads(&long_line, line));

    struct dialogue many_lines = {0};
    bool is_good = true;
    for (int i = 0; i <= DIALOGUE_LINES_MOST && is_good; i++)
        is_good = reads(&many_lines, "250-x\r\n");
    assert_false(is_good);

    struct dialogue nul = {0};
    char bytes[] = "250 a\0b\r\n";
    assert_false(dialogue_read(&nul, bytes, sizeof bytes - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_goes_out_only_inside_tls_where_tls_is_required),
        cmocka_unit_test(what_follows_the_answer_to_starttls_ends_the_session_however_it_is_cut),
        cmocka_unit_test(credentials_go_out_inside_tls_alone_and_no_mail_without_them),
        cmocka_unit_test(chunking_is_hidden_wherever_the_network_cuts_it),
        cmocka_unit_test(replies_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
