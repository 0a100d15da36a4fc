/* compose_letter(): what somebody gets who joins, chooses, leaves, or wrote to a page. */
#include "tests/unit/gateway/compose/outage.h"

static const struct letter_fact facts[] = {
    {"subject", "zq7 buy this"},
    {"in_reply_to", "zq7@example.org"},
    {"references", "zq7-1@example.org"},
    {"wish", "components: api"},
    {"setting", "components: api"},
    {"setting", "severity: major"},
    {"change", "delivery: daily 08:00 → immediate"},
    {"title", "Re: [Resolved] zq7\nBcc: x@example.org"},
    {"writer", "mallory@example.org"},
    {"attachment", "zq7.png\nzq6"},
    {"text", "confirm\n[Identified] zq7 (#42)\n\n  zq7\u2028Resolved: zq7"},
    {"quoted", "zq7"},
    {"problem", "zq7"},
    {"reason", "550 5.1.1\nzq5"},
    {"suspended_at", "1767949200000"},
};

static struct text written(struct arena *arena, enum letter_kind kind, size_t first_fact)
{
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    const struct letter letter = {
        .id = 9,
        .page_id = "sp_abc123",
        .kind = kind,
        .address = "carol@example.net",
        .language = "",
        .time_zone = "Asia/Tokyo",
        .facts = facts + first_fact,
        .fact_count = G_N_ELEMENTS(facts) - first_fact,
        .created_at = BEGAN_AT,
    };
    const struct letter_facts about = {
        .page = &strict_page,
        .reply_to = "status+cabcdefghijklmnop@status.example.com",
        .hearers = -1,
    };
    g_autoptr(GError) error = NULL;
    const struct message *message = compose_letter(compose, arena, &letter, &about, &error);

    if (message == NULL)
        fail_msg("%s", error->message);
    return strict_mail(arena, message, NULL);
}

/* Security A39: it may go to somebody who never wrote. */
TEST(a_confirmation_carries_no_word_of_who_asked)
{
    static const enum letter_kind kinds[] = {LETTER_CONFIRM, LETTER_LEAVE};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct text mail = written(arena, kinds[i], 0);
        g_autofree char *text = strict_text(mail, "plain");
        assert_int_equal(text_find(mail, TEXT("zq")), -1);
        assert_header(mail, "In-Reply-To", "");
        assert_header(mail, "References", "");
        assert_header(mail, "Reply-To", "status+cabcdefghijklmnop@status.example.com");
        assert_header(mail, "Auto-Submitted", "auto-replied");
        assert_header(mail, "List-Unsubscribe", "");
        assert_non_null(strstr(text, "\nconfirm\n"));
    }
}

TEST(a_confirmation_says_what_was_asked_for)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autofree char *text = strict_text(written(arena, LETTER_CONFIRM, 0), "plain");

    assert_non_null(strstr(text, "    components: api\n"));
    assert_non_null(strstr(text, "48 hours"));
}

/* Each language asks for a word of its own, which the subscribers' grammar knows. */
TEST(the_word_that_confirms_is_one_that_is_understood)
{
    static const char *const words[][2] = {{"en", "confirm"},
                                           {"de", "bestätigen"},
                                           {"fr", "confirmer"},
                                           {"es", "confirmar"},
                                           {"ja", "確認"}};
    static const char *const letters[] = {"confirm.txt", "leave.txt"};
    g_autofree char *grammar = NULL;

    assert_true(g_file_get_contents(TOCSIN_SOURCE_DIR "/gateway/grammar/subscriber.yaml", &grammar,
                                    NULL, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(words) * G_N_ELEMENTS(letters); i++) {
        const char *const *word = words[i / 2];
        g_autofree char *path =
            g_build_filename(TOCSIN_SOURCE_DIR "/templates", word[0], letters[i % 2], NULL);
        g_autofree char *asked = g_strdup_printf("\n%s\n", word[1]);
        g_autofree char *known = g_strdup_printf("%s: [%s,", word[0], word[1]);
        g_autofree char *letter = NULL;
        assert_true(g_file_get_contents(path, &letter, NULL, NULL));
        assert_non_null(strstr(letter, asked));
        assert_non_null(strstr(strstr(grammar, "    confirm:"), known));
    }
}

/* RFC 3834 section 5. */
TEST(what_answers_a_mail_is_replied_and_all_else_generated)
{
    static const struct {
        enum letter_kind kind;
        const char *to_mail;
        const char *else_;
    } cases[] = {
        {LETTER_CONFIRM, "auto-replied", "auto-generated"},
        {LETTER_WELCOME, "auto-replied", "auto-generated"},
        {LETTER_PREFERENCES, "auto-replied", "auto-generated"},
        {LETTER_COMMANDS, "auto-replied", "auto-generated"},
        {LETTER_FAREWELL, "auto-replied", "auto-generated"},
        {LETTER_FORWARD, "auto-generated", "auto-generated"},
        {LETTER_PROBE, "auto-generated", "auto-generated"},
        {LETTER_RESTORED, "auto-generated", "auto-generated"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct text answer = written(arena, cases[i].kind, 0);
        const bool is_in_thread =
            strcmp(cases[i].to_mail, cases[i].else_) != 0 && cases[i].kind != LETTER_CONFIRM;
        assert_header(answer, "Auto-Submitted", cases[i].to_mail);
        assert_header(answer, "In-Reply-To", is_in_thread ? "<zq7@example.org>" : "");
        assert_header(written(arena, cases[i].kind, 3), "Auto-Submitted", cases[i].else_);
    }
}

TEST(settings_are_lines_that_can_be_sent_back)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autofree char *text = strict_text(written(arena, LETTER_PREFERENCES, 0), "plain");

    assert_non_null(strstr(text, "\ncomponents: api\nseverity: major\n"));
    assert_non_null(strstr(text, "    delivery: daily 08:00 → immediate\n"));
    assert_non_null(strstr(text, "    comp_api: API (Core)\n"));
}

TEST(a_forward_is_answered_to_its_writer)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct text mail = written(arena, LETTER_FORWARD, 0);

    assert_header(mail, "Reply-To", "mallory@example.org");
    assert_header(mail, "From", "Example <status@status.example.com>");
    assert_header(mail, "Subject", "Fwd: Re: [Resolved] zq7 Bcc: x@example.org");
}

TEST(a_forward_of_no_plain_address_is_answered_to_the_page)
{
    static const struct letter_fact odd[] = {{"writer", "\"a b\"@example.org>, <c@example.org"},
                                             {"text", "x"}};
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    const struct letter letter = {.kind = LETTER_FORWARD,
                                  .address = "support@example.com",
                                  .language = "",
                                  .time_zone = "",
                                  .facts = odd,
                                  .fact_count = 2};
    const struct letter_facts about = {
        .page = &strict_page, .reply_to = "status@status.example.com", .hearers = -1};
    const struct message *message = compose_letter(compose, arena, &letter, &about, NULL);

    assert_header(strict_mail(arena, message, NULL), "Reply-To", "status@status.example.com");
}

/* Every line of it is quoted: it is no text of ours, and no command to whom it is quoted back. */
TEST(what_is_forwarded_cannot_be_taken_for_ours)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autofree char *text = strict_text(written(arena, LETTER_FORWARD, 0), "plain");

    assert_non_null(
        strstr(text, "\n> confirm\n> [Identified] zq7 (#42)\n> \n>   zq7 Resolved: zq7\n"));
    assert_non_null(strstr(text, "\n    zq7.png zq6\n"));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        if (strstr(*line, "zq") != NULL)
            assert_true((*line)[0] == '>' || (*line)[0] == ' ');
}

TEST(moments_among_the_facts_are_in_the_readers_zone)
{
    static const enum letter_kind kinds[] = {LETTER_PROBE, LETTER_RESTORED};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *text = strict_text(written(arena, kinds[i], 0), "plain");
        assert_non_null(strstr(text, "since 9 January 2026, 18:00 JST."));
    }
}

TEST(what_a_relay_said_is_one_line)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autofree char *text = strict_text(written(arena, LETTER_PROBE, 0), "plain");

    assert_non_null(strstr(text, "    550 5.1.1 zq5\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confirmation_carries_no_word_of_who_asked),
        cmocka_unit_test(a_confirmation_says_what_was_asked_for),
        cmocka_unit_test(the_word_that_confirms_is_one_that_is_understood),
        cmocka_unit_test(what_answers_a_mail_is_replied_and_all_else_generated),
        cmocka_unit_test(settings_are_lines_that_can_be_sent_back),
        cmocka_unit_test(a_forward_is_answered_to_its_writer),
        cmocka_unit_test(a_forward_of_no_plain_address_is_answered_to_the_page),
        cmocka_unit_test(what_is_forwarded_cannot_be_taken_for_ours),
        cmocka_unit_test(moments_among_the_facts_are_in_the_readers_zone),
        cmocka_unit_test(what_a_relay_said_is_one_line),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
