/* Replies to "subscribe?" and "unsubscribe?": a person's word, by its key, once. */
#include "gateway/base/moment.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/intake/town.h"

static void ask(struct town *town, const char *from, const char *subject)
{
    const struct letter_in letter = {.from = from, .subject = subject, .text = ""};

    assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
}

static struct letter_in reply(const char *from, const char *to, const char *text)
{
    return (struct letter_in){
        .from = from, .to = to, .subject = "Re: Updates of Example?", .text = text};
}

static enum subscriber_state state_of(struct town *town, const char *address)
{
    return town_find(town, address)->state;
}

TOWN_TEST(her_word_subscribes_her_with_what_she_wanted_and_is_on_record)
{
    struct town *town = *state;
    const struct subscriber *carol;
    struct letter_in letter;

    ask(town, "carol@example.net", "subscribe api major text");
    letter = reply("carol@example.net", town_confirm_address(town, LETTER_CONFIRM),
                   "Confirm\n\n> Reply `confirm` …\n");
    assert_string_equal(town_take(town, &letter).event, "subscriber.confirmed");
    carol = town_find(town, "carol@example.net");
    assert_int_equal(carol->state, SUBSCRIBER_CONFIRMED);
    assert_int_equal(carol->format, FORMAT_TEXT);
    assert_int_equal(carol->severity, SEVERITY_MAJOR);
    assert_int_equal(carol->topic_count, 1);
    assert_string_equal(carol->topics[0], "c:comp_api");
    assert_int_equal(town_last_letter(town), LETTER_WELCOME);
    assert_string_equal(town_ask(town, "SELECT words FROM consent WHERE act = 1"),
                        "components: api\nseverity: major\nformat: text\n");
    assert_string_equal(town_ask(town, "SELECT how FROM consent WHERE act = 1"), "mail");
    assert_non_null(strstr(town_ask(town, "SELECT source FROM consent WHERE act = 1"),
                           "@example.com> from 192.0.2.9"));
}

TOWN_TEST(the_word_confirms_in_each_way_that_people_write_it)
{
    static const struct letter_in said[] = {
        {.subject = "Re: x", .text = "confirm"},
        {.subject = "Re: x", .text = "CONFIRM."},
        {.subject = "Re: x", .text = "Yes, please!"},
        {.subject = "Re: x", .text = "ja"},
        {.subject = "Re: x", .text = "confirmer"},
        {.subject = "Re: x", .text = "Confirm\n\nCarol"},
        {.subject = "confirm", .text = ""},
    };
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        const char *who = arena_format(town->arena, "c%zu@c%zu.test", i, i);
        struct letter_in letter = said[i];

        ask(town, who, "subscribe");
        letter.from = who;
        letter.to = town_confirm_address(town, LETTER_CONFIRM);
        assert_string_equal(town_take(town, &letter).event, "subscriber.confirmed");
        assert_int_equal(state_of(town, who), SUBSCRIBER_CONFIRMED);
    }
}

TOWN_TEST(it_works_once_and_is_then_no_address_any_more)
{
    struct town *town = *state;
    struct letter_in letter;
    struct intake_verdict verdict;

    ask(town, "carol@example.net", "subscribe");
    letter = reply("carol@example.net", town_confirm_address(town, LETTER_CONFIRM), "confirm");
    (void)town_take(town, &letter);
    verdict = town_take(town, &letter);
    assert_int_equal(verdict.code, TOCSIN_ERROR_MISSING);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 13"), 1);
}

TOWN_TEST(it_expires_after_48_hours_and_counts_as_a_miss_of_the_client)
{
    struct town *town = *state;
    struct letter_in letter;

    ask(town, "carol@example.net", "subscribe");
    letter = reply("carol@example.net", town_confirm_address(town, LETTER_CONFIRM), "confirm");
    town->now += 48 * HOUR_MS;
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_MISSING);
    assert_int_equal(state_of(town, "carol@example.net"), SUBSCRIBER_PENDING);
    for (int i = 0; i < 19; i++)
        assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_MISSING);
    assert_string_equal(town_take(town, &letter).enhanced, "4.7.1");
}

TOWN_TEST(a_key_of_nobody_is_refused_with_the_same_words_as_a_spent_one)
{
    struct town *town = *state;
    struct letter_in letter =
        reply("carol@example.net", "status+caaaaaaaaaaaaaaaa@status.example.com", "confirm");
    struct intake_verdict unknown = town_take(town, &letter);

    ask(town, "carol@example.net", "subscribe");
    letter.to = town_confirm_address(town, LETTER_CONFIRM);
    (void)town_take(town, &letter);
    assert_string_equal(town_take(town, &letter).text, unknown.text);
    assert_int_equal(unknown.code, TOCSIN_ERROR_MISSING);
}

TOWN_TEST(A41_nothing_automatic_confirms_hard_or_soft_or_without_any_mark)
{
    static const struct letter_in machines[] = {
        {.text = "confirm", .headers = "Auto-Submitted: auto-replied\n"},
        {.text = "confirm", .headers = "Precedence: bulk\n"},
        {.text = "confirm", .headers = "X-Autoreply: yes\n"},
        {.text = "confirm", .headers = "X-Auto-Response-Suppress: All\n"},
        {.text = "confirm", .sender = ""},
        {.text = "confirm", .sender = "mailer-daemon@example.net"},
        {.text = "I am away until Monday.\n\n> Reply with the word confirm.\n> confirm\n"},
        {.text = "I am away. I confirm that your mail arrived."},
    };
    struct town *town = *state;
    const char *to;

    ask(town, "carol@example.net", "subscribe");
    to = town_confirm_address(town, LETTER_CONFIRM);
    for (size_t i = 0; i < G_N_ELEMENTS(machines); i++) {
        struct letter_in letter = machines[i];

        letter.from = "carol@example.net";
        letter.to = to;
        letter.subject = "Re: Updates of Example?";
        assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
        assert_int_equal(state_of(town, "carol@example.net"), SUBSCRIBER_PENDING);
    }
}

TOWN_TEST(another_reply_is_answered_once_with_what_would_work_and_the_key_still_works)
{
    struct town *town = *state;
    struct letter_in letter;

    ask(town, "carol@example.net", "subscribe");
    letter =
        reply("carol@example.net", town_confirm_address(town, LETTER_CONFIRM), "What is this?");
    assert_string_equal(town_take(town, &letter).event, "confirm.unclear");
    assert_int_equal(town_last_letter(town), LETTER_COMMANDS);
    assert_string_equal(town_ask(town, "SELECT value FROM letter_fact WHERE name = 'suggestion'"),
                        "confirm");
    letter.text = "Who are you?";
    (void)town_take(town, &letter);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 15"), 1);
    letter.text = "confirm";
    assert_string_equal(town_take(town, &letter).event, "subscriber.confirmed");
}

TOWN_TEST(A41_the_word_from_another_address_confirms_nothing_and_the_key_still_works)
{
    struct town *town = *state;
    struct letter_in letter;

    ask(town, "carol@example.net", "subscribe");
    letter = reply("c.shaw@work.test", town_confirm_address(town, LETTER_CONFIRM), "confirm");
    assert_string_equal(town_take(town, &letter).event, "confirm.unclear");
    assert_int_equal(state_of(town, "carol@example.net"), SUBSCRIBER_PENDING);
    assert_null(town_find(town, "c.shaw@work.test"));
    assert_string_equal(town_ask(town, "SELECT address FROM letter ORDER BY id DESC LIMIT 1"),
                        "carol@example.net");
    letter.from = "carol@example.net";
    assert_string_equal(town_take(town, &letter).event, "subscriber.confirmed");
    assert_int_equal(state_of(town, "carol@example.net"), SUBSCRIBER_CONFIRMED);
}

TOWN_TEST(who_left_comes_back_and_who_is_there_is_changed)
{
    struct town *town = *state;
    struct letter_in letter;

    town_subscribe(town, "carol@example.net");
    ask(town, "carol@example.net", "subscribe critical");
    letter = reply("carol@example.net", town_confirm_address(town, LETTER_CONFIRM), "confirm");
    assert_string_equal(town_take(town, &letter).event, "subscriber.confirmed");
    assert_int_equal(town_find(town, "carol@example.net")->severity, SEVERITY_CRITICAL);

    ask(town, "carol@example.net", "unsubscribe");
    letter = reply("carol@example.net", town_confirm_address(town, LETTER_LEAVE), "confirm");
    assert_string_equal(town_take(town, &letter).event, "subscriber.unsubscribed");
    assert_int_equal(state_of(town, "carol@example.net"), SUBSCRIBER_UNSUBSCRIBED);
    assert_int_equal(town_last_letter(town), LETTER_FAREWELL);
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_MISSING); /* spent */

    town->now += 2 * HOUR_MS;
    ask(town, "carol@example.net", "subscribe");
    letter = reply("carol@example.net", town_confirm_address(town, LETTER_CONFIRM), "confirm");
    (void)town_take(town, &letter);
    assert_int_equal(state_of(town, "carol@example.net"), SUBSCRIBER_CONFIRMED);
    assert_int_equal(town_find(town, "carol@example.net")->severity, SEVERITY_MINOR);
}

TOWN_TEST(who_says_unsubscribe_to_the_question_is_left_alone)
{
    struct town *town = *state;
    struct letter_in letter;

    ask(town, "carol@example.net", "subscribe");
    letter = reply("carol@example.net", town_confirm_address(town, LETTER_CONFIRM), "unsubscribe");
    assert_string_equal(town_take(town, &letter).event, "subscriber.unsubscribed");
    assert_int_equal(state_of(town, "carol@example.net"), SUBSCRIBER_UNSUBSCRIBED);
    letter.text = "confirm";
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_MISSING);
}

TOWN_TEST(an_operators_reply_to_a_dead_key_is_answered_and_never_published)
{
    struct town *town = *state;
    struct letter_in letter =
        reply("ada@example.com", "status+caaaaaaaaaaaaaaaa@status.example.com",
              "severity: major\n\nAll components please.");

    letter.login = "ada@example.com";
    assert_string_equal(town_take(town, &letter).event, "confirm.over");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
    assert_int_equal(town_last_letter(town), LETTER_QUESTION);
}

TOWN_TEST(an_operator_confirms_by_her_key_and_publishes_nothing)
{
    struct town *town = *state;
    struct letter_in letter = {
        .from = "ada@example.com", .subject = "subscribe", .text = "", .login = "ada@example.com"};

    (void)town_take(town, &letter);
    letter = reply("ada@example.com", town_confirm_address(town, LETTER_CONFIRM), "confirm");
    letter.login = "ada@example.com";
    assert_string_equal(town_take(town, &letter).event, "subscriber.confirmed");
    assert_int_equal(state_of(town, "ada@example.com"), SUBSCRIBER_CONFIRMED);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
}

TOWN_TEST(confirm_without_its_address_confirms_nothing)
{
    struct town *town = *state;
    const struct letter_in letter = {
        .from = "carol@example.net", .subject = "Re: Updates of Example?", .text = "confirm"};

    ask(town, "carol@example.net", "subscribe");
    assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
    assert_int_equal(state_of(town, "carol@example.net"), SUBSCRIBER_PENDING);
    assert_int_equal(town_last_letter(town), LETTER_COMMANDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(her_word_subscribes_her_with_what_she_wanted_and_is_on_record),
        TOWN(the_word_confirms_in_each_way_that_people_write_it),
        TOWN(it_works_once_and_is_then_no_address_any_more),
        TOWN(it_expires_after_48_hours_and_counts_as_a_miss_of_the_client),
        TOWN(a_key_of_nobody_is_refused_with_the_same_words_as_a_spent_one),
        TOWN(A41_nothing_automatic_confirms_hard_or_soft_or_without_any_mark),
        TOWN(another_reply_is_answered_once_with_what_would_work_and_the_key_still_works),
        TOWN(A41_the_word_from_another_address_confirms_nothing_and_the_key_still_works),
        TOWN(who_left_comes_back_and_who_is_there_is_changed),
        TOWN(who_says_unsubscribe_to_the_question_is_left_alone),
        TOWN(an_operators_reply_to_a_dead_key_is_answered_and_never_published),
        TOWN(an_operator_confirms_by_her_key_and_publishes_nothing),
        TOWN(confirm_without_its_address_confirms_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
