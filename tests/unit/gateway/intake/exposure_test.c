/* Keys: whose they are, who may have seen them, and what is said of wrong ones (A25 to A28, A46). */
#include "gateway/incident/keyed.h"
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/town.h"

static const struct letter_in resolving = {
    .from = "bob@example.com",
    .subject = "Re: [Investigating] API elevated error rates (#1)",
    .text = "Resolved: all is well.",
};

static int64_t count_spent(struct town *town)
{
    return town_count(town, "SELECT count(*) FROM reply_key WHERE spent_at IS NOT NULL");
}

TOWN_TEST(A27_a_key_shown_to_others_works_once_and_its_owner_gets_another)
{
    struct town *town = *state;
    struct letter_in reply = resolving;

    (void)town_take(town, &town_opening);
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    reply.header_to = arena_format(town->arena, "%s, list@example.org", reply.to);
    assert_string_equal(town_take(town, &reply).event, "incident.resolved");
    assert_int_equal(town_last_letter(town), LETTER_KEY_SPENT);
    assert_int_equal(count_spent(town), 1);
    reply.text = "Investigating: it is back.";
    assert_int_equal(town_take(town, &reply).code, TOCSIN_ERROR_MISSING);
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_RESOLVED);
}

TOWN_TEST(a_key_that_nobody_else_could_read_stays)
{
    struct town *town = *state;
    struct letter_in reply = resolving;

    (void)town_take(town, &town_opening);
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    reply.header_to = "list@example.org"; /* the key came in Bcc */
    assert_string_equal(town_take(town, &reply).event, "incident.resolved");
    assert_int_equal(count_spent(town), 0);
    reply.header_to = arena_format(town->arena, "%s, status@status.example.com", reply.to);
    reply.text = "Investigating: it is back.";
    assert_string_equal(town_take(town, &reply).event, "incident.reopened");
    assert_int_equal(count_spent(town), 0);
}

TOWN_TEST(A27_a_key_in_the_hands_of_one_proven_otherwise_names_the_incident_and_is_spent)
{
    struct town *town = *state;
    struct letter_in reply = resolving;

    (void)town_take(town, &town_opening);
    reply.to = town_key_for(town, "ada@example.com", 1, 0);
    reply.login = "bkahn";
    reply.subject = "x";
    assert_string_equal(town_take(town, &reply).event, "incident.resolved");
    assert_int_equal(count_spent(town), 1);
    assert_string_equal(town_ask(town, "SELECT address FROM letter WHERE kind = 6"),
                        "ada@example.com");
}

TOWN_TEST(A28_an_expired_key_proves_nobody_and_names_the_incident_still)
{
    struct town *town = *state;
    struct letter_in reply = resolving;

    (void)town_take(town, &town_opening);
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    (void)town_ask(town, "UPDATE reply_key SET expires_at = created_at");
    assert_int_equal(town_take(town, &reply).code, TOCSIN_ERROR_MISSING);
    reply.login = "bkahn";
    reply.subject = "x";
    assert_string_equal(town_take(town, &reply).event, "incident.resolved");
}

TOWN_TEST(A28_wrong_expired_spent_and_unknown_are_answered_alike)
{
    struct town *town = *state;
    struct letter_in reply = resolving;
    const char *texts[4];

    (void)town_take(town, &town_opening);
    reply.to = "status+raaaaaaaaaaaaaaaa@status.example.com";
    texts[0] = town_take(town, &reply).text;
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    (void)town_ask(town, "UPDATE reply_key SET expires_at = created_at");
    texts[1] = town_take(town, &reply).text;
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    (void)town_ask(town, "UPDATE reply_key SET spent_at = 1");
    texts[2] = town_take(town, &reply).text;
    reply.from = "evil@evil.test";
    texts[3] = town_take(town, &reply).text;
    for (size_t i = 1; i < G_N_ELEMENTS(texts); i++)
        assert_string_equal(texts[i], texts[0]);
}

TOWN_TEST(A25_a_key_of_another_page_is_unknown)
{
    struct town *town = *state;
    struct letter_in reply = resolving;
    const char *key;

    (void)town_take(town, &town_opening);
    key = town_key_for(town, "bob@example.com", 1, 0);
    reply.to = arena_format(town->arena, "other%s", key + strlen("status"));
    assert_int_equal(town_take(town, &reply).code, TOCSIN_ERROR_MISSING);
    reply.to = "status+inc42@status.example.com";
    assert_int_equal(town_take(town, &reply).code, TOCSIN_ERROR_DENIED);
    reply.to = "status%evil.test@status.example.com";
    assert_int_equal(town_take(town, &reply).outcome, INTAKE_NOT_OURS);
}

TOWN_TEST(A26_a_thread_proves_nobody_and_a_forged_tag_is_no_thread)
{
    struct town *town = *state;
    OWN(secret) secret = secret_open(town->state, NULL);
    const char *root = keyed_write_root_id(town->arena, secret, town_page(), 1);
    struct letter_in reply = resolving;

    (void)town_take(town, &town_opening);
    reply.subject = "Re: something";
    reply.headers = arena_format(town->arena, "References: <%s>\n", root);
    assert_int_equal(town_take(town, &reply).code, TOCSIN_ERROR_DENIED);
    reply.login = "bkahn";
    reply.headers = "References: <i1.aaaaaaaa@status.example.com>\n";
    assert_string_equal(town_take(town, &reply).event, "mail.asked");
    reply.headers = arena_format(town->arena, "References: <%s>\n", root);
    assert_string_equal(town_take(town, &reply).event, "incident.resolved");
}

TOWN_TEST(A27_anothers_automatic_answer_to_a_key_spends_nothing)
{
    struct town *town = *state;
    struct letter_in reply = resolving;

    (void)town_take(town, &town_opening);
    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    reply.from = "bob.kahn@example.net";
    reply.headers = "Auto-Submitted: auto-replied\n";
    assert_string_equal(town_take(town, &reply).event, "mail.automatic");
    assert_int_equal(count_spent(town), 0);
}

TOWN_TEST(A46_a_bounce_with_a_made_up_key_is_refused_and_a_right_one_taken)
{
    struct town *town = *state;
    OWN(secret) secret = secret_open(town->state, NULL);
    struct letter_in bounce = {.from = "mailer-daemon@example.net",
                               .sender = "",
                               .subject = "Undelivered Mail",
                               .text = "x"};
    char *address = keyed_write_bounce(town->arena, secret, town_page(), 1, 1);
    char *last = strchr(address, '@') - 5;

    bounce.to = address;
    assert_string_equal(town_take(town, &bounce).event, "bounce.taken");
    *last = *last == 'a' ? 'b' : 'a';
    assert_int_equal(town_take(town, &bounce).code, TOCSIN_ERROR_MISSING);
}

TOWN_TEST(an_unsubscribe_address_works_for_anybody_and_automatic_mail_and_once)
{
    struct town *town = *state;
    OWN(secret) secret = secret_open(town->state, NULL);
    struct letter_in leaving = {
        .from = "someone@example.org", .sender = "", .subject = "x", .text = ""};

    (void)town_ask(town, "INSERT INTO subscriber (public_id, page_id, address, state, lane,"
                         " language, time_zone, created_at, confirmed_at) VALUES ('sub_1',"
                         " 'sp_abc123', 'carol@example.net', 1, 1, '', '', 1, 1)");
    assert_int_equal(town_count(town, "SELECT count(*) FROM subscriber"), 1);
    leaving.to = keyed_write_unsubscribe(town->arena, secret, town_page(),
                                         town_count(town, "SELECT id FROM subscriber"));
    for (int i = 0; i < 2; i++)
        assert_string_equal(town_take(town, &leaving).event, "subscriber.unsubscribed");
    /* Automatic mail is never answered. */
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 0);
    assert_int_equal(town_count(town, "SELECT state FROM subscriber"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(A27_a_key_shown_to_others_works_once_and_its_owner_gets_another),
        TOWN(a_key_that_nobody_else_could_read_stays),
        TOWN(A27_a_key_in_the_hands_of_one_proven_otherwise_names_the_incident_and_is_spent),
        TOWN(A28_an_expired_key_proves_nobody_and_names_the_incident_still),
        TOWN(A28_wrong_expired_spent_and_unknown_are_answered_alike),
        TOWN(A25_a_key_of_another_page_is_unknown),
        TOWN(A26_a_thread_proves_nobody_and_a_forged_tag_is_no_thread),
        TOWN(A27_anothers_automatic_answer_to_a_key_spends_nothing),
        TOWN(A46_a_bounce_with_a_made_up_key_is_refused_and_a_right_one_taken),
        TOWN(an_unsubscribe_address_works_for_anybody_and_automatic_mail_and_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
