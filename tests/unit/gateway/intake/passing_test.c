/* Mails within mails: who may pass on what, and by whose policy it then is. */
#include "gateway/base/moment.h"
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/watchtown.h"

#define DOWN "watchdog api-1/http is down"

static const char *attached(struct town *town, const char *from, const char *subject)
{
    return arena_format(town->arena,
                        "--x\nContent-Type: text/plain\n\n\n--x\nContent-Type: message/rfc822\n\n"
                        "From: %s\nTo: noc@example.com\nSubject: %s\n"
                        "Date: %s\nMessage-ID: <inner@mon.example.com>\n\nno answer\n--x--\n",
                        from, subject, moment_write_mail(town->arena, town->now));
}

static const char *inlined(struct town *town, const char *comment, const char *from,
                           const char *subject)
{
    return arena_format(town->arena,
                        "%s\n\n---------- Forwarded message ---------\nFrom: Mon <%s>\n"
                        "Date: Tue, Nov 24, 2026 at 1:18 PM\nSubject: %s\n"
                        "To: <noc@example.com>\n\n\nno answer\n",
                        comment, from, subject);
}

#define MULTIPART "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n"

static struct intake_verdict pager_takes(struct town *town, const char *subject,
                                         const char *headers, const char *text)
{
    return watch_take(town, &(const struct watch_mail){.from = "pager@example.org",
                                                       .client = WATCH_AWAY,
                                                       .login = "pager",
                                                       .subject = subject,
                                                       .headers = headers,
                                                       .text = text});
}

static struct intake_verdict operator_takes(struct town *town, const char *address,
                                            const char *login, const char *text)
{
    return town_take(town,
                     &(const struct letter_in){
                         .from = address, .login = login, .subject = "Fwd: " DOWN, .text = text});
}

TOWN_TEST(an_attached_mail_speaks_for_the_monitor_that_wrote_it)
{
    struct town *town = *state;
    const struct intake_verdict verdict =
        pager_takes(town, "Fw: page", MULTIPART, attached(town, "mon@mon.example.com", DOWN));

    assert_string_equal(verdict.event, "incident.opened");
    assert_string_equal(verdict.monitor, "Mon API");
    assert_non_null(strstr(town_ask(town, "SELECT by_whom || ' ' || proofs FROM audit"), "Pager"));
}

TOWN_TEST(an_inline_mail_of_an_unknown_author_is_by_the_forwarders_policy)
{
    struct town *town = *state;
    const struct intake_verdict verdict =
        pager_takes(town, "Fwd: " DOWN, "", inlined(town, "", "who@knows.example", DOWN));

    assert_string_equal(verdict.event, "incident.opened");
    assert_string_equal(verdict.monitor, "Pager");
}

TOWN_TEST(a_forwarder_speaks_for_its_grammars_alone)
{
    struct town *town = *state;

    assert_string_equal(pager_takes(town, "Fw: x", MULTIPART,
                                    attached(town, "nagios@mon.example.com",
                                             "** PROBLEM Service Alert: h/s is CRITICAL **"))
                            .event,
                        "monitor.not_understood");
    assert_int_equal(town_count(town, "SELECT count(*) FROM alert"), 0);
}

TOWN_TEST(an_unproven_forwarder_is_refused)
{
    struct town *town = *state;
    const struct watch_mail mail = {.from = "pager@example.org",
                                    .client = WATCH_AWAY,
                                    .subject = "Fw: page",
                                    .headers = MULTIPART,
                                    .text = attached(town, "mon@mon.example.com", DOWN)};

    assert_int_equal(watch_take(town, &mail).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(
        operator_takes(town, "ada@example.com", "", inlined(town, "", "mon@mon.example.com", DOWN))
            .code,
        TOCSIN_ERROR_DENIED);
    assert_int_equal(town_count(town, "SELECT count(*) FROM alert"), 0);
}

TOWN_TEST(a_redirected_mail_is_believed_of_who_redirected_it)
{
    struct town *town = *state;
    struct watch_mail mail = {
        .client = WATCH_AWAY, .subject = DOWN, .headers = "Resent-From: pager@example.org\n"};

    assert_int_equal(watch_take(town, &mail).code, TOCSIN_ERROR_DENIED);
    mail.login = "pager";
    assert_string_equal(watch_take(town, &mail).monitor, "Mon API");
    mail.subject = "watchdog api-1/http is up";
    mail.headers = "Resent-From: Ada <ada@example.com>\n";
    assert_int_equal(watch_take(town, &mail).code, TOCSIN_ERROR_DENIED);
    mail.login = "ada@example.com";
    assert_string_equal(watch_take(town, &mail).event, "incident.resolved");
    mail.headers = "Resent-From: bob@example.com\n"; /* who may pass on nothing */
    mail.login = "bkahn";
    mail.subject = DOWN;
    assert_int_equal(watch_take(town, &mail).code, TOCSIN_ERROR_DENIED);
}

TOWN_TEST(a_list_that_writes_its_own_address_is_the_forwarder)
{
    struct town *town = *state;
    const char *headers = "X-Original-From: Mon <mon@mon.example.com>\n"
                          "List-Id: <noc.example.org>\nPrecedence: list\n";

    assert_string_equal(pager_takes(town, "[noc] " DOWN, headers, "no answer").monitor, "Mon API");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 1);
}

TOWN_TEST(an_operator_who_may_is_answered)
{
    struct town *town = *state;
    const struct intake_verdict verdict =
        operator_takes(town, "ada@example.com", "ada@example.com",
                       inlined(town, "FYI", "mon@mon.example.com", DOWN));

    assert_string_equal(verdict.event, "incident.opened");
    assert_string_equal(verdict.monitor, "Mon API");
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 0 AND "
                                      "address = 'ada@example.com'"),
                     1);
}

TOWN_TEST(her_mailboxes_rule_may_what_she_may_and_is_not_answered)
{
    struct town *town = *state;
    const struct letter_in letter = {.from = "ada@example.com",
                                     .login = "ada@example.com",
                                     .subject = "Fwd: " DOWN,
                                     .headers = "Auto-Submitted: auto-generated\n",
                                     .text = inlined(town, "", "mon@mon.example.com", DOWN)};

    assert_string_equal(town_take(town, &letter).event, "incident.opened");
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE kind = 0"), 0);
}

TOWN_TEST(an_operator_who_may_not_gets_a_draft_for_herself_alone)
{
    struct town *town = *state;
    const struct intake_verdict verdict = operator_takes(
        town, "bob@example.com", "bkahn", inlined(town, "", "mon@mon.example.com", DOWN));

    assert_string_equal(verdict.event, "draft.asked");
    assert_string_equal(town_ask(town, "SELECT group_concat(address) FROM letter WHERE kind = 20"),
                        "bob@example.com");
    assert_string_equal(town_ask(town, "SELECT title FROM draft"), "http on api-1");
    assert_string_equal(town_ask(town, "SELECT source FROM draft"), "bob@example.com");
    assert_int_equal(town_count(town, "SELECT severity FROM draft"), SEVERITY_CRITICAL);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
    assert_int_equal(town_count(town, "SELECT count(*) FROM alert"), 0);
}

TOWN_TEST(a_forward_that_says_all_is_well_opens_nothing)
{
    struct town *town = *state;
    const struct intake_verdict verdict =
        operator_takes(town, "bob@example.com", "bkahn",
                       inlined(town, "", "mon@mon.example.com", "watchdog api-1/http is up"));

    assert_string_equal(verdict.event, "mail.asked");
    assert_int_equal(town_count(town, "SELECT count(*) FROM draft"), 0);
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
}

TOWN_TEST(a_forward_of_our_own_mail_is_no_monitors)
{
    struct town *town = *state;
    const struct intake_verdict verdict =
        pager_takes(town, "Fw: page", MULTIPART, attached(town, "status@status.example.com", DOWN));

    assert_string_equal(verdict.event, "monitor.not_understood");
    assert_int_equal(town_count(town, "SELECT count(*) FROM alert"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH(an_attached_mail_speaks_for_the_monitor_that_wrote_it),
        WATCH(an_inline_mail_of_an_unknown_author_is_by_the_forwarders_policy),
        WATCH(a_forwarder_speaks_for_its_grammars_alone),
        WATCH(an_unproven_forwarder_is_refused),
        WATCH(a_redirected_mail_is_believed_of_who_redirected_it),
        WATCH(a_list_that_writes_its_own_address_is_the_forwarder),
        WATCH(an_operator_who_may_is_answered),
        WATCH(her_mailboxes_rule_may_what_she_may_and_is_not_answered),
        WATCH(an_operator_who_may_not_gets_a_draft_for_herself_alone),
        WATCH(a_forward_that_says_all_is_well_opens_nothing),
        WATCH(a_forward_of_our_own_mail_is_no_monitors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
