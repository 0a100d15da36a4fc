/* What a pager's or a telephone's short mails say: their subject is lost, their text a number and a word. */
#include "tests/unit/gateway/grammar/hear.h"

#define UP "update #42; "

static void check_new(const struct hear_case *cases, size_t count)
{
    hear_all(NULL, cases, count);
}

TEST(a_short_mail_names_its_incident_by_number)
{
    static const struct hear_case cases[] = {
        {"", "42 resolved", UP "status=resolved"},
        {"SMS", "#42 resolved", UP "status=resolved"},
        {"Re:", "42 RESOLVED", UP "status=resolved"},
        {"RE: SMS", "INC-42: resolved.", UP "status=resolved"},
        {"+49 151 2345678", "resolved 42", UP "status=resolved"},
        {"5550100@sms.example.net", "Resolved #42!", UP "status=resolved"},
        {"Text message from (555) 010-0", "42 monitoring all good",
         UP "status=monitoring; text=all good"},
        {"New text message from +4915123", "#42 monitoring: all good",
         UP "status=monitoring; text=all good"},
        {"(no subject)", "monitoring 42 all good", UP "status=monitoring; text=all good"},
        {"SMS von 0151 2345", "42 identified a bad disk", UP "status=identified; text=a bad disk"},
        {"Fwd: MMS", "  42 - investigating  \n", UP "status=investigating"},
        {"[EXT] ", "43 resolved", "update #43; status=resolved"},
    };
    check_new(cases, G_N_ELEMENTS(cases));
}

TEST(an_acknowledgement_is_a_private_note)
{
    static const struct hear_case cases[] = {
        {"", "ack 42", UP "note=acknowledged"},
        {"SMS", "ACK #42", UP "note=acknowledged"},
        {"", "42 ack", UP "note=acknowledged"},
        {"", "42 acknowledged, on my way", UP "note=acknowledged: on my way"},
        {"#42", "ack", UP "note=acknowledged"},
    };
    check_new(cases, G_N_ELEMENTS(cases));
}

TEST(which_incident_is_never_guessed)
{
    static const struct hear_case cases[] = {
        {"", "resolved", "? which"},
        {"SMS", "RESOLVED!", "? which"},
        {"", "ack", "? which"},
        {"", "41 resolved", "? which"},
        {"#43", "42 resolved", UP "status=resolved"},
        {"", "ack 999999999999999999", "? which"},
        {"", "resolved 41 hosts", "? which"},
    };
    check_new(cases, G_N_ELEMENTS(cases));
}

TEST(words_that_are_not_ours_are_asked_about)
{
    static const struct hear_case cases[] = {
        {"", "42 fixed", "? status"},
        {"", "res 42", "? no_title"},
        {"", "42 people are waiting", "? no_title"},
    };
    check_new(cases, G_N_ELEMENTS(cases));
}

TEST(only_short_mails_without_quotation_or_subject_are_read_so)
{
    static const struct hear_case cases[] = {
        {"Printers", "42 resolved", "open; title=Printers; text=42 resolved"},
        {"", "42 resolved\nNotify: no", "? word"},
        {"", "42 resolved\n> old", "? no_title"},
        {"",
         "42 resolved and this goes on and on and on and on and on and on and on and on and on and "
         "on and on and on and on and on and on and on and on and on and on and on and on and on",
         "? no_title"},
    };
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    const struct mail quoting = {
        .subject = "", .text = "42 resolved", .raw_text = "42 resolved\n> old", .message_id = ""};

    check_new(cases, G_N_ELEMENTS(cases));
    assert_false(grammar_is_brief(grammars, &quoting));
}

TEST(a_reply_address_names_the_incident)
{
    static const struct hear_case cases[] = {
        {"", "resolved", UP "status=resolved"},
        {"SMS", "ack", UP "note=acknowledged"},
        {"", "42 resolved", UP "status=resolved"},
        {"Re: [Investigating] API elevated error rates (#42)", "42 resolved", UP "status=resolved"},
        {"", "43 resolved", "? which"},
        {"Re: [Investigating] API elevated error rates (#42)", "43 resolved",
         UP "text=43 resolved"},
    };
    hear_all(&hear_42, cases, G_N_ELEMENTS(cases));
}

TEST(a_number_of_a_sentence_about_what_is_over_is_asked_about)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    const struct incident over = {
        .id = 3, .number = 3, .title = "a", .first_title = "a", .status = INCIDENT_RESOLVED};
    const struct incident *const found[] = {&over};
    const struct thread_facts thread = {.numbered = found, .numbered_count = 1};
    const char *const texts[] = {"resolved 3 of the hosts", "3 resolved", "resolved #3 at last"};
    const char *const wants[] = {"? which", "update #3; status=resolved",
                                 "update #3; status=resolved; text=at last"};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const struct mail mail = {
            .subject = "", .text = texts[i], .raw_text = texts[i], .message_id = ""};
        const struct grammar_request request = {
            .mail = &mail, .page = &hear_page, .thread = &thread, .extension = ""};
        assert_string_equal(hear_describe(arena, grammar_read(grammars, arena, &request)),
                            wants[i]);
    }
}

TEST(a_pagers_text_is_known_whatever_its_subject)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    const struct {
        const char *text;
        bool is_brief;
    } cases[] = {
        {"42 resolved", true}, {"ack", true}, {"RESOLVED", true}, {"Garage is on fire", false},
        {"subscribe", false},  {"", false},   {"42", false},      {"fixed", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct mail mail = {.subject = "Message [17]",
                                  .text = cases[i].text,
                                  .raw_text = cases[i].text,
                                  .message_id = ""};
        assert_int_equal(grammar_is_brief(grammars, &mail), cases[i].is_brief);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_mail_names_its_incident_by_number),
        cmocka_unit_test(an_acknowledgement_is_a_private_note),
        cmocka_unit_test(which_incident_is_never_guessed),
        cmocka_unit_test(words_that_are_not_ours_are_asked_about),
        cmocka_unit_test(only_short_mails_without_quotation_or_subject_are_read_so),
        cmocka_unit_test(a_reply_address_names_the_incident),
        cmocka_unit_test(a_number_of_a_sentence_about_what_is_over_is_asked_about),
        cmocka_unit_test(a_pagers_text_is_known_whatever_its_subject),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
