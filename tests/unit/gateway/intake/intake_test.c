#include "gateway/base/moment.h"
#include "gateway/incident/letter.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/intake/town.h"

TOWN_TEST(a_proven_operator_opens_an_incident_is_answered_and_the_others_get_copies)
{
    struct town *town = *state;
    const struct intake_verdict verdict = town_take(town, &town_opening);

    assert_int_equal(verdict.outcome, INTAKE_TAKEN);
    assert_string_equal(verdict.event, "incident.opened");
    assert_string_equal(town_ask(town, "SELECT title FROM incident"), "API elevated error rates");
    assert_int_equal(town_count(town, "SELECT severity FROM incident"), SEVERITY_MAJOR);
    assert_int_equal(town_count(town, "SELECT count(*) FROM notification"), 1);
    assert_string_equal(town_ask(town, "SELECT group_concat(address || kind) FROM (SELECT * FROM "
                                       "letter ORDER BY id)"),
                        "ada@example.com0,bob@example.com7");
}

TOWN_TEST(the_same_mail_twice_has_one_effect)
{
    struct town *town = *state;
    const struct text mail = TEXT("From: ada@example.com\nTo: status@status.example.com\n"
                                  "Subject: API down\nDate: Tue, 24 Nov 2026 13:18:20 +0000\n"
                                  "Message-ID: <once@example.com>\n\nWe look.\n");

    for (int i = 0; i < 2; i++)
        assert_int_equal(town_take_bytes(town, mail, "ada@example.com", "status@status.example.com",
                                         "ada@example.com")
                             .outcome,
                         INTAKE_TAKEN);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 1);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 0"), 1);
}

TOWN_TEST(A1_a_forged_from_is_refused_and_changes_nothing)
{
    struct town *town = *state;
    struct letter_in forged = town_opening;
    struct intake_verdict verdict;

    forged.login = "";
    verdict = town_take(town, &forged);
    assert_int_equal(verdict.outcome, INTAKE_REFUSED);
    assert_int_equal(verdict.code, TOCSIN_ERROR_DENIED);
    assert_true(verdict.is_whole);
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(a_stranger_is_refused_with_a_word_on_how_to_subscribe)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;
    struct intake_verdict verdict;

    letter.from = "evil@evil.test";
    verdict = town_take(town, &letter);
    assert_int_equal(verdict.code, TOCSIN_ERROR_DENIED);
    assert_false(verdict.is_whole);
    assert_non_null(strstr(verdict.text, "subscribe"));
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(A24_an_operator_of_another_page_is_refused)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;

    letter.from = letter.login = "eve@example.com";
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(A21_signed_in_as_one_and_writing_as_another_is_refused)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;

    letter.login = "bkahn";
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_DENIED);
    letter.from = "bob@example.com";
    assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
}

TOWN_TEST(A3_two_from_headers_prove_nobody)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;

    letter.headers = "From: evil@evil.test\n";
    assert_int_equal(town_take(town, &letter).outcome, INTAKE_REFUSED);
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(a_reply_key_proves_its_operator_and_names_the_incident)
{
    struct town *town = *state;
    struct letter_in reply = {.from = "bob@example.com",
                              .subject = "Re: [Investigating] API elevated error rates (#1)",
                              .text = "Resolved: all is well."};

    (void)town_take(town, &town_opening);
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    assert_string_equal(town_take(town, &reply).event, "incident.resolved");
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_RESOLVED);
    assert_string_equal(town_ask(town, "SELECT proofs FROM audit ORDER BY id DESC LIMIT 1"),
                        "reply_key");
}

TOWN_TEST(A27_a_key_under_another_from_is_refused_dies_and_its_owner_is_told)
{
    struct town *town = *state;
    struct letter_in reply = {.from = "evil@evil.test", .subject = "x", .text = "Resolved"};
    int64_t letters;

    (void)town_take(town, &town_opening);
    letters = town_count(town, "SELECT count(*) FROM letter");
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    assert_int_equal(town_take(town, &reply).code, TOCSIN_ERROR_MISSING);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), letters + 1);
    assert_int_equal(town_count(town, "SELECT kind FROM letter ORDER BY id DESC LIMIT 1"),
                     LETTER_KEY_SPENT);
    reply.from = "bob@example.com";
    assert_int_equal(town_take(town, &reply).code, TOCSIN_ERROR_MISSING);
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_INVESTIGATING);
}

TOWN_TEST(A28_twenty_misses_of_one_client_are_answered_451)
{
    struct town *town = *state;
    struct letter_in guess = {.from = "evil@evil.test",
                              .to = "status+raaaaaaaaaaaaaaaa@status.example.com",
                              .subject = "x",
                              .text = "y"};

    for (int i = 0; i < 20; i++)
        assert_int_equal(town_take(town, &guess).code, TOCSIN_ERROR_MISSING);
    assert_int_equal(town_take(town, &guess).code, TOCSIN_ERROR_BUSY);
    assert_string_equal(town_take(town, &guess).enhanced, "4.7.1");
}

TOWN_TEST(a_word_that_is_no_command_is_answered_with_a_question_and_changes_nothing)
{
    struct town *town = *state;
    struct letter_in reply = {.from = "bob@example.com",
                              .subject = "Re: [Investigating] API elevated error rates (#1)",
                              .text = "Status: fixed"};

    (void)town_take(town, &town_opening);
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    assert_string_equal(town_take(town, &reply).event, "mail.asked");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident_update"), 1);
    assert_int_equal(town_count(town, "SELECT kind FROM letter ORDER BY id DESC LIMIT 1"),
                     LETTER_QUESTION);
}

TOWN_TEST(questions_to_one_address_are_limited_and_changes_are_always_answered)
{
    struct town *town = *state;
    struct letter_in bad = town_opening;

    for (int i = 0; i < 10; i++) {
        bad.text = arena_format(town->arena, "Status: fixed\n\nx %d", i);
        assert_int_equal(town_take(town, &bad).outcome, INTAKE_TAKEN);
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 4);
    /* The last, and no other, says that it is. */
    assert_int_equal(town_count(town, "SELECT group_concat(letter_id) FROM letter_fact"
                                      " WHERE name = 'last'"),
                     4);
    (void)town_take(town, &town_opening);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 0"), 1);
}

TOWN_TEST(A34_automatic_mail_has_no_effect_and_no_answer)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;

    letter.headers = "Auto-Submitted: auto-replied\n";
    assert_string_equal(town_take(town, &letter).event, "mail.automatic");
    letter.headers = NULL;
    letter.sender = "";
    assert_string_equal(town_take(town, &letter).event, "mail.automatic");
    letter.sender = "status@status.example.com";
    assert_string_equal(town_take(town, &letter).event, "mail.automatic");
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(softly_automatic_mail_of_a_proven_operator_is_asked_back_and_published_by_her_word)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;
    struct letter_in reply = {
        .from = "ada@example.com", .subject = "Re: publish this?", .text = "publish"};

    letter.headers = "Precedence: bulk\n";
    assert_string_equal(town_take(town, &letter).event, "mail.held");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
    assert_int_equal(town_count(town, "SELECT kind FROM letter"), LETTER_HELD);

    reply.to = town_key_for(town, "ada@example.com", 0, 1);
    assert_string_equal(town_take(town, &reply).event, "incident.opened");
    assert_int_equal(town_count(town, "SELECT ended_at IS NOT NULL FROM held"), 1);
    /* once */
    reply.text = "publish please";
    (void)town_take(town, &reply);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 1);
}

TOWN_TEST(an_automatic_answer_publishes_nothing)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;
    struct letter_in reply = {.from = "ada@example.com",
                              .subject = "Re: publish this?",
                              .text = "publish",
                              .headers = "Precedence: bulk\n"};

    letter.headers = "Precedence: bulk\n";
    (void)town_take(town, &letter);
    reply.to = town_key_for(town, "ada@example.com", 0, 1);
    (void)town_take(town, &reply);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
}

TOWN_TEST(a_preview_changes_nothing)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;

    letter.text = "Preview\nComponents: api\n\nWe look.";
    assert_string_equal(town_take(town, &letter).event, "mail.previewed");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
    assert_int_equal(town_count(town, "SELECT kind FROM letter"), LETTER_PREVIEW);
    for (int i = 0; i < 9; i++) {
        letter.text = arena_format(town->arena, "Preview\nComponents: api\n\nWe look %d.", i);
        assert_string_equal(town_take(town, &letter).event, "mail.previewed");
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 10);
}

TOWN_TEST(the_verdict_says_for_the_log_how_many_will_hear)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;
    struct intake_verdict verdict;

    town_subscribe(town, "carol@example.net");
    town_subscribe(town, "dave@example.net");
    verdict = town_take(town, &letter);
    assert_true(verdict.has_subscribers);
    assert_int_equal(verdict.subscribers, 2);
    letter.to = town_key_for(town, "ada@example.com", 1, 0);
    letter.text = "Notify: no\nStatus: identified\n\nQuiet.";
    verdict = town_take(town, &letter);
    assert_true(verdict.has_subscribers);
    assert_int_equal(verdict.subscribers, 0);
    letter.text = "Status: fixed";
    assert_false(town_take(town, &letter).has_subscribers);
}

TOWN_TEST(F6_a_mail_that_ended_its_worker_twice_is_refused_for_good)
{
    struct town *town = *state;
    const struct text mail = TEXT("From: ada@example.com\nSubject: x\n\ny\n");
    uint8_t digest[MAIL_DIGEST_SIZE];

    mail_digest(mail, digest);
    (void)town_ask(town, arena_format(town->arena, "INSERT INTO crash VALUES (x'%s', 2, 1)",
                                      hex_write(town->arena, digest, sizeof digest)));
    assert_int_equal(town_take_bytes(town, mail, "ada@example.com", "status@status.example.com",
                                     "ada@example.com")
                         .code,
                     TOCSIN_ERROR_INPUT);
}

TOWN_TEST(what_is_for_nobody_of_ours_is_not_ours)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;

    letter.to = "somebody@status.example.com";
    assert_int_equal(town_take(town, &letter).outcome, INTAKE_NOT_OURS);
}

TOWN_TEST(A27_a_key_in_the_text_is_never_published)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;

    letter.text = "Write to status+raaaaaaaaaaaaaaaa@status.example.com for more.";
    (void)town_take(town, &letter);
    assert_string_equal(town_ask(town, "SELECT message FROM incident_update"),
                        "Write to status@status.example.com for more.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(a_proven_operator_opens_an_incident_is_answered_and_the_others_get_copies),
        TOWN(the_same_mail_twice_has_one_effect),
        TOWN(A1_a_forged_from_is_refused_and_changes_nothing),
        TOWN(a_stranger_is_refused_with_a_word_on_how_to_subscribe),
        TOWN(A24_an_operator_of_another_page_is_refused),
        TOWN(A21_signed_in_as_one_and_writing_as_another_is_refused),
        TOWN(A3_two_from_headers_prove_nobody),
        TOWN(a_reply_key_proves_its_operator_and_names_the_incident),
        TOWN(A27_a_key_under_another_from_is_refused_dies_and_its_owner_is_told),
        TOWN(A28_twenty_misses_of_one_client_are_answered_451),
        TOWN(a_word_that_is_no_command_is_answered_with_a_question_and_changes_nothing),
        TOWN(questions_to_one_address_are_limited_and_changes_are_always_answered),
        TOWN(A34_automatic_mail_has_no_effect_and_no_answer),
        TOWN(softly_automatic_mail_of_a_proven_operator_is_asked_back_and_published_by_her_word),
        TOWN(an_automatic_answer_publishes_nothing),
        TOWN(a_preview_changes_nothing),
        TOWN(the_verdict_says_for_the_log_how_many_will_hear),
        TOWN(F6_a_mail_that_ended_its_worker_twice_is_refused_for_good),
        TOWN(what_is_for_nobody_of_ours_is_not_ours),
        TOWN(A27_a_key_in_the_text_is_never_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
