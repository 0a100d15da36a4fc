/* Preferences: asked for, changed by a reply that is believed; help; what was not understood. */
#include "gateway/base/moment.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/intake/town.h"

static struct letter_in by_carol(const char *subject, const char *text)
{
    return (struct letter_in){.from = "carol@example.net", .subject = subject, .text = text};
}

static const char *take(struct town *town, const struct letter_in *letter)
{
    const struct intake_verdict verdict = town_take(town, letter);

    assert_int_equal(verdict.outcome, INTAKE_TAKEN);
    return verdict.event;
}

static char *facts(struct town *town, const char *name)
{
    return town_ask(town,
                    arena_format(town->arena,
                                 "SELECT group_concat(value, '; ') FROM (SELECT value FROM"
                                 " letter_fact WHERE name = '%s' AND letter_id = (SELECT max(id)"
                                 " FROM letter) ORDER BY position)",
                                 name));
}

/* Carol, who asked for her preferences: the address to reply to. */
static char *key_of_carol(struct town *town)
{
    const struct letter_in letter = by_carol("preferences", "");

    town_subscribe(town, "carol@example.net");
    assert_string_equal(take(town, &letter), "mail.word");
    assert_int_equal(town_last_letter(town), LETTER_PREFERENCES);
    return town_confirm_address(town, LETTER_PREFERENCES);
}

TOWN_TEST(preferences_tells_a_subscriber_what_is_set_and_a_stranger_nothing)
{
    struct town *town = *state;
    const struct letter_in letter = by_carol("Preferences", "");
    const struct intake_verdict stranger = town_take(town, &letter);
    struct intake_verdict known;

    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 0);
    town_subscribe(town, "carol@example.net");
    known = town_take(town, &letter);
    assert_int_equal(stranger.outcome, known.outcome);
    assert_string_equal(stranger.text, known.text);
    assert_int_equal(town_last_letter(town), LETTER_PREFERENCES);
    assert_non_null(strstr(facts(town, "setting"), "severity: minor"));
    assert_non_null(strstr(facts(town, "setting"), "delivery: immediate"));
}

TOWN_TEST(a_reply_to_her_preferences_changes_them_and_tells_what_changed)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("Re: Your preferences", "components: api\n"
                                                               "severity: major\n"
                                                               "format: text\n"
                                                               "delivery: daily 08:00\n");
    const struct subscriber *carol;

    letter.to = key_of_carol(town);
    assert_string_equal(take(town, &letter), "subscriber.changed");
    carol = town_find(town, "carol@example.net");
    assert_int_equal(carol->severity, SEVERITY_MAJOR);
    assert_int_equal(carol->format, FORMAT_TEXT);
    assert_int_equal(carol->delivery, DELIVERY_DAILY);
    assert_int_equal(carol->topic_count, 1);
    assert_int_equal(town_last_letter(town), LETTER_PREFERENCES);
    assert_non_null(strstr(facts(town, "change"), "severity: minor → major"));
    assert_non_null(strstr(facts(town, "setting"), "severity: major"));
    assert_string_equal(town_ask(town, "SELECT words FROM consent WHERE act = 2"),
                        "components: api\nseverity: major\nformat: text\ndelivery: daily 08:00\n");
    /* The key lives on. */
    letter.text = "severity: critical";
    assert_string_equal(take(town, &letter), "subscriber.changed");
    assert_int_equal(town_find(town, "carol@example.net")->severity, SEVERITY_CRITICAL);
}

TOWN_TEST(pause_mute_and_follow_are_said_in_a_line)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("Re: Your preferences", "pause 7 days\nmute INC-1\n");

    (void)town_take(town, &town_opening);
    letter.to = key_of_carol(town);
    assert_string_equal(take(town, &letter), "subscriber.changed");
    assert_in_range(town_find(town, "carol@example.net")->paused_until - town->now, 7 * DAY_MS,
                    7 * DAY_MS + MINUTE_MS);
    assert_int_equal(town_count(town, "SELECT count(*) FROM subscriber_mute"), 1);
    assert_non_null(strstr(facts(town, "setting"), "mute: #1"));
    letter.text = "unmute INC-1\nfollow INC-1\n";
    assert_string_equal(take(town, &letter), "subscriber.changed");
    assert_int_equal(town_count(town, "SELECT count(*) FROM subscriber_mute"), 0);
    assert_string_equal(town_find(town, "carol@example.net")->topics[0], "i:1");
}

TOWN_TEST(who_follows_what_she_muted_hears_of_it_again)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("Re: Your preferences", "mute INC-1\n");

    (void)town_take(town, &town_opening);
    letter.to = key_of_carol(town);
    assert_string_equal(take(town, &letter), "subscriber.changed");
    letter.text = "follow INC-1\n";
    assert_string_equal(take(town, &letter), "subscriber.changed");
    assert_int_equal(town_count(town, "SELECT count(*) FROM subscriber_mute"), 0);
    assert_string_equal(town_find(town, "carol@example.net")->topics[0], "i:1");
}

TOWN_TEST(what_cannot_be_is_said_and_nothing_changes)
{
    static const char *const wrong[] = {
        "severity: major\nmute INC-77",
        "severity: major\nfollow INC-77",
        "severity: major\nformat: pager\ndelivery: daily",
        "severity: major\ncomponents: wbe",
    };
    struct town *town = *state;
    struct letter_in letter = by_carol("Re: Your preferences", "");
    const char *to = key_of_carol(town);

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        town->now += DAY_MS;
        letter.to = to;
        letter.text = wrong[i];
        (void)take(town, &letter);
        assert_int_equal(town_find(town, "carol@example.net")->severity, SEVERITY_MINOR);
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM consent WHERE act = 2"), 0);
    assert_non_null(facts(town, "problem"));
}

TOWN_TEST(unsubscribe_to_her_preferences_leaves_at_once)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("Re: Your preferences", "unsubscribe");

    letter.to = key_of_carol(town);
    assert_string_equal(take(town, &letter), "subscriber.unsubscribed");
    assert_int_equal(town_find(town, "carol@example.net")->state, SUBSCRIBER_UNSUBSCRIBED);
    assert_int_equal(town_last_letter(town), LETTER_FAREWELL);
    letter.text = "severity: major";
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_MISSING);
}

TOWN_TEST(lines_without_a_key_change_nothing_until_a_reply_confirms_them)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("severity: major", "severity: major");

    town_subscribe(town, "carol@example.net");
    assert_string_equal(take(town, &letter), "subscriber.shown");
    assert_int_equal(town_find(town, "carol@example.net")->severity, SEVERITY_MINOR);
    assert_int_equal(town_last_letter(town), LETTER_PREFERENCES);
    assert_string_equal(facts(town, "wish"), "severity: major");
    letter = by_carol("Re: Your preferences", "confirm");
    letter.to = town_confirm_address(town, LETTER_PREFERENCES);
    assert_string_equal(take(town, &letter), "subscriber.changed");
    assert_int_equal(town_find(town, "carol@example.net")->severity, SEVERITY_MAJOR);
}

TOWN_TEST(lines_of_who_is_proven_count_at_once)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("Hello", "severity: major");

    town_subscribe(town, "carol@example.net");
    letter.login = "carol@example.net";
    assert_string_equal(take(town, &letter), "subscriber.changed");
    assert_int_equal(town_find(town, "carol@example.net")->severity, SEVERITY_MAJOR);
}

TOWN_TEST(automatic_replies_to_her_preferences_change_nothing)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("Re: Your preferences", "unsubscribe");

    letter.to = key_of_carol(town);
    letter.headers = "Auto-Submitted: auto-replied\n";
    assert_string_equal(take(town, &letter), "mail.automatic");
    letter.headers = "Precedence: bulk\n";
    assert_string_equal(take(town, &letter), "mail.automatic");
    assert_int_equal(town_find(town, "carol@example.net")->state, SUBSCRIBER_CONFIRMED);
}

TOWN_TEST(help_lists_what_can_be_said_with_the_components_to_anybody_within_limits)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("help", "");

    assert_string_equal(take(town, &letter), "mail.helped");
    assert_int_equal(town_last_letter(town), LETTER_COMMANDS);
    assert_string_equal(facts(town, "component"), "API (comp_api); Website (comp_web)");
    letter.to = "status+help@status.example.com";
    letter.subject = "";
    for (int i = 0; i < 10; i++)
        (void)take(town, &letter);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 3);
    letter = town_opening;
    letter.subject = "help";
    letter.text = "";
    assert_string_equal(take(town, &letter), "mail.helped");
    assert_int_equal(town_last_letter(town), LETTER_HELP);
}

TOWN_TEST(what_looks_like_a_command_and_is_none_is_answered_once_a_day)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("Hello", "severity: blue");

    town_subscribe(town, "carol@example.net");
    assert_string_equal(take(town, &letter), "mail.asked");
    assert_int_equal(town_last_letter(town), LETTER_COMMANDS);
    assert_non_null(facts(town, "problem"));
    assert_null(facts(town, "quoted")); /* anybody could have written it (A39) */
    letter.text = "severity: green";
    assert_string_equal(take(town, &letter), "mail.asked");
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 1);
    town->now += DAY_MS;
    letter.text = "severity: red";
    assert_string_equal(take(town, &letter), "mail.asked");
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 2);
}

TOWN_TEST(a_strangers_is_refused)
{
    struct town *town = *state;
    struct letter_in letter = by_carol("Hello", "severity: blue");

    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_DENIED);
    letter.text = "severity: major";
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_DENIED);
    letter.subject = "subscribe wbe";
    letter.text = "";
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(town_changes(town), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(preferences_tells_a_subscriber_what_is_set_and_a_stranger_nothing),
        TOWN(a_reply_to_her_preferences_changes_them_and_tells_what_changed),
        TOWN(pause_mute_and_follow_are_said_in_a_line),
        TOWN(who_follows_what_she_muted_hears_of_it_again),
        TOWN(what_cannot_be_is_said_and_nothing_changes),
        TOWN(unsubscribe_to_her_preferences_leaves_at_once),
        TOWN(lines_without_a_key_change_nothing_until_a_reply_confirms_them),
        TOWN(lines_of_who_is_proven_count_at_once),
        TOWN(automatic_replies_to_her_preferences_change_nothing),
        TOWN(help_lists_what_can_be_said_with_the_components_to_anybody_within_limits),
        TOWN(what_looks_like_a_command_and_is_none_is_answered_once_a_day),
        TOWN(a_strangers_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
