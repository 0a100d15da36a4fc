#include "gateway/mail/report.h"
#include "tests/unit/unit.h"

#include <time.h>

#define ARENA_BYTES ((size_t)64 << 20)
#define HEAD                                                                                       \
    "From: MAILER-DAEMON@mx.example.net\nTo: status+b@status.example.com\nMIME-Version: 1.0\n"
#define REPORT(type) HEAD "Content-Type: multipart/report; report-type=" type "; boundary=b\n\n"
#define DELIVERY     REPORT("delivery-status") "--b\n\nYour mail was not delivered.\n"
#define STATUS       "--b\nContent-Type: message/delivery-status\n\n"
#define END          "--b--\n"

/* The bytes in a malloc of their own, without a NUL: an overrun is seen. */
static const struct report *read_bytes(struct arena *arena, const char *bytes, size_t size)
{
    g_autoptr(GError) error = NULL;
    const struct mail *mail = mail_parse(arena, text_from(arena_copy(arena, bytes, size), size),
                                         &mail_limits_default, &error);

    if (mail == NULL)
        fail_msg("%s", error->message);
    return mail_read_report(arena, mail, &mail_limits_default);
}

static const struct report *report_of(struct arena *arena, const char *mail)
{
    return read_bytes(arena, mail, strlen(mail));
}

TEST(each_recipient_of_a_delivery_report_has_an_address_an_action_and_a_status)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct report *report = report_of(
        arena, DELIVERY STATUS
        "Reporting-MTA: dns; mx.example.net\nOriginal-Envelope-Id: QQ314159\n\n"
        "Original-Recipient: rfc822;ada+2Bnews@example.net\nFinal-Recipient: RFC822; "
        "<ada@home.example.net>\nAction: failed\nStatus: 5.1.1 (no such mailbox)\n"
        "Diagnostic-Code: smtp; 550 5.1.1\n  User\n\tunknown\n\n"
        "Final-Recipient: rfc822;bob@example.net (Bob (\\) of old))\nAction: delayed (will retry)\n"
        "Status: 4.4.1\nWill-Retry-Until: Tue, 24 Nov 2026 12:00:00 +0000\n\n"
        "Final-Recipient: rfc822;cleo@example.net\nAction: delivered\nStatus: 2.0.0\n" END);

    assert_int_equal(report->kind, REPORT_DELIVERY);
    assert_string_equal(report->envelope_id, "QQ314159");
    assert_int_equal(report->recipient_count, 3);
    assert_string_equal(report->recipients[0].address, "ada+news@example.net");
    assert_string_equal(report->recipients[0].final_address, "ada@home.example.net");
    assert_int_equal(report->recipients[0].action, REPORT_FAILED);
    assert_string_equal(report->recipients[0].status, "5.1.1");
    assert_string_equal(report->recipients[0].diagnostic, "550 5.1.1 User unknown");
    assert_string_equal(report->recipients[1].address, "bob@example.net");
    assert_int_equal(report->recipients[1].action, REPORT_DELAYED);
    assert_string_equal(report->recipients[1].status, "4.4.1");
    assert_string_equal(report->recipients[1].diagnostic, "");
    assert_int_equal(report->recipients[2].action, REPORT_OTHER);
}

TEST(addresses_are_decoded_where_they_must_be_and_only_there)
{
    static const char *const rows[][2] = {
        {"rfc822;ada@example.net", "ada@example.net"},
        {"rfc822; ada+2Bb+3Dc@example.net", "ada+b=c@example.net"},
        {"rfc822;ada+news@example.net", "ada+news@example.net"}, /* not encoded */
        {"rfc822;ada+AB12@example.net", "ada+AB12@example.net"}, /* nor this */
        {"rfc822;ada+2B+x@example.net", "ada+2B+x@example.net"}, /* nor half of it */
        {"rfc822;ada+0Ax@example.net", "ada+0Ax@example.net"},   /* no control characters */
        {"<ada@example.net>", "ada@example.net"},
        {"utf-8;\\x{E4}da@b\\x{FC}cher.example", "äda@bücher.example"},
        {"UTF-8; äda@bücher.example", "äda@bücher.example"},
        {"utf-8;a\\x{5C}da\\x{110000}\\x{D800}\\x{}@x", "a\\da\\x{110000}\\x{D800}\\x{}@x"},
        {"x400;/s=ada/c=gb/", "/s=ada/c=gb/"},
        {"rfc822;ada@example.net (Ada", "ada@example.net (Ada"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *mail =
            g_strdup_printf("%sFinal-Recipient: %s\nAction: failed\nStatus: 5.0.0\n%s",
                            DELIVERY STATUS, rows[i][0], END);
        const struct report *report = report_of(arena, mail);
        assert_int_equal(report->recipient_count, 1);
        assert_string_equal(report->recipients[0].address, rows[i][1]);
    }
}

TEST(an_international_report_is_read_like_any_other)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct report *report = report_of(
        arena, DELIVERY "--b\nContent-Type: message/global-delivery-status\n\n"
                        "Reporting-MTA: dns; mx.example.net\n\n"
                        "Original-Recipient: utf-8; \\x{304D}@example.net\n"
                        "Final-Recipient: utf-8; き@example.net\nAction: failed\n"
                        "Status: 5.1.1\n"
                        "--b\nContent-Type: message/global-headers\n\n"
                        "Return-Path: <status+bxyz@status.example.com>\nTo: ada@example.net\n" END);

    assert_int_equal(report->kind, REPORT_DELIVERY);
    assert_string_equal(report->recipients[0].address, "き@example.net");
    assert_string_equal(report->returned_path, "status+bxyz@status.example.com");
}

TEST(what_is_returned_names_the_mail)
{
    static const char header[] =
        "Return-Path: <status+bxyz@status.example.com>\nMessage-ID: <m1@status.example.com>\n"
        "List-Unsubscribe: <mailto:status+uabc@status.example.com>,\n <https://x.example/u>\n"
        "To: Ada <ada@example.net>, b@example.net\n\n";
    static const char *const types[] = {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/rfc822\nContent-Transfer-Encoding: base64",
        "text/rfc822-headers\nContent-Transfer-Encoding: base64",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *base64 = g_base64_encode((const guchar *)header, strlen(header));
        g_autofree char *mail =
            g_strdup_printf("%s--b\nContent-Type: %s\n\n%s\n%s",
                            DELIVERY STATUS "Final-Recipient: rfc822;a@example.net\n", types[i],
                            strstr(types[i], "base64") != NULL ? base64 : header, END);
        const struct report *report = report_of(arena, mail);
        assert_string_equal(report->returned_path, "status+bxyz@status.example.com");
        assert_string_equal(report->returned_message_id, "m1@status.example.com");
        assert_string_equal(report->returned_unsubscribe,
                            "<mailto:status+uabc@status.example.com>, <https://x.example/u>");
        assert_string_equal(report->returned_to, "ada@example.net");
    }
}

TEST(the_order_of_parts_their_encoding_and_a_missing_third_do_not_matter)
{
    static const char fields[] =
        "Reporting-MTA: dns;x\r\n\r\nFinal-Recipient: rfc822;a@example.net\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n";
    g_autofree char *base64 = g_base64_encode((const guchar *)fields, strlen(fields));
    g_autofree char *encoded = g_strdup_printf(
        "%s--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n%s\n%s",
        DELIVERY, base64, END);
    const char *const mails[] = {
        encoded,
        REPORT("delivery-status") "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n" STATUS
                                  "Reporting-MTA: dns;x\n\nFinal-Recipient: "
                                  "rfc822;a@example.net\nAction: failed\n"
                                  "Status: 5.1.1\n--b\n\nSorry.\n" END,
        /* Without the type of report, without an end, within a list's footer. */
        HEAD "Content-Type: multipart/report; boundary=b\n\n" STATUS
             "Final-Recipient: rfc822;a@example.net\nAction: failed\nStatus: 5.1.1\n",
        HEAD "Content-Type: multipart/mixed; boundary=m\n\n--m\n"
             "Content-Type: multipart/report; boundary=b\n\n" STATUS
             "Final-Recipient: rfc822;a@example.net\nAction: failed\nStatus: 5.1.1\n" END
             "--m\n\nA footer.\n--m--\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct report *report = report_of(arena, mails[i]);
        assert_int_equal(report->kind, REPORT_DELIVERY);
        assert_int_equal(report->recipient_count, 1);
        assert_string_equal(report->recipients[0].address, "a@example.net");
        assert_string_equal(report->recipients[0].status, "5.1.1");
    }
}

TEST(what_is_broken_is_left_out)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct report *report = report_of(
        arena, DELIVERY STATUS "no field at all\n\n\n\n: empty\nStatus: 5.1.1\n\n"
                               "Final-Recipient: rfc822;a@example.net\nStatus: 5.1.1.1\n"
                               "Final-Recipient: rfc822;b@example.net\nStatus: 5.2.2\n"
                               "Action: Failure notice\n"
                               "Final-Recipient: rfc822;c@example.net\nStatus: 5.1.\n\n"
                               "Final-Recipient: rfc822;d@example.net\nStatus: 4.0.0\n" END);

    assert_int_equal(report->recipient_count, 4);
    assert_string_equal(report->recipients[0].status, "");
    assert_int_equal(report->recipients[0].action, REPORT_OTHER);
    assert_int_equal(report->recipients[1].action, REPORT_FAILED);
    assert_string_equal(report->recipients[2].status, "");
    assert_int_equal(report->recipients[3].action, REPORT_DELAYED);
    report = report_of(arena, DELIVERY "--b\nContent-Type: message/delivery-status\n" END);
    assert_int_equal(report->recipient_count, 0);
    report = report_of(arena, HEAD "\nJust a text about message/delivery-status.\n");
    assert_int_equal(report->kind, REPORT_NONE);
    assert_int_equal(report->recipient_count, 0);
}

TEST(a_report_inside_what_a_report_gives_back_is_another_mails)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct report *report = report_of(
        arena,
        REPORT(
            "disposition-notification") "--b\nContent-Type: "
                                        "message/disposition-notification\n\nDisposition: x\n--b\n"
                                        "Content-Type: message/rfc822\n\nContent-Type: "
                                        "multipart/report; boundary=c\n\n"
                                        "--c\nContent-Type: message/delivery-status\n\n"
                                        "Final-Recipient: rfc822;a@example.net\nAction: "
                                        "failed\n--c--\n" END);

    assert_int_equal(report->kind, REPORT_DISPOSITION);
    assert_int_equal(report->recipient_count, 0);
}

TEST(a_report_inside_a_mail_that_is_none_is_read)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct report *report = report_of(
        arena, HEAD "Content-Type: multipart/mixed; boundary=m\n\n--m\n"
                    "Content-Type: message/rfc822\n\nMessage-ID: <report@x.example>\n"
                    "Content-Type: multipart/report; boundary=c\n\n"
                    "--c\nContent-Type: message/delivery-status\n\n"
                    "Final-Recipient: rfc822;a@example.net\nAction: failed\n"
                    "--c\nContent-Type: text/rfc822-headers\n\nMessage-ID: <ours@x.example>\n"
                    "--c--\n--m\n\nChecked by a filter.\n--m--\n");

    assert_int_equal(report->kind, REPORT_DELIVERY);
    assert_int_equal(report->recipient_count, 1);
    assert_string_equal(report->returned_message_id, "ours@x.example");
}

TEST(complaints_are_told_from_other_feedback)
{
    static const struct {
        const char *fields;
        enum report_kind kind;
        const char *type;
    } rows[] = {
        {"Feedback-Type: abuse\nVersion: 1\n", REPORT_COMPLAINT, "abuse"},
        {"Version: 1\nFEEDBACK-TYPE: Abuse (spam)\n", REPORT_COMPLAINT, "abuse"},
        {"Feedback-Type: fraud\n", REPORT_COMPLAINT, "fraud"},
        {"Feedback-Type: virus\n", REPORT_COMPLAINT, "virus"},
        {"Feedback-Type: other\n", REPORT_COMPLAINT, "other"},
        {"Feedback-Type: not-spam\n", REPORT_FEEDBACK, "not-spam"},
        {"Feedback-Type: auth-failure\nAuth-Failure: dmarc\n", REPORT_FEEDBACK, "auth-failure"},
        {"Feedback-Type: dmarc\n", REPORT_FEEDBACK, "dmarc"},
        {"Feedback-Type: abuse-not-really\n", REPORT_FEEDBACK, "abuse-not-really"},
        {"Version: 1\n", REPORT_FEEDBACK, ""},
        {"nothing\n", REPORT_NONE, ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *mail = g_strdup_printf(
            "%s--b\nContent-Type: message/feedback-report\n\n%sOriginal-Mail-From: "
            "<status+bxyz@status.example.com>\nOriginal-Rcpt-To: redacted-q1@example.net\n"
            "Reported-Domain: x\n"
            "--b\nContent-Type: message/rfc822\n\nMessage-ID: <m1@status.example.com>\n\nx\n%s",
            REPORT("feedback-report") "--b\n\nA complaint.\n", rows[i].fields, END);
        if (rows[i].kind == REPORT_NONE)
            *strstr(mail, "Original-Mail") = '\0';
        const struct report *report = report_of(arena, mail);
        assert_int_equal(report->kind, rows[i].kind);
        assert_string_equal(report->feedback_type, rows[i].type);
        if (rows[i].kind == REPORT_NONE)
            continue;
        assert_string_equal(report->returned_path, "status+bxyz@status.example.com");
        assert_string_equal(report->returned_message_id, "m1@status.example.com");
        assert_int_equal(report->recipient_count, 1);
        assert_string_equal(report->recipients[0].address, "redacted-q1@example.net");
        assert_int_equal(report->recipients[0].action, REPORT_OTHER);
    }
}

TEST(a_disposition_notification_is_one_and_nothing_more)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct report *report = report_of(
        arena, REPORT("disposition-notification") "--b\n\nDeleted.\n--b\nContent-Type: "
                                                  "message/disposition-notification\n\n"
                                                  "Final-Recipient: rfc822;ada@example.net\n"
                                                  "Disposition: manual-action/MDN-sent-manually; "
                                                  "deleted\n" END);

    assert_int_equal(report->kind, REPORT_DISPOSITION);
    assert_int_equal(report->recipient_count, 0);
}

TEST(the_text_has_all_that_a_reader_would_see)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct report *report = report_of(
        arena, DELIVERY STATUS "Final-Recipient: rfc822;a@example.net\n"
                               "--b\nContent-Type: text/html\n\n<p>It was <b>full</b>.</p>\n"
                               "--b\nContent-Type: message/rfc822\n\nSubject: News\n\nNew.\n" END);

    assert_non_null(strstr(report->text, "not delivered"));
    assert_non_null(strstr(report->text, "Final-Recipient"));
    assert_non_null(strstr(report->text, "It was full."));
    assert_non_null(strstr(report->text, "Subject: News"));
    assert_null(strstr(report->text, "New."));
}

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* DELIVERY, and a second part of `unit` over and over up to the greatest mail. */
static const struct report *read_many(struct arena *arena, const char *unit)
{
    g_autoptr(GString) mail = g_string_new(DELIVERY STATUS);

    while (mail->len + strlen(unit) < mail_limits_default.message_bytes)
        g_string_append(mail, unit);
    return read_bytes(arena, mail->str, mail->len);
}

TEST(the_largest_hostile_report_is_read_within_its_limits_and_in_time)
{
    static const char *const units[] = {
        "Final-Recipient: rfc822;a@example.net\nAction: failed\nStatus: 5.1.1\n\n",
        "Final-Recipient: rfc822;a@example.net\n",
        "Final-Recipient: rfc822;(((((((((((((((((((((((\n (((((((((((((((((((((\n\n",
        "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
        "\n",
        "a:b\n",
        "Final-Recipient: utf-8;\\x{\\x{\\x{\\x{\\x{\\x{\\x{\\x{\\x{\\x{\\x{\\x{\n\n",
        " folded\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const double began = seconds();
        const struct report *report = read_many(arena, units[i]);
        assert_true(report->recipient_count <= REPORT_RECIPIENTS_MOST);
        assert_true(strlen(report->text) <= mail_limits_default.text_bytes);
        if (seconds() - began > 2.0)
            fail_msg("%s: %.1f s", units[i], seconds() - began);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_recipient_of_a_delivery_report_has_an_address_an_action_and_a_status),
        cmocka_unit_test(addresses_are_decoded_where_they_must_be_and_only_there),
        cmocka_unit_test(an_international_report_is_read_like_any_other),
        cmocka_unit_test(what_is_returned_names_the_mail),
        cmocka_unit_test(the_order_of_parts_their_encoding_and_a_missing_third_do_not_matter),
        cmocka_unit_test(what_is_broken_is_left_out),
        cmocka_unit_test(a_report_inside_what_a_report_gives_back_is_another_mails),
        cmocka_unit_test(a_report_inside_a_mail_that_is_none_is_read),
        cmocka_unit_test(complaints_are_told_from_other_feedback),
        cmocka_unit_test(a_disposition_notification_is_one_and_nothing_more),
        cmocka_unit_test(the_text_has_all_that_a_reader_would_see),
        cmocka_unit_test(the_largest_hostile_report_is_read_within_its_limits_and_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
