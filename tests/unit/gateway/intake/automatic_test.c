/* Mail of machines: loops, vacations, bounces, our own mail come back (A33 to A38). */
#include "gateway/base/moment.h"
#include "gateway/incident/keyed.h"
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/town.h"

TOWN_TEST(A33_A36_any_pages_address_with_any_extension_is_automatic)
{
    static const char *const own[] = {
        "status@status.example.com",          "STATUS@Status.Example.com",
        "status+anything@status.example.com", "other@status.example.com",
        "other+help@status.example.com",
    };
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        struct letter_in letter = town_opening;

        letter.sender = own[i];
        assert_string_equal(town_take(town, &letter).event, "mail.automatic");
        letter.sender = "ada@example.com";
        letter.from = own[i];
        assert_string_equal(town_take(town, &letter).event, "mail.automatic");
    }
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(A37_our_own_mail_is_known_by_its_id_when_all_else_was_taken_away)
{
    struct town *town = *state;
    OWN(secret) secret = secret_open(town->state, NULL);
    const char *mail =
        arena_format(town->arena,
                     "From: ada@example.com\nTo: list@example.org\nSubject: [list] API\nDate: %s\n"
                     "Message-ID: <%s>\n\nWe look.\n",
                     moment_write_mail(town->arena, town->now),
                     keyed_write_notification_id(town->arena, secret, town_page(), 1, 1));

    assert_string_equal(town_take_bytes(town, text_of(mail), "ada@example.com",
                                        "status@status.example.com", "ada@example.com")
                            .event,
                        "mail.automatic");
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(A35_hard_marks_have_no_effect_whoever_is_proven)
{
    static const char *const marks[] = {
        "X-Tocsin-Loop: aaaaaaaaaaaaaaaaaaaaaaaaaa\n",
        "Auto-Submitted: auto-generated\n",
        "Return-Path: <>\n",
        "Content-Type: multipart/report; boundary=x\n",
    };
    static const char *const senders[] = {"", "MAILER-DAEMON", "mailer-daemon@example.com"};
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        struct letter_in letter = town_opening;

        letter.headers = marks[i];
        assert_string_equal(town_take(town, &letter).event, "mail.automatic");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(senders); i++) {
        struct letter_in letter = town_opening;

        letter.sender = senders[i];
        assert_string_equal(town_take(town, &letter).event, "mail.automatic");
    }
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(soft_marks_ask_the_proven_back_and_silence_all_others)
{
    static const char *const marks[] = {
        "Precedence: list\n",
        "List-Id: <x.example.org>\n",
        "X-Auto-Response-Suppress: All\n",
        "X-Autoreply: yes\n",
    };
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        struct letter_in letter = town_opening;

        letter.headers = marks[i];
        letter.login = "";
        assert_string_equal(town_take(town, &letter).event, "mail.automatic");
        letter.from = "evil@evil.test";
        assert_string_equal(town_take(town, &letter).event, "mail.automatic");
        assert_int_equal(town_changes(town), 2 * (int64_t)i);
        letter.from = letter.login = "ada@example.com";
        assert_string_equal(town_take(town, &letter).event, "mail.held");
    }
}

TOWN_TEST(A34_an_unmarked_machine_that_says_the_same_is_answered_three_times_a_day)
{
    struct town *town = *state;
    struct letter_in vacation = {.from = "ada@example.com",
                                 .login = "ada@example.com",
                                 .subject = "Re: your mail",
                                 .text = "Status: gone fishing"};

    for (int i = 0; i < 50; i++) {
        assert_int_equal(town_take(town, &vacation).outcome, INTAKE_TAKEN);
        town->now += 20 * MINUTE_MS;
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 3);
}

TOWN_TEST(A34_a_domain_is_asked_thirty_times_an_hour)
{
    struct town *town = *state;

    town->settings.question_limit = 100;
    for (int i = 0; i < 50; i++) {
        struct letter_in letter = town_opening;

        letter.text = arena_format(town->arena, "Status: fixed %d", i);
        letter.from = i % 2 == 0 ? "ada@example.com" : "bob@example.com";
        letter.login = i % 2 == 0 ? "ada@example.com" : "bkahn";
        assert_string_equal(town_take(town, &letter).event, "mail.asked");
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 30);
}

TOWN_TEST(A38_many_mails_in_a_victims_name_make_few_letters)
{
    static const char *const words[] = {"subscribe", "unsubscribe", "help", "confirm",
                                        "preferences"};
    struct town *town = *state;

    for (int i = 0; i < 200; i++) {
        struct letter_in letter = {.from = "victim@example.net",
                                   .subject = words[i % 5],
                                   .text = arena_format(town->arena, "%d", i)};

        assert_int_equal(town_take(town, &letter).outcome, INTAKE_TAKEN);
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 11"), 1);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 12"), 1);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 5);
}

TOWN_TEST(A38_what_a_stranger_says_besides_makes_no_letter)
{
    struct town *town = *state;
    struct letter_in letter = {
        .from = "victim@example.net", .subject = "API down", .text = "API down"};

    assert_int_equal(town_take(town, &letter).outcome, INTAKE_REFUSED);
    letter.from = "ada@example.com";
    assert_int_equal(town_take(town, &letter).outcome, INTAKE_REFUSED);
    assert_int_equal(town_changes(town), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(A33_A36_any_pages_address_with_any_extension_is_automatic),
        TOWN(A37_our_own_mail_is_known_by_its_id_when_all_else_was_taken_away),
        TOWN(A35_hard_marks_have_no_effect_whoever_is_proven),
        TOWN(soft_marks_ask_the_proven_back_and_silence_all_others),
        TOWN(A34_an_unmarked_machine_that_says_the_same_is_answered_three_times_a_day),
        TOWN(A34_a_domain_is_asked_thirty_times_an_hour),
        TOWN(A38_many_mails_in_a_victims_name_make_few_letters),
        TOWN(A38_what_a_stranger_says_besides_makes_no_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
