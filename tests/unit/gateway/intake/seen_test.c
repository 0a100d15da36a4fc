/* Replays, and what counts of a signature (A13, A17, A18). */
#include "gateway/base/moment.h"
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/town.h"

#include <sys/wait.h>
#include <unistd.h>

#define SIGNATURE(selector, h, b)                                                                  \
    "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=" selector "; h=" h "; bh=AAAA; b=" b "\n"
#define RESULT(selector, b)                                                                        \
    "Authentication-Results: mx.example.com; dkim=pass header.d=example.com header.s=" selector    \
    " header.b=" b "\n"
#define ALL "From:To:Subject:Date"

/* What stands before the rest of a mail of Ada's; its date is always the same. */
struct signed_in {
    const char *top;
    const char *to;
    const char *id;
    const char *login;
    const char *text;
};

static struct intake_verdict take(struct town *town, struct signed_in mail)
{
    const char *bytes =
        arena_format(town->arena,
                     "%sFrom: ada@example.com\nTo: %s\nSubject: API down\n"
                     "Date: %s\nMessage-ID: <%s>\n\n%s\n",
                     mail.top, mail.to != NULL ? mail.to : "status@status.example.com",
                     moment_write_mail(town->arena, INT64_C(1795526300000)), mail.id,
                     mail.text != NULL ? mail.text : "We look.");

    town->settings.trust.authserv_id = "mx.example.com";
    return town_take_bytes(town, text_of(bytes), "ada@example.com", "status@status.example.com",
                           mail.login);
}

TOWN_TEST(A18_a_signature_counts_once_whatever_unsigned_headers_were_changed)
{
    struct town *town = *state;
    struct signed_in mail = {.top = RESULT("s1", "AAAA") SIGNATURE("s1", ALL, "AAAA"),
                             .id = "1@example.com"};

    assert_string_equal(take(town, mail).event, "incident.opened");
    assert_string_equal(take(town, mail).event, "mail.seen");
    mail.id = "2@example.com";
    assert_string_equal(take(town, mail).event, "mail.replayed");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 1);
}

/* The text differs, so that the signature alone can tell. */
TOWN_TEST(A18_of_two_signatures_neither_can_be_left_away)
{
    static const char *const kept[] = {
        RESULT("s1", "AAAA") SIGNATURE("s1", ALL, "AAAA"),
        RESULT("s2", "BBBB") SIGNATURE("s2", ALL, "BBBB"),
    };
    struct town *town = *state;

    assert_string_equal(
        take(town, (struct signed_in){.top = RESULT("s1", "AAAA") RESULT("s2", "BBBB")
                                          SIGNATURE("s1", ALL, "AAAA") SIGNATURE("s2", ALL, "BBBB"),
                                      .id = "1@example.com"})
            .event,
        "incident.opened");
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
        assert_string_equal(
            take(town,
                 (struct signed_in){.top = kept[i], .id = "2@example.com", .text = "We wait."})
                .event,
            "mail.replayed");
}

TOWN_TEST(A18_what_came_unsigned_by_submission_comes_not_again_signed)
{
    struct town *town = *state;

    assert_string_equal(
        take(town, (struct signed_in){.top = "", .id = "1@example.com", .login = "ada@example.com"})
            .event,
        "incident.opened");
    assert_string_equal(
        take(town, (struct signed_in){.top = RESULT("s1", "AAAA") SIGNATURE("s1", ALL, "AAAA"),
                                      .id = "2@example.com"})
            .event,
        "mail.replayed");
}

TOWN_TEST(A17_A18_what_may_not_be_meant_for_us_is_held_and_asked_about_once)
{
    static const struct {
        const char *top;
        const char *to;
    } cases[] = {
        {RESULT("s1", "AAAA") SIGNATURE("s1", "From:Subject:Date", "AAAA"), NULL},
        {RESULT("s1", "BBBB") SIGNATURE("s1", ALL, "BBBB"), "bob@example.com"},
    };
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct signed_in mail = {
            .top = cases[i].top,
            .to = cases[i].to,
            .id = arena_format(town->arena, "%zu@example.com", i),
            .text = arena_format(town->arena, "Text %zu", i),
        };

        assert_string_equal(take(town, mail).event, "mail.held");
        mail.id = "another@example.com";
        assert_string_equal(take(town, mail).event, "mail.replayed");
        assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), (int64_t)i + 1);
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
}

TOWN_TEST(A18_a_word_is_no_better_than_a_command)
{
    struct town *town = *state;
    struct signed_in mail = {.top = RESULT("s1", "AAAA") SIGNATURE("s1", ALL, "AAAA"),
                             .id = "1@example.com",
                             .text = "help"};

    assert_string_equal(take(town, mail).event, "mail.helped");
    mail.id = "2@example.com";
    assert_string_equal(take(town, mail).event, "mail.replayed");
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 1);
}

TOWN_TEST(A18_a_signature_of_yesterday_is_refused_and_says_why)
{
    struct town *town = *state;
    struct intake_verdict verdict;

    town->now += DAY_MS + HOUR_MS;
    verdict =
        take(town, (struct signed_in){.top = RESULT("s1", "AAAA") SIGNATURE("s1", ALL, "AAAA"),
                                      .id = "1@x"});
    assert_int_equal(verdict.code, TOCSIN_ERROR_DENIED);
    assert_non_null(strstr(verdict.text, "too old"));
}

TOWN_TEST(A13_without_our_verifiers_word_a_mail_waits_an_hour_then_is_refused)
{
    struct town *town = *state;
    const struct signed_in mail = {.top = "", .id = "1@example.com"};
    struct intake_verdict verdict = take(town, mail);

    assert_int_equal(verdict.code, TOCSIN_ERROR_BUSY);
    assert_string_equal(verdict.enhanced, "4.7.0");
    town->now += HOUR_MS;
    assert_int_equal(take(town, mail).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(A49_one_client_cannot_fill_the_store_with_mails_that_wait)
{
    struct town *town = *state;

    for (int i = 0; i < 300; i++)
        assert_int_equal(
            take(town, (struct signed_in){.top = "",
                                          .id = arena_format(town->arena, "%d@example.com", i)})
                .code,
            TOCSIN_ERROR_BUSY);
    assert_true(town_count(town, "SELECT count(*) FROM tally") <= 101);
}

static void take_in_child(struct town *town, int go)
{
    OWN(intake) intake = intake_open(&town->settings, town->now, NULL);
    char byte;

    town->intake = intake;
    (void)!read(go, &byte, 1);
    _exit(take(town, (struct signed_in){.top = "", .id = "1@x", .login = "ada@example.com"})
                      .outcome == INTAKE_TAKEN
              ? 0
              : 1);
}

TOWN_TEST(two_deliveries_of_one_mail_at_once_have_one_effect)
{
    struct town *town = *state;
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
            take_in_child(town, go[0]);
        }
    }
    (void)usleep(300000);
    (void)close(go[1]);
    for (int i = 0; i < 4; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    (void)close(go[0]);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 1);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 0"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(A18_a_signature_counts_once_whatever_unsigned_headers_were_changed),
        TOWN(A18_of_two_signatures_neither_can_be_left_away),
        TOWN(A18_what_came_unsigned_by_submission_comes_not_again_signed),
        TOWN(A17_A18_what_may_not_be_meant_for_us_is_held_and_asked_about_once),
        TOWN(A18_a_word_is_no_better_than_a_command),
        TOWN(A18_a_signature_of_yesterday_is_refused_and_says_why),
        TOWN(A13_without_our_verifiers_word_a_mail_waits_an_hour_then_is_refused),
        TOWN(A49_one_client_cannot_fill_the_store_with_mails_that_wait),
        TOWN(two_deliveries_of_one_mail_at_once_have_one_effect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
