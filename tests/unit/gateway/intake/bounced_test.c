/* What comes back to us: it counts for who is named by the key, and for nobody else. */
#include "gateway/base/moment.h"
#include "gateway/incident/keyed.h"
#include "gateway/incident/letter.h"
#include "gateway/store/letters.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/intake/town.h"

#include <inttypes.h>

#define STATE "SELECT state FROM subscriber WHERE id = 1"

/* Carol and Dave subscribe, and an incident is told. */
static void begin(struct town *town)
{
    OWN(store) store = store_open(&town->settings.store, STORE_FULL, NULL);
    struct subscriber subscriber = subscriber_default;
    bool was_there;

    subscriber.page_id = town_page()->id;
    subscriber.address = "carol@example.net";
    assert_true(subscribers_add(store, &subscriber, town->now - 1, &was_there, NULL));
    subscriber.address = "dave@example.net";
    assert_true(subscribers_add(store, &subscriber, town->now - 1, &was_there, NULL));
    assert_string_equal(town_take(town, &town_opening).event, "incident.opened");
}

static char *bounce_address(struct town *town)
{
    OWN(secret) secret = secret_open(town->state, NULL);

    return keyed_write_bounce(town->arena, secret, town_page(), 1, 1);
}

static struct text report_of(struct town *town, const char *recipient, const char *action,
                             const char *status, const char *said)
{
    return text_of(arena_format(
        town->arena,
        "From: MAILER-DAEMON@mx.example.net\r\nTo: status@status.example.com\r\n"
        "Subject: Undelivered Mail\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
        "Message-ID: <%" PRIu32 "@mx.example.net>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.net\r\n\r\n"
        "Final-Recipient: rfc822; %s\r\nAction: %s\r\nStatus: %s\r\n"
        "Diagnostic-Code: smtp; %s\r\n\r\n--b--\r\n",
        secret_random_bits(), recipient, action, status, said));
}

static const char *take(struct town *town, struct text bytes, const char *to)
{
    return town_take_bytes(town, bytes, "", to, NULL).event;
}

static const char *fail_with(struct town *town, const char *status, const char *said)
{
    const struct text bytes = report_of(town, "carol@example.net", "failed", status, said);

    return take(town, bytes, bounce_address(town));
}

TOWN_TEST(a_report_counts_for_the_subscriber_of_the_key_whomever_it_names)
{
    struct town *town = *state;

    begin(town);
    assert_string_equal(
        take(town, report_of(town, "dave@example.net", "failed", "5.1.1", "550 5.1.1 gone"),
             bounce_address(town)),
        "bounce.counted");
    assert_string_equal(town_ask(town, "SELECT subscriber_id || ' ' || is_permanent || status"
                                       " FROM bounce"),
                        "1 15.1.1");
    assert_int_equal(town_count(town, STATE), 1); /* one, forged or not, removes nobody */
    assert_string_equal(fail_with(town, "5.1.1", "550 5.1.1 gone"), "bounce.taken");
    assert_int_equal(town_count(town, "SELECT count(*) FROM bounce"), 1);
}

TOWN_TEST(a_wrong_key_counts_for_nothing_and_is_refused)
{
    struct town *town = *state;
    const struct text bytes =
        report_of(town, "carol@example.net", "failed", "5.1.1", "550 5.1.1 gone");
    char *address;

    begin(town);
    address = bounce_address(town);
    char *last = strchr(address, '@') - 1;
    *last = *last == 'a' ? 'b' : 'a';
    const struct intake_verdict verdict = town_take_bytes(town, bytes, "", address, NULL);
    assert_int_equal(verdict.outcome, INTAKE_REFUSED);
    assert_int_equal(town_count(town, "SELECT count(*) FROM bounce"), 0);
    assert_string_equal(take(town, bytes, "status@status.example.com"), "mail.automatic");
    assert_int_equal(town_count(town, "SELECT count(*) FROM bounce"), 0);
}

TOWN_TEST(policy_content_and_what_nobody_explains_count_for_nothing_permanent)
{
    struct town *town = *state;

    begin(town);
    assert_string_equal(fail_with(town, "5.7.1", "550 5.7.1 blocked"), "bounce.taken");
    assert_string_equal(fail_with(town, "5.6.0", "554 5.6.0 no"), "bounce.taken");
    assert_string_equal(fail_with(town, "5.0.0", "554 no"), "bounce.taken");
    assert_int_equal(town_count(town, "SELECT count(*) FROM bounce"), 0);
    assert_string_equal(fail_with(town, "5.0.0", "550 no such user"), "bounce.counted");
    assert_int_equal(town_count(town, "SELECT is_permanent FROM bounce"), 1);
}

TOWN_TEST(a_delay_is_temporary)
{
    struct town *town = *state;

    begin(town);
    assert_string_equal(take(town,
                             report_of(town, "carol@example.net", "delayed", "4.4.1", "timeout"),
                             bounce_address(town)),
                        "bounce.counted");
    assert_string_equal(town_ask(town, "SELECT is_permanent || ' ' || is_delayed FROM bounce"),
                        "0 1");
}

static struct text feedback(struct town *town, const char *type, const char *returned)
{
    return text_of(arena_format(
        town->arena,
        "From: fbl@isp.example\r\nTo: status@status.example.com\r\nSubject: complaint\r\n"
        "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nMessage-ID: <%" PRIu32 "@isp.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        "Feedback-Type: %s\r\nUser-Agent: FBL/1\r\nVersion: 1\r\n"
        "Original-Rcpt-To: redacted@isp.example\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n%sFrom: status@status.example.com\r\n"
        "To: redacted@isp.example\r\nSubject: [Investigating] API\r\n\r\nText\r\n\r\n--b--\r\n",
        secret_random_bits(), type, returned));
}

TOWN_TEST(a_complaint_with_our_key_anywhere_unsubscribes_and_suppresses)
{
    struct town *town = *state;
    OWN(secret) secret = secret_open(town->state, NULL);
    const struct page *page = town_page();

    begin(town);
    const char *const returned[] = {
        arena_format(town->arena, "Return-Path: <%s>\r\n",
                     keyed_write_bounce(town->arena, secret, page, 1, 1)),
        arena_format(town->arena,
                     "List-Unsubscribe: <mailto:%s?subject=unsubscribe>, <https://x.example/u>\r\n",
                     keyed_write_unsubscribe(town->arena, secret, page, 1)),
        arena_format(town->arena, "Message-ID: <%s>\r\n",
                     keyed_write_notification_id(town->arena, secret, page, 1, 1)),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(returned); i++) {
        const struct intake_verdict verdict = town_take_bytes(
            town, feedback(town, "abuse", returned[i]), "fbl@isp.example", page->address, NULL);
        assert_string_equal(verdict.event, i == 0 ? "subscriber.complained" : "complaint.taken");
    }
    assert_int_equal(town_count(town, STATE), 3);
    assert_int_equal(town_count(town, "SELECT why FROM suppression"), 0);
    assert_int_equal(town_count(town, "SELECT count(*) FROM suppression"), 1);
    assert_int_equal(town_count(town, "SELECT state FROM subscriber WHERE id = 2"), 1);
}

TOWN_TEST(a_complaint_at_the_bounce_address_needs_no_other_key)
{
    struct town *town = *state;

    begin(town);
    assert_string_equal(take(town, feedback(town, "abuse", ""), bounce_address(town)),
                        "subscriber.complained");
    assert_int_equal(town_count(town, STATE), 3);
}

TOWN_TEST(not_spam_authentication_reports_and_vacations_do_nothing)
{
    static const char *const types[] = {"not-spam", "auth-failure"};
    struct town *town = *state;
    int64_t before;

    begin(town);
    before = town_count(town, "SELECT count(*) FROM letter");
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        assert_string_equal(take(town, feedback(town, types[i], ""), bounce_address(town)),
                            "report.taken");
    assert_string_equal(take(town,
                             TEXT("From: carol@example.net\r\nTo: status@status.example.com\r\n"
                                  "Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n"
                                  "Message-ID: <v@x.example>\r\n\r\nI am away.\r\n"),
                             bounce_address(town)),
                        "bounce.taken");
    assert_int_equal(town_count(town, STATE), 1);
    assert_int_equal(town_count(town, "SELECT count(*) FROM bounce"), 0);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), before);
}

TOWN_TEST(a_letter_that_comes_back_is_shown_as_failed_and_suspends_nobody)
{
    struct town *town = *state;
    OWN(secret) secret = secret_open(town->state, NULL);
    OWN(store) store = store_open(&town->settings.store, STORE_FULL, NULL);
    struct letter letter = {.page_id = town_page()->id,
                            .kind = LETTER_COPY,
                            .address = "ada@example.com",
                            .language = "",
                            .time_zone = "",
                            .created_at = town->now};
    char *sql;

    begin(town);
    assert_true(letters_add(store, &letter, NULL));
    sql = arena_format(town->arena,
                       "UPDATE letter SET state = 1 WHERE id = %" PRId64 " RETURNING 1", letter.id);
    assert_int_equal(town_count(town, sql), 1);
    assert_string_equal(
        take(town, report_of(town, "ada@example.com", "failed", "5.7.1", "550 5.7.1 blocked"),
             keyed_write_letter(town->arena, secret, town_page(), letter.id)),
        "bounce.taken");
    sql = arena_format(town->arena, "SELECT state FROM letter WHERE id = %" PRId64, letter.id);
    assert_int_equal(town_count(town, sql), 2);
    assert_int_equal(town_count(town, "SELECT count(*) FROM bounce"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(a_report_counts_for_the_subscriber_of_the_key_whomever_it_names),
        TOWN(a_wrong_key_counts_for_nothing_and_is_refused),
        TOWN(policy_content_and_what_nobody_explains_count_for_nothing_permanent),
        TOWN(a_delay_is_temporary),
        TOWN(a_complaint_with_our_key_anywhere_unsubscribes_and_suppresses),
        TOWN(a_complaint_at_the_bounce_address_needs_no_other_key),
        TOWN(not_spam_authentication_reports_and_vacations_do_nothing),
        TOWN(a_letter_that_comes_back_is_shown_as_failed_and_suspends_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
