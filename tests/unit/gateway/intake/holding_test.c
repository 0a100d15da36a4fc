/* What is asked back: publish, no, neither, too late, twice. */
#include "gateway/base/moment.h"
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/town.h"

#include <sys/wait.h>
#include <unistd.h>

static const struct letter_in answer = {
    .from = "ada@example.com", .subject = "Re: Publish this?", .text = "publish"};

/* Holds a mail of Ada's, and gives an answer to the question about it. */
static struct letter_in hold(struct town *town)
{
    struct letter_in letter = town_opening;
    struct letter_in reply = answer;

    letter.headers = "Precedence: bulk\n";
    assert_string_equal(town_take(town, &letter).event, "mail.held");
    reply.to =
        town_key_for(town, "ada@example.com", 0, town_count(town, "SELECT max(id) FROM held"));
    return reply;
}

static int64_t count_incidents(struct town *town)
{
    return town_count(town, "SELECT count(*) FROM incident");
}

TOWN_TEST(no_drops_what_waits_and_says_so)
{
    struct town *town = *state;
    struct letter_in reply = hold(town);

    reply.text = "No, that was a mistake.";
    assert_string_equal(town_take(town, &reply).event, "held.dropped");
    assert_int_equal(town_last_letter(town), LETTER_QUESTION);
    reply.text = "publish";
    assert_string_equal(town_take(town, &reply).event, "held.over");
    assert_int_equal(count_incidents(town), 0);
}

TOWN_TEST(what_is_neither_word_is_asked_again_and_publishes_nothing)
{
    struct town *town = *state;
    struct letter_in reply = hold(town);

    reply.text = "Resolved: never mind.";
    assert_string_equal(town_take(town, &reply).event, "held.unclear");
    reply.login = "ada@example.com";
    reply.text = "I am away until Monday.";
    assert_string_equal(town_take(town, &reply).event, "held.unclear");
    assert_int_equal(count_incidents(town), 0);
    reply.text = "PUBLISH!";
    assert_string_equal(town_take(town, &reply).event, "incident.opened");
}

TOWN_TEST(a_word_that_comes_too_late_is_answered)
{
    struct town *town = *state;
    struct letter_in reply = hold(town);

    town->now += DAY_MS - MINUTE_MS;
    reply.to = town_key_for(town, "ada@example.com", 0, 1);
    town->now += MINUTE_MS;
    assert_string_equal(town_take(town, &reply).event, "held.over");
    assert_int_equal(town_last_letter(town), LETTER_QUESTION);
    assert_int_equal(count_incidents(town), 0);
}

TOWN_TEST(softly_automatic_answers_to_the_question_ask_nothing_more)
{
    struct town *town = *state;
    struct letter_in reply = hold(town);
    const int64_t before = town_changes(town);

    reply.headers = "Precedence: bulk\n";
    assert_string_equal(town_take(town, &reply).event, "mail.automatic");
    assert_int_equal(town_changes(town), before);
}

TOWN_TEST(nothing_is_held_of_which_its_author_hears_nothing)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;
    struct intake_verdict verdict;

    letter.headers = "Precedence: bulk\n";
    for (int i = 0; i < 4; i++)
        assert_string_equal(town_take(town, &letter).event, "mail.held");
    verdict = town_take(town, &letter);
    assert_int_equal(verdict.code, TOCSIN_ERROR_BUSY);
    assert_string_equal(verdict.enhanced, "4.7.1");
    assert_int_equal(town_count(town, "SELECT count(*) FROM held"), 4);
    town->now += HOUR_MS;
    assert_string_equal(town_take(town, &letter).event, "mail.held");
}

TOWN_TEST(a_held_reply_of_no_known_thread_is_not_opened_as_new_by_the_key_that_publishes_it)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;
    struct letter_in reply = answer;

    letter.headers = "Precedence: bulk\nIn-Reply-To: <lost@example.org>\n";
    letter.subject = "Re: something else";
    letter.text = "Resolved: it is over.";
    assert_string_equal(town_take(town, &letter).event, "mail.held");
    reply.to = town_key_for(town, "ada@example.com", 0, 1);
    assert_string_equal(town_take(town, &reply).event, "mail.asked");
    assert_int_equal(count_incidents(town), 0);
}

TOWN_TEST(the_word_without_its_key_opens_no_incident)
{
    struct town *town = *state;
    struct letter_in reply = answer;

    reply.login = "ada@example.com";
    reply.headers = "In-Reply-To: <whatever@example.org>\n";
    assert_string_equal(town_take(town, &reply).event, "mail.asked");
    assert_int_equal(count_incidents(town), 0);
}

TOWN_TEST(the_key_of_another_operators_question_publishes_nothing)
{
    struct town *town = *state;
    struct letter_in reply = hold(town);

    reply.from = "bob@example.com";
    reply.login = "bkahn";
    (void)town_take(town, &reply);
    assert_int_equal(town_count(town, "SELECT ended_at IS NULL FROM held"), 1);
}

/* In a process of its own, as workers are; `go` ends when all are ready. */
static void publish_in_child(struct town *town, const struct letter_in *reply, int number, int go)
{
    OWN(intake) intake = intake_open(&town->settings, town->now, NULL);
    struct letter_in own = *reply;
    char byte;

    town->intake = intake;
    own.headers = arena_format(town->arena, "X-Number: %d\n", number);
    own.text = arena_format(town->arena, "publish\n\n%d", number);
    (void)!read(go, &byte, 1);
    _exit(town_take(town, &own).outcome == INTAKE_TAKEN ? 0 : 1);
}

TOWN_TEST(of_answers_that_come_at_once_one_publishes)
{
    struct town *town = *state;
    const struct letter_in reply = hold(town);
    int go[2];
    int status;

    assert_int_equal(pipe(go), 0);
    intake_close(town->intake);
    town->intake = NULL;
    for (int i = 0; i < 4; i++) {
        const pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
            (void)close(go[1]);
            publish_in_child(town, &reply, i, go[0]);
        }
    }
    (void)usleep(300000);
    (void)close(go[1]);
    for (int i = 0; i < 4; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    (void)close(go[0]);
    assert_int_equal(count_incidents(town), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(no_drops_what_waits_and_says_so),
        TOWN(what_is_neither_word_is_asked_again_and_publishes_nothing),
        TOWN(a_word_that_comes_too_late_is_answered),
        TOWN(softly_automatic_answers_to_the_question_ask_nothing_more),
        TOWN(nothing_is_held_of_which_its_author_hears_nothing),
        TOWN(a_held_reply_of_no_known_thread_is_not_opened_as_new_by_the_key_that_publishes_it),
        TOWN(the_word_without_its_key_opens_no_incident),
        TOWN(the_key_of_another_operators_question_publishes_nothing),
        TOWN(of_answers_that_come_at_once_one_publishes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
