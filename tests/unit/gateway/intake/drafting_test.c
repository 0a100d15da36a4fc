/* Replies to the mail that asks whether an incident shall be published. */
#include "gateway/base/moment.h"
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/watchtown.h"

/* Website asks; the draft is number 1. */
static void ask(struct town *town)
{
    const struct watch_mail down = {.from = "root@web1.internal.example",
                                    .subject = "Website is DOWN"};

    assert_string_equal(watch_take(town, &down).event, "alert.asked");
    assert_int_equal(town_count(town, "SELECT max(id) FROM draft"), 1);
}

static struct letter_in reply_of(struct town *town, const char *address, const char *text)
{
    return (struct letter_in){.from = address,
                              .to = town_draft_address(town, address, 1),
                              .subject = "Re: Publish this incident?",
                              .text = text};
}

static struct intake_verdict reply(struct town *town, const char *address, const char *text)
{
    const struct letter_in letter = reply_of(town, address, text);

    return town_take(town, &letter);
}

TOWN_TEST(open_publishes_with_the_words_behind_it)
{
    static const struct {
        const char *text;
        int severity;
        const char *message; /* NULL: the draft's */
    } cases[] = {
        {"open", SEVERITY_MAJOR, NULL},
        {"Open, please.", SEVERITY_MAJOR, NULL},
        {"`open`\n\nBob", SEVERITY_MAJOR, "Bob"},
        {"open minor", SEVERITY_MINOR, NULL},
        {"open critical: We are looking into it.", SEVERITY_CRITICAL, "We are looking into it."},
        {"open\n\nThe site is slow.\nWe look.", SEVERITY_MAJOR, "The site is slow.\nWe look."},
        {"ÖFFNEN minor", SEVERITY_MINOR, NULL},
        {"ouvrir", SEVERITY_MAJOR, NULL},
        {"abrir", SEVERITY_MAJOR, NULL},
        {"公開", SEVERITY_MAJOR, NULL},
        {"yes", SEVERITY_MAJOR, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        void *town_state = NULL;
        struct town *town;
        struct intake_verdict verdict;

        assert_int_equal(watch_set_up(&town_state), 0);
        town = town_state;
        ask(town);
        verdict = reply(town, "bob@example.com", cases[i].text);
        assert_string_equal(verdict.event, "incident.opened");
        assert_int_equal(town_count(town, "SELECT severity FROM incident"), cases[i].severity);
        assert_string_equal(town_ask(town, "SELECT component_id FROM incident_component"),
                            "comp_web");
        assert_string_equal(town_ask(town, "SELECT message FROM incident_update WHERE kind = 0"),
                            cases[i].message != NULL ? cases[i].message
                                                     : town_ask(town, "SELECT message FROM draft"));
        assert_string_equal(town_ask(town, "SELECT ended_by FROM draft"), "bob@example.com");
        (void)town_tear_down(&town_state);
    }
    (void)state;
}

TOWN_TEST(the_others_hear_and_she_is_answered)
{
    struct town *town = *state;

    ask(town);
    (void)reply(town, "bob@example.com", "open");
    assert_string_equal(town_ask(town, "SELECT group_concat(address) FROM letter WHERE kind = 0"),
                        "bob@example.com");
    assert_string_equal(town_ask(town, "SELECT group_concat(address) FROM letter WHERE kind = 7"),
                        "ada@example.com");
    assert_int_equal(town_count(town, "SELECT count(*) FROM notification"), 1);
    assert_int_equal(town_count(town, "SELECT incident_id FROM draft"), 1);
    assert_string_equal(town_ask(town, "SELECT by_whom FROM audit"), "bob@example.com");
}

TOWN_TEST(ignore_publishes_nothing_and_ends_it_for_all)
{
    struct town *town = *state;

    ask(town);
    assert_string_equal(reply(town, "bob@example.com", "Ignore. It is a test.").event,
                        "draft.ignored");
    assert_string_equal(reply(town, "ada@example.com", "open").event, "draft.over");
    assert_int_equal(town_last_letter(town), LETTER_QUESTION);
    assert_non_null(strstr(town_ask(town, "SELECT value FROM letter_fact WHERE name = 'problem' "
                                          "ORDER BY letter_id DESC"),
                           "bob@example.com ignored this"));
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
}

TOWN_TEST(who_comes_second_is_told_what_it_became)
{
    struct town *town = *state;

    ask(town);
    (void)reply(town, "bob@example.com", "open");
    assert_string_equal(reply(town, "ada@example.com", "open").event, "draft.over");
    assert_non_null(strstr(town_ask(town, "SELECT value FROM letter_fact WHERE name = 'problem' "
                                          "ORDER BY letter_id DESC"),
                           "bob@example.com published this before you, as #1"));
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 1);
    /* what is no such word is about the incident */
    assert_string_equal(reply(town, "ada@example.com", "Resolved: all is well.").event,
                        "incident.resolved");
}

TOWN_TEST(what_cleared_meanwhile_is_over)
{
    struct town *town = *state;

    ask(town);
    (void)watch_take(town, &(const struct watch_mail){.from = "root@web1.internal.example",
                                                      .subject = "Website is UP"});
    assert_string_equal(reply(town, "ada@example.com", "open").event, "draft.over");
    assert_non_null(strstr(town_ask(town, "SELECT value FROM letter_fact WHERE name = 'problem' "
                                          "ORDER BY letter_id DESC"),
                           "Website says that all is well again"));
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
}

TOWN_TEST(other_words_are_asked_about)
{
    static const char *const texts[] = {"What is this?", "No idea, I will look", "opening hours?",
                                        "yes, but not now", ""};
    struct town *town = *state;

    town->settings.question_limit = 100;
    ask(town);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        assert_string_equal(reply(town, "ada@example.com", texts[i]).event, "draft.unclear");
        assert_int_equal(town_last_letter(town), LETTER_QUESTION);
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM draft WHERE ended_at IS NULL"), 1);
}

TOWN_TEST(a_machine_opens_nothing)
{
    struct town *town = *state;
    struct letter_in letter;
    int64_t letters;

    ask(town);
    letters = town_count(town, "SELECT count(*) FROM letter");
    letter = reply_of(town, "ada@example.com", "open");
    letter.headers = "X-Autoreply: yes\n";
    (void)town_take(town, &letter);
    letter.headers = "Auto-Submitted: auto-replied\n";
    (void)town_take(town, &letter);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), letters);
}

TOWN_TEST(A27_anothers_key_opens_nothing)
{
    struct town *town = *state;
    struct letter_in letter;

    ask(town);
    letter = reply_of(town, "ada@example.com", "open");
    letter.from = "evil@evil.test";
    assert_int_equal(town_take(town, &letter).outcome, INTAKE_REFUSED);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
}

TOWN_TEST(what_is_asked_back_opens_when_it_is_published)
{
    struct town *town = *state;
    struct letter_in letter;

    ask(town);
    letter =
        reply_of(town, "ada@example.com", "open minor"); /* by a key without our verifier's word */
    letter.headers =
        "Authentication-Results: mx.example.com; spf=none smtp.mailfrom=x@example.com\n";
    assert_string_equal(town_take(town, &letter).event, "mail.held");
    letter.to = town_key_for(town, "ada@example.com", 0, 1);
    letter.text = "publish";
    letter.login = "ada@example.com";
    assert_string_equal(town_take(town, &letter).event, "incident.opened");
    assert_int_equal(town_count(town, "SELECT severity FROM incident"), SEVERITY_MINOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_publishes_with_the_words_behind_it),
        WATCH(the_others_hear_and_she_is_answered),
        WATCH(ignore_publishes_nothing_and_ends_it_for_all),
        WATCH(who_comes_second_is_told_what_it_became),
        WATCH(what_cleared_meanwhile_is_over),
        WATCH(other_words_are_asked_about),
        WATCH(a_machine_opens_nothing),
        WATCH(A27_anothers_key_opens_nothing),
        WATCH_VERIFIED(what_is_asked_back_opens_when_it_is_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
