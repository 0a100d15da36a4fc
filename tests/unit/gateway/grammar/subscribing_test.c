#include "tests/unit/gateway/grammar/ask.h"
#include "tests/unit/gateway/grammar/bench.h"

static const struct subscribing_request stranger = {.extension = ""};
static const struct subscribing_request subscriber = {.extension = "", .is_subscriber = true};

TEST(subscribe_takes_words_in_any_order)
{
    static const struct ask_case cases[] = {
        {"subscribe", "", "subscribe"},
        {"", "subscribe", "subscribe"},
        {"Subscribe!", "Hello", "subscribe"},
        {"Re: [EXT] SUBSCRIBE", "", "subscribe"},
        {"hi", "Hello all,\n\nsubscribe\n\nCarol", "subscribe"},
        {"", "please subscribe me, thanks", "subscribe"},
        {"subscribe api, database major pager immediate de", "",
         "subscribe; components: api, db; severity: major; format: pager; delivery: immediate; "
         "language: de"},
        {"subscribe api, web major pager daily de", "",
         "subscribe; components: api, web; severity: major; format: pager; delivery: daily; "
         "language: de"},
        {"subscribe de; daily; text; major; api", "",
         "subscribe; components: api; severity: major; format: text; delivery: daily; language: "
         "de"},
        {"subscribe EU West, Mail, incoming text", "",
         "subscribe; components: eu_west, mail; format: text"},
        {"subscribe comp_api", "", "subscribe; components: api"},
        {"subscribe website", "", "subscribe; components: web"},
        {"subscribe data", "", "subscribe; components: db"},
        {"subscribe Core", "", "subscribe; components: \"Core\""},
        {"subscribe regions database", "", "subscribe; components: \"Regions\", db"},
        {"subscribe group core", "", "subscribe; components: \"Core\""},
        {"subscribe reg", "", "subscribe; components: \"Regions\""},
        {"subscribe \"EU East\"", "", "subscribe; components: eu_east"},
        {"subscribe all critical", "", "subscribe; components: all; severity: critical"},
        {"subscribe me to api and web at least major", "",
         "subscribe; components: api, web; severity: major"},
        {"subscribe weekly", "", "subscribe; delivery: weekly"},
        {"subscribe weekly mon 08:00", "", "subscribe; delivery: weekly mon 08:00"},
        {"subscribe sunday 7:30", "", "subscribe; delivery: weekly sun 07:30"},
        {"subscribe daily 8am", "", "subscribe; delivery: daily 08:00"},
        {"subscribe daily at 6pm", "", "subscribe; delivery: daily 18:00"},
        {"subscribe incidents post-mortems", "", "subscribe; kinds: incidents, post-mortems"},
        {"subscribe maintenance html english", "",
         "subscribe; kinds: maintenance; format: html; language: en"},
        {"subscribe format text language fr", "", "subscribe; format: text; language: fr"},
        {"subscribe follow INC-42", "", "subscribe; follow: #42"},
        {"follow INC-42", "", "subscribe; follow: #42"},
        {"", "Follow #42", "subscribe; follow: #42"},
        {"subscribe: api", "", "subscribe; components: api"},
        {"subscribe", "components: api\nseverity: major\n\nThanks\nCarol",
         "subscribe; components: api; severity: major"},
        {"", "subscribe\nformat: text", "subscribe; format: text"},
        {"subscribe api", "daily news please", "subscribe; components: api"},
        {"Subscribe", "subscribe web", "subscribe; components: web"},
    };

    ask_all(&stranger, cases, G_N_ELEMENTS(cases));
}

TEST(words_work_in_each_language_whoever_writes)
{
    static const struct ask_case cases[] = {
        {"abonnieren api täglich 8 uhr", "", "? <Components: API> <>"},
        {"Abonnieren API, täglich 08:00, groß", "",
         "subscribe; components: api; severity: major; delivery: daily 08:00"},
        {"s'abonner api quotidien majeur français", "",
         "subscribe; components: api; severity: major; delivery: daily; language: fr"},
        {"suscribir api diario español", "",
         "subscribe; components: api; delivery: daily; language: es"},
        {"購読 api、web 毎日 日本語", "",
         "subscribe; components: api, web; delivery: daily; language: ja"},
        {"ABMELDEN", "", "unsubscribe"},
        {"Désabonner", "", "unsubscribe"},
        {"darme de baja", "", "unsubscribe"},
        {"購読解除", "", "unsubscribe"},
        {"Stop", "", "unsubscribe"},
        {"", "Bestätigen.", "confirm"},
        {"", "Ja, bitte", "confirm"},
        {"", "Oui", "confirm"},
        {"", "sí", "confirm"},
        {"", "確認", "confirm"},
        {"", "はい。", "confirm"},
        {"Einstellungen", "", "preferences"},
        {"préférences", "", "preferences"},
        {"設定", "", "preferences"},
        {"Hilfe", "", "help"},
        {"ayuda", "", "help"},
        {"ヘルプ", "", "help"},
    };

    ask_all(&stranger, cases + 1, G_N_ELEMENTS(cases) - 1);
}

TEST(a_word_alone_is_a_command)
{
    static const struct ask_case cases[] = {
        {"unsubscribe", "", "unsubscribe"},
        {"Re: [Resolved] API (#42)", "Unsubscribe me please.", "unsubscribe"},
        {"please unsubscribe", "", "unsubscribe"},
        {"Re: Unsubscribe!", "please", "unsubscribe"},
        {"help", "unsubscribe", "help"},
        {"Re: help", "unsubscribe", "unsubscribe"},
        {"Re: help", "subscribe api", "subscribe; components: api"},
        {"Re: Confirm your subscription", "Confirm", "confirm"},
        {"Re: Your subscription", "> confirm\n\nconfirm", "confirm"},
        {"Re: Your subscription", "> confirm", "nothing"},
        {"Re: Your subscription", "I confirm.", "confirm"},
        {"confirm", "", "confirm"},
        {"Re: x", "Yes\n\nSent from my phone", "confirm"},
        {"preferences", "", "preferences"},
        {"settings", "", "preferences"},
        {"help?", "", "help"},
        {"Help me please", "", "help"},
    };

    ask_all(&stranger, cases, G_N_ELEMENTS(cases));
}

TEST(a_sentence_is_no_command)
{
    static const struct ask_case cases[] = {
        {"Outage", "Please help us understand what happened.", "nothing"},
        {"Question", "I would like to unsubscribe my colleague from this list.", "nothing"},
        {"Re: [Identified] API (#42)", "Can you confirm the outage?", "nothing"},
        {"Re: [Identified] API (#42)", "Confirm the outage is over, please", "nothing"},
        {"Re: [Identified] API (#42)", "Yes, we see this too.", "nothing"},
        {"Re: [Identified] API (#42)", "Stop sending half of the mails!", "nothing"},
        {"Subscribe button broken", "It is red.", "nothing"},
        {"Subscribe to our newsletter and save", "", "nothing"},
        {"unsubscribe?", "", "nothing"},
        {"Help needed", "", "nothing"},
        {"", "", "nothing"},
        {"format: text", "components: api", "nothing"},
        {"", "pause 7 days", "nothing"},
        {"", "Follow up with the team", "nothing"},
        {"Note: the API is down", "Time: 10:00", "nothing"},
        {"Unsubscribe everybody now", "", "nothing"},
    };

    ask_all(&stranger, cases, G_N_ELEMENTS(cases));
}

TEST(what_is_nearly_a_command_is_asked_about)
{
    static const struct ask_case cases[] = {
        {"suscribe", "", "? <subscribe>"},
        {"suscribe api, web", "", "? <subscribe api, web>"},
        {"unsubcribe", "", "? <unsubscribe>"},
        {"subscribe payments", "", "? <components: API> <components: Website>"},
        {"subscribe api, web, databsae", "", "? <components: Database>"},
        {"subscribe api wekly", "", "? <subscribe weekly>"},
        {"subscribe eu", "", "? <components: EU West> <components: EU East>"},
        {"subscribe html pager", "", "?"},
        {"subscribe de en", "", "?"},
        {"subscribe immediate 08:00", "", "? <delivery: weekly mon 08:00> <delivery: daily 08:00>"},
        {"subscribe", "format: fax", "? <format: html> <format: text>"},
        {"unsubscribe api", "", "? <unsubscribe> <components: -api>"},
    };

    ask_all(&stranger, cases, G_N_ELEMENTS(cases));
}

TEST(the_address_is_the_word_when_the_mail_has_none)
{
    static const struct subscribing_request join = {.extension = "subscribe"};
    static const struct subscribing_request leave = {.extension = "unsubscribe"};
    static const struct subscribing_request help = {.extension = "HELP"};
    static const struct ask_case joining[] = {
        {"", "", "subscribe"},
        {"hello", "I want to hear of you", "subscribe"},
        {"api, web daily", "", "subscribe; components: api, web; delivery: daily"},
        {"", "api major", "subscribe; components: api; severity: major"},
        {"suscribe", "", "subscribe"},
        {"unsubscribe", "", "unsubscribe"},
        {"x", "components: api", "subscribe; components: api"},
        {"x", "format: fax", "? <format: html> <format: text>"},
    };
    static const struct ask_case leaving[] = {{"", "", "unsubscribe"}, {"bye", "", "unsubscribe"}};
    static const struct ask_case helping[] = {{"", "", "help"},
                                              {"bye", "preferences", "preferences"}};

    ask_all(&join, joining, G_N_ELEMENTS(joining));
    ask_all(&leave, leaving, G_N_ELEMENTS(leaving));
    ask_all(&help, helping, G_N_ELEMENTS(helping));
}

TEST(to_a_key_the_first_word_confirms)
{
    static const struct subscribing_request keyed = {.extension = "", .is_keyed = true};
    static const struct ask_case cases[] = {
        {"Re: x", "Yes, that was me", "confirm"},
        {"Re: x", "Hi,\n\nconfirm my subscription, please", "confirm"},
        {"Re: x", "Ja gern", "confirm"},
        {"Re: x", "no, that was somebody else", "nothing"},
        {"Re: x", "Who are you?", "nothing"},
        {"confirm", "", "confirm"},
    };

    ask_all(&keyed, cases, G_N_ELEMENTS(cases));
}

TEST(the_language_of_the_word_is_known)
{
    static const struct {
        const char *subject;
        const char *language;
    } cases[] = {
        {"subscribe", "en"}, {"abonnieren", "de"}, {"oui", "fr"}, {"ayuda", "es"},
        {"購読", "ja"},      {"stop", ""},         {"hello", ""}, {"Abmelden!", "de"},
    };
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct ask_case one = {cases[i].subject, "", ""};
        assert_string_equal(ask(grammars, arena, &stranger, &one)->language, cases[i].language);
    }
}

TEST(a_question_quotes_its_line)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    const struct ask_case one = {"x", "Hello,\nformat: text\n  delivery: by fax\n", ""};
    const struct subscribing *said = ask(grammars, arena, &subscriber, &one);

    assert_int_equal(said->kind, SUBSCRIBING_QUESTION);
    assert_string_equal(said->quoted, "delivery: by fax");
    assert_string_equal(said->problem, "\"by\" is nothing that \"delivery:\" can be");
    assert_null(said->wishes);
    assert_string_equal(said->suggestions[0], "delivery: immediate");
}

TEST(a_trial_shows_what_a_subscribers_mail_would_be)
{
    OWN(arena) arena = arena_open((size_t)256 * 1024 * 1024);
    struct problems *problems = problems_new(arena);
    const struct mail mail = {.subject = "Re: x", .text = "Hello,\nformat: text\npause 7 days"};
    const struct mail wrong = {.subject = "Re: x", .text = "format: fax"};
    struct grammar_request request = {.mail = &mail, .page = &hear_page, .extension = ""};
    const struct trial *trial =
        grammar_try_file(arena, SHIPPED "/subscriber.yaml", &request, problems);

    assert_true(grammar_check_file(SHIPPED "/subscriber.yaml", problems));
    assert_non_null(trial);
    assert_non_null(
        strstr(grammar_write_trial(arena, trial),
               "command    change\n           format: text\n           pause: 7 days\n"));
    request.mail = &wrong;
    trial = grammar_try_file(arena, SHIPPED "/subscriber.yaml", &request, problems);
    assert_non_null(strstr(grammar_write_trial(arena, trial), "> format: fax\n"));
}

TEST(a_vocabulary_that_lacks_a_meaning_is_refused)
{
    g_autofree char *yaml = NULL;
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);

    assert_true(g_file_get_contents(SHIPPED "/subscriber.yaml", &yaml, NULL, NULL));
    char *pager = strstr(yaml, "    pager:");
    assert_non_null(pager);
    memcpy(pager, "    beeps:", strlen("    beeps:"));
    struct bench bench = bench_open("subscriber.yaml", yaml);
    const struct grammar_settings settings = {.site_directory = bench.folder,
                                              .shipped_directory = SHIPPED};
    assert_null(grammars_open(&settings, bench.problems));
    const char *problems = problems_write(bench.problems, arena);
    assert_non_null(strstr(problems, "needs `formats:` with `pager:`"));
    assert_non_null(strstr(problems, "`beeps` is nothing that a word can mean"));
    bench_close(&bench);
}

/* Time is bounded by the work, which valgrind and sanitizers make slower: a generous ceiling. */
TEST(a_hostile_mail_takes_no_long_time)
{
    static const char *const units[] = {"components: api,api,api,api,api,api,api\n",
                                        "a ",
                                        "eu ",
                                        "api, ",
                                        "subscribe ",
                                        "follow ",
                                        "please ",
                                        "format: ",
                                        "- ",
                                        "pause until ",
                                        "\xE3\x80\x81",
                                        "x: \n"};
    OWN(arena) arena = arena_open((size_t)256 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autoptr(GString) text = g_string_new(i % 2 == 0 ? "" : "subscribe ");
        while (text->len < 64000)
            g_string_append(text, units[i]);
        const struct ask_case one = {text->str, text->str, ""};
        const gint64 began = g_get_monotonic_time();
        (void)ask(grammars, arena, &subscriber, &one);
        const gint64 took = g_get_monotonic_time() - began;
        if (took > 2 * G_USEC_PER_SEC)
            fail_msg("\"%s\": %d ms", units[i], (int)(took / 1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscribe_takes_words_in_any_order),
        cmocka_unit_test(words_work_in_each_language_whoever_writes),
        cmocka_unit_test(a_word_alone_is_a_command),
        cmocka_unit_test(a_sentence_is_no_command),
        cmocka_unit_test(what_is_nearly_a_command_is_asked_about),
        cmocka_unit_test(the_address_is_the_word_when_the_mail_has_none),
        cmocka_unit_test(to_a_key_the_first_word_confirms),
        cmocka_unit_test(the_language_of_the_word_is_known),
        cmocka_unit_test(a_question_quotes_its_line),
        cmocka_unit_test(a_trial_shows_what_a_subscribers_mail_would_be),
        cmocka_unit_test(a_vocabulary_that_lacks_a_meaning_is_refused),
        cmocka_unit_test(a_hostile_mail_takes_no_long_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
