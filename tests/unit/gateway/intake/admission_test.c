/* Who joins and leaves by mail: `subscribe` and `unsubscribe` of anybody. */
#include "gateway/base/moment.h"
#include "gateway/incident/keyed.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/intake/town.h"

static struct letter_in by(const char *from, const char *subject, const char *text)
{
    return (struct letter_in){.from = from, .subject = subject, .text = text};
}

static int64_t letters(struct town *town, enum letter_kind kind)
{
    return town_count(
        town, arena_format(town->arena, "SELECT count(*) FROM letter WHERE kind = %d", kind));
}

/* All that a letter says, but for the mail that it answers and whom it is to. */
static char *content(struct town *town)
{
    return town_ask(
        town, "SELECT kind || ' ' || language || ' ' || (SELECT group_concat(name || '=' || value, "
              "char(10)) FROM (SELECT name, value FROM letter_fact WHERE letter_id = letter.id AND "
              "name NOT IN ('in_reply_to', 'source') ORDER BY position))"
              " FROM letter ORDER BY id DESC LIMIT 1");
}

static void assert_same(const struct intake_verdict *one, const struct intake_verdict *other)
{
    assert_int_equal(one->outcome, other->outcome);
    assert_int_equal(one->code, other->code);
    assert_string_equal(one->smtp, other->smtp);
    assert_string_equal(one->enhanced, other->enhanced);
    assert_string_equal(one->text, other->text);
}

TOWN_TEST(anybody_who_says_subscribe_is_asked_whether_she_wants_to_and_hears_nothing_yet)
{
    static const struct letter_in said[] = {
        {.from = "a@a.test", .subject = "subscribe", .text = ""},
        {.from = "b@b.test", .subject = "Hello", .text = "Subscribe\n\n-- \nB"},
        {.from = "c@c.test",
         .to = "status+subscribe@status.example.com",
         .subject = "",
         .text = ""},
    };
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        const struct intake_verdict verdict = town_take(town, &said[i]);

        assert_int_equal(verdict.outcome, INTAKE_TAKEN);
        assert_string_equal(verdict.event, "join.asked");
        assert_string_equal(town_ask(town, "SELECT address FROM letter ORDER BY id DESC LIMIT 1"),
                            said[i].from);
        assert_int_equal(town_last_letter(town), LETTER_CONFIRM);
        assert_int_equal(town_find(town, said[i].from)->state, SUBSCRIBER_PENDING);
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM interest"), 0);
}

TOWN_TEST(what_she_wants_to_hear_is_asked_with_it)
{
    struct town *town = *state;
    const struct letter_in letter = by("carol@example.net", "subscribe api, web major pager", "");

    assert_string_equal(town_take(town, &letter).event, "join.asked");
    assert_string_equal(town_ask(town, "SELECT group_concat(value, ';') FROM letter_fact"
                                       " WHERE name = 'wish'"),
                        "components: api, web;severity: major;format: pager");
}

TOWN_TEST(wishes_that_no_subscription_can_have_are_refused_whoever_asks)
{
    struct town *town = *state;
    const struct letter_in letter = by("carol@example.net", "subscribe pager daily", "");
    struct intake_verdict stranger;
    struct intake_verdict known;

    stranger = town_take(town, &letter);
    town_subscribe(town, "carol@example.net");
    known = town_take(town, &letter);
    assert_int_equal(stranger.code, TOCSIN_ERROR_DENIED);
    assert_same(&stranger, &known);
    assert_int_equal(letters(town, LETTER_CONFIRM), 0);
}

TOWN_TEST(the_answer_is_the_same_whatever_the_store_holds)
{
    struct town *town = *state;
    const struct letter_in letter = by("carol@example.net", "subscribe", "");
    const struct intake_verdict unknown = town_take(town, &letter);
    const char *first = content(town);
    struct intake_verdict again;

    town->now += 2 * HOUR_MS;
    again = town_take(town, &letter); /* pending */
    assert_same(&unknown, &again);
    assert_string_equal(content(town), first);
    assert_int_equal(letters(town, LETTER_CONFIRM), 2);

    town->now += 2 * HOUR_MS;
    town_subscribe(town, "carol@example.net");
    again = town_take(town, &letter); /* confirmed */
    assert_same(&unknown, &again);
    assert_string_equal(content(town), first);
    assert_int_equal(letters(town, LETTER_CONFIRM), 3);

    town->now += 2 * HOUR_MS;
    again = town_take(town, &letter); /* over the limit of a day */
    assert_same(&unknown, &again);
    assert_string_equal(again.event, "join.dropped");
    assert_int_equal(letters(town, LETTER_CONFIRM), 3);
}

TOWN_TEST(A42_asking_again_never_lowers_a_confirmed_state)
{
    struct town *town = *state;
    const struct letter_in letter = by("carol@example.net", "subscribe web critical", "");

    town_subscribe(town, "carol@example.net");
    assert_string_equal(town_take(town, &letter).event, "join.asked");
    assert_int_equal(town_find(town, "carol@example.net")->state, SUBSCRIBER_CONFIRMED);
    assert_int_equal(town_find(town, "carol@example.net")->severity, SEVERITY_MINOR);
    assert_int_equal(town_count(town, "SELECT count(*) FROM interest"), 1);
}

TOWN_TEST(A39_one_address_is_asked_once_an_hour_and_what_is_over_is_dropped_silently)
{
    struct town *town = *state;

    for (int i = 0; i < 100; i++) {
        const struct letter_in letter =
            by("victim@example.net", "subscribe", arena_format(town->arena, "%d", i));

        assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
    }
    assert_int_equal(letters(town, LETTER_CONFIRM), 1);
}

TOWN_TEST(A39_one_network_asks_for_20_an_hour)
{
    struct town *town = *state;

    for (int i = 0; i < 60; i++) {
        const struct letter_in letter =
            by(arena_format(town->arena, "v%d@v%d.test", i, i), "subscribe", "");

        assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
    }
    assert_int_equal(letters(town, LETTER_CONFIRM), 20);
}

TOWN_TEST(A39_the_question_holds_no_word_of_who_asked)
{
    struct town *town = *state;
    const struct letter_in letter =
        by("victim@example.net", "subscribe", "Buy pills at http://evil.test/\n");

    (void)town_take(town, &letter);
    assert_int_equal(letters(town, LETTER_CONFIRM), 1);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter_fact WHERE value LIKE '%evil%'"
                                      " OR name = 'subject'"),
                     0);
}

TOWN_TEST(roles_and_our_own_addresses_are_never_written_to_and_the_answer_is_the_same)
{
    static const char *const roles[] = {
        "postmaster@example.net", "Abuse@example.net",         "noc@example.net",
        "security@example.net",   "mailer-daemon@example.net", "list-request@example.net",
        "owner-list@example.net", "POSTMASTER@example.net",
    };
    static const char *const words[] = {"subscribe", "unsubscribe", "help", "confirm"};
    struct town *town = *state;
    const struct letter_in known = by("carol@example.net", "subscribe", "");
    const struct intake_verdict answer = town_take(town, &known);
    const int64_t before = town_count(town, "SELECT count(*) FROM letter");

    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(words); j++) {
            struct letter_in letter = by(roles[i], words[j], "");
            struct intake_verdict verdict;

            letter.sender = "somebody@example.net";
            verdict = town_take(town, &letter);
            assert_same(&answer, &verdict);
        }
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), before);
    assert_int_equal(town_count(town, "SELECT count(*) FROM subscriber"), 1);
}

TOWN_TEST(a_list_is_never_sent_a_key_that_its_members_could_use)
{
    static const char *const words[] = {"subscribe", "unsubscribe", "preferences", "confirm",
                                        "help"};
    struct town *town = *state;

    town_subscribe(town, "team@lists.test");
    (void)town_ask(town, "UPDATE subscriber SET kind = 1");
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        struct letter_in letter = by("team@lists.test", words[i], "");

        assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
        letter.text = "x";
        letter.login = "team@lists.test";
        assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 0);
    assert_int_equal(town_find(town, "team@lists.test")->state, SUBSCRIBER_CONFIRMED);
}

TOWN_TEST(automatic_mail_subscribes_nobody)
{
    static const char *const marks[] = {"Auto-Submitted: auto-replied\n", "Precedence: bulk\n",
                                        "List-Id: <x.example.org>\n"};
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        struct letter_in letter = by("carol@example.net", "subscribe", "");

        letter.headers = marks[i];
        assert_string_equal(town_take(town, &letter).event, "mail.automatic");
    }
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(an_operator_joins_as_everybody_does)
{
    struct town *town = *state;
    struct letter_in letter = by("ada@example.com", "subscribe", "");

    letter.login = "ada@example.com";
    assert_string_equal(town_take(town, &letter).event, "join.asked");
    assert_int_equal(town_last_letter(town), LETTER_CONFIRM);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
}

TOWN_TEST(who_is_not_proven_is_asked_whether_she_wants_to_leave_known_or_not)
{
    struct town *town = *state;
    struct letter_in letter = by("carol@example.net", "unsubscribe", "");
    const struct intake_verdict unknown = town_take(town, &letter);
    const char *first = content(town);
    struct intake_verdict known;

    town->now += 2 * HOUR_MS;
    town_subscribe(town, "carol@example.net");
    known = town_take(town, &letter);
    assert_same(&unknown, &known);
    assert_string_equal(content(town), first);
    assert_int_equal(letters(town, LETTER_LEAVE), 2);
    assert_int_equal(town_find(town, "carol@example.net")->state, SUBSCRIBER_CONFIRMED);
    /* Limited like joining. */
    letter.to = "status+unsubscribe@status.example.com";
    letter.subject = "";
    assert_string_equal(town_take(town, &letter).event, "leave.dropped");
    assert_int_equal(letters(town, LETTER_LEAVE), 2);
}

TOWN_TEST(who_is_proven_leaves_at_once_and_is_told_how_to_come_back)
{
    struct town *town = *state;
    struct letter_in letter = by("carol@example.net", "unsubscribe", "");

    town_subscribe(town, "carol@example.net");
    letter.login = "carol@example.net";
    assert_string_equal(town_take(town, &letter).event, "subscriber.unsubscribed");
    assert_int_equal(town_find(town, "carol@example.net")->state, SUBSCRIBER_UNSUBSCRIBED);
    assert_int_equal(town_last_letter(town), LETTER_FAREWELL);
    assert_int_equal(town_count(town, "SELECT count(*) FROM consent WHERE act = 3"), 1);
    assert_int_equal(town_count(town, "SELECT count(*) FROM interest"), 0);
}

TOWN_TEST(a_login_as_somebody_else_proves_nothing)
{
    struct town *town = *state;
    struct letter_in letter = by("carol@example.net", "unsubscribe", "");

    town_subscribe(town, "carol@example.net");
    letter.login = "mallory@example.net";
    assert_string_equal(town_take(town, &letter).event, "leave.asked");
    assert_int_equal(town_find(town, "carol@example.net")->state, SUBSCRIBER_CONFIRMED);
}

TOWN_TEST(the_address_in_list_unsubscribe_is_proof_enough_and_on_record)
{
    struct town *town = *state;
    OWN(secret) secret = secret_open(town->state, NULL);
    struct letter_in letter = by("forwarded@elsewhere.test", "", "");

    town_subscribe(town, "carol@example.net");
    letter.to = keyed_write_unsubscribe(town->arena, secret, town_page(),
                                        town_find(town, "carol@example.net")->id);
    letter.headers = "Auto-Submitted: auto-generated\n";
    assert_string_equal(town_take(town, &letter).event, "subscriber.unsubscribed");
    assert_int_equal(town_find(town, "carol@example.net")->state, SUBSCRIBER_UNSUBSCRIBED);
    assert_non_null(strstr(town_ask(town, "SELECT source FROM consent WHERE act = 3"),
                           "from 192.0.2.9, written by forwarded@elsewhere.test"));
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 0); /* a machine wrote */
}

TOWN_TEST(the_question_is_in_the_language_of_the_word_and_hers_is_that_of_her_choice)
{
    struct town *town = *state;
    const struct letter_in letter = by("carol@example.net", "abonnieren", "");

    assert_string_equal(town_take(town, &letter).event, "join.asked");
    assert_string_equal(town_ask(town, "SELECT language FROM letter"), "de");
    assert_string_equal(town_ask(town, "SELECT value FROM letter_fact WHERE name = 'wishes'"),
                        "language: de\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(anybody_who_says_subscribe_is_asked_whether_she_wants_to_and_hears_nothing_yet),
        TOWN(what_she_wants_to_hear_is_asked_with_it),
        TOWN(wishes_that_no_subscription_can_have_are_refused_whoever_asks),
        TOWN(the_answer_is_the_same_whatever_the_store_holds),
        TOWN(A42_asking_again_never_lowers_a_confirmed_state),
        TOWN(A39_one_address_is_asked_once_an_hour_and_what_is_over_is_dropped_silently),
        TOWN(A39_one_network_asks_for_20_an_hour),
        TOWN(A39_the_question_holds_no_word_of_who_asked),
        TOWN(roles_and_our_own_addresses_are_never_written_to_and_the_answer_is_the_same),
        TOWN(a_list_is_never_sent_a_key_that_its_members_could_use),
        TOWN(automatic_mail_subscribes_nobody),
        TOWN(an_operator_joins_as_everybody_does),
        TOWN(who_is_not_proven_is_asked_whether_she_wants_to_leave_known_or_not),
        TOWN(who_is_proven_leaves_at_once_and_is_told_how_to_come_back),
        TOWN(a_login_as_somebody_else_proves_nothing),
        TOWN(the_address_in_list_unsubscribe_is_proof_enough_and_on_record),
        TOWN(the_question_is_in_the_language_of_the_word_and_hers_is_that_of_her_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
