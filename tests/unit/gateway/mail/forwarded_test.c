/* What is passed on in other ways than inline, what is none, and what a hostile one may cost. */
#include "gateway/mail/forwarded.h"
#include "tests/unit/unit.h"

#define ARENA_BYTES ((size_t)64 << 20)

#define HEAD "From: Ada <ada@example.com>\nTo: status@status.example.com\nMIME-Version: 1.0\n"
#define ALERT                                                                                      \
    "From: Nagios <nagios@mon.example.com>\nSubject: =?utf-8?q?web01_is_DOWN?=\n"                  \
    "Date: Tue, 14 May 2024 08:12:31 +0000\nX-Alert: 7\n\nState: DOWN\n"
#define MIXED "Subject: FW: x\nContent-Type: multipart/mixed; boundary=b\n\n"
#define WORDS "--b\nContent-Type: text/plain\n\nHave a look.\n"
#define BLOCK                                                                                      \
    "From: Nagios <nagios@mon.example.com>\nSubject: web01 is DOWN\nDate: today\n\nState: DOWN\n"

static const struct forwarded *read_mail(struct arena *arena, const char *bytes)
{
    struct text exact = unit_bytes(text_of(bytes));
    struct text kept = {arena_copy(arena, exact.at, exact.size), exact.size};

    unit_free(exact);
    const struct mail *mail = mail_parse(arena, kept, &mail_limits_default, NULL);
    assert_non_null(mail);
    return mail_forwarded(arena, mail, &mail_limits_default);
}

static void check_alert(const char *bytes, enum forward_kind kind, const char *comment)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct forwarded *forwarded = read_mail(arena, bytes);

    assert_non_null(forwarded);
    assert_string_equal(forward_kind_name(forwarded->kind), forward_kind_name(kind));
    assert_non_null(forwarded->mail->from);
    assert_string_equal(forwarded->mail->from->whole, "nagios@mon.example.com");
    assert_string_equal(forwarded->mail->subject, "web01 is DOWN");
    assert_string_equal(forwarded->mail->text, "State: DOWN");
    assert_string_equal(forwarded->comment, comment);
}

static void check_none(const char *bytes)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);

    assert_null(read_mail(arena, bytes));
}

TEST(an_attached_mail_is_read_whole)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct forwarded *forwarded =
        read_mail(arena, HEAD MIXED WORDS "--b\nContent-Type: message/rfc822\n"
                                          "Content-Disposition: attachment\n\n" ALERT "--b--\n");

    assert_non_null(forwarded);
    assert_int_equal(forwarded->mail->date_at, INT64_C(1715674351000));
    assert_true(text_is_equal(mail_find_field(forwarded->mail, "x-alert", 0)->value, TEXT("7")));
}

TEST(a_mail_is_attached_in_many_forms)
{
    check_alert(HEAD "Subject: FW\nContent-Type: message/rfc822\n\n" ALERT, FORWARD_ATTACHED, "");
    check_alert(HEAD MIXED WORDS "--b\nContent-Type: message/rfc822\n\n" ALERT "--b--\n",
                FORWARD_ATTACHED, "Have a look.");
    check_alert(HEAD MIXED "--b\nContent-Type: message/rfc822; name=\"down.eml\"\n\n" ALERT
                           "--b--\n",
                FORWARD_ATTACHED, "");
    check_alert(HEAD MIXED WORDS "--b\nContent-Type: application/octet-stream\n"
                                 "Content-Disposition: attachment; filename=\"Down.EML\"\n\n" ALERT
                                 "--b--\n",
                FORWARD_ATTACHED, "Have a look.");
    check_alert(HEAD MIXED WORDS
                "--b\nContent-Type: multipart/mixed; boundary=c\n\n"
                "--c\nContent-Type: text/html\n\n<br>\n--c\nContent-Type: message/rfc822\n\n" ALERT
                "--c--\n--b--\n",
                FORWARD_ATTACHED, "Have a look.");
}

TEST(an_attached_mail_may_be_encoded)
{
    g_autofree char *base64 = g_base64_encode((const guchar *)ALERT, strlen(ALERT));
    g_autofree char *file =
        g_strdup_printf(HEAD MIXED WORDS "--b\nContent-Type: application/octet-stream; "
                                         "name=a.eml\nContent-Transfer-Encoding: base64\n\n%s\n"
                                         "--b--\n",
                        base64);
    g_autofree char *part = g_strdup_printf(
        HEAD MIXED WORDS "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64"
                         "\n\n%s\n--b--\n",
        base64);

    check_alert(file, FORWARD_ATTACHED, "Have a look.");
    check_alert(part, FORWARD_ATTACHED, "Have a look.");
}

TEST(line_ends_of_the_wire_change_nothing)
{
    g_autoptr(GString) wire = g_string_new(
        HEAD MIXED WORDS "--b\nContent-Type: message/rfc822\n\nX-Folded: a\n b\n" ALERT "--b--\n");

    (void)g_string_replace(wire, "\n", "\r\n", 0);
    check_alert(wire->str, FORWARD_ATTACHED, "Have a look.");
}

TEST(a_malformed_attached_mail_is_none)
{
    check_none(HEAD MIXED WORDS "--b\nContent-Type: message/rfc822\n\nSubject: a\nSubject: b\n"
                                "From: x@example.com\n\nDOWN\n--b--\n");
    check_none(HEAD MIXED WORDS "--b\nContent-Type: application/octet-stream; name=a.eml\n\n"
                                "no header at all\n--b--\n");
}

TEST(an_attached_mail_obeys_the_limits)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct mail_limits limits = mail_limits_default;
    const struct mail *mail = mail_parse(
        arena, text_of(HEAD MIXED WORDS "--b\nContent-Type: message/rfc822\n\n" ALERT "--b--\n"),
        &limits, NULL);

    limits.fields = 3; /* ours has six, the inner one four */
    assert_non_null(mail);
    assert_null(mail_forwarded(arena, mail, &limits));
}

TEST(a_redirected_mail_is_its_authors)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct forwarded *forwarded = read_mail(arena, "Resent-From: Ada <ada@example.com>\n"
                                                         "Resent-To: s@example.org\n" ALERT);

    assert_non_null(forwarded);
    assert_int_equal(forwarded->kind, FORWARD_RESENT);
    assert_string_equal(forwarded->forwarder, "ada@example.com");
    assert_string_equal(forwarded->mail->from->whole, "nagios@mon.example.com");
    check_none("Resent-From: nobody\nResent-To: s@example.org\n" ALERT);
}

#define LISTED(more)                                                                               \
    "List-Id: Alerts <alerts.lists.example.com>\nSubject: web01 is DOWN\n" more "\n\nState: "      \
    "DOWN\n"

TEST(a_list_that_wrote_its_address_into_from_names_the_author)
{
    check_alert(LISTED("From: Nagios via Alerts <alerts@lists.example.com>\n"
                       "Reply-To: Nagios <nagios@mon.example.com>"),
                FORWARD_LISTED, "");
    check_alert(LISTED("From: \"'Nagios' via Alerts\" <alerts@example.com>\n"
                       "X-Original-From: Nagios <nagios@mon.example.com>\n"
                       "Reply-To: alerts@example.com"),
                FORWARD_LISTED, "");
    check_alert(LISTED("From: Nagios via Alerts <alerts@example.com>\n"
                       "X-Original-Sender: nagios@mon.example.com"),
                FORWARD_LISTED, "");
    check_alert(LISTED("From: alerts@lists.example.com\n"
                       "List-Post: <mailto:alerts@lists.example.com>\n"
                       "Reply-To: nagios@mon.example.com"),
                FORWARD_LISTED, "");
}

TEST(an_ordinary_list_post_is_none)
{
    check_none(LISTED("From: Ada <ada@example.com>\nReply-To: alerts@lists.example.com"));
    check_none(LISTED("From: Ada <ada@example.com>\nX-Original-Sender: ada@example.com\n"
                      "Reply-To: Ada <ada@example.org>"));
    check_none(LISTED("From: Ada via Alerts <alerts@lists.example.com>\n"
                      "Reply-To: alerts@lists.example.com"));
    check_none(
        "Subject: x\nFrom: Ada via Alerts <ada@example.com>\nReply-To: b@example.com\n\nx\n");
}

TEST(forwards_of_forwards_are_followed_to_the_third)
{
    static const char thrice[] =
        HEAD "Subject: Fwd: Fwd: x\n\nOne\n\n---------- Forwarded message ---------\n"
             "From: bob@example.com\nDate: x\nSubject: Fwd: web01 is DOWN\n\nTwo\n\n"
             "Begin forwarded message:\n\n> From: carol@example.com\n> Subject: WG: web01 is DOWN\n"
             "> Date: x\n> \n> Three\n> \n> From: Nagios <nagios@mon.example.com>\n> Sent: x\n"
             "> Subject: web01 is DOWN\n> \n> State: DOWN\n";
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct forwarded *beyond =
        read_mail(arena, HEAD "Subject: Fwd: a\n\n-- Forwarded message --\n"
                              "From: a@example.com\nSubject: Fwd: b\n\n-- Forwarded message --\n"
                              "From: b@example.com\nSubject: Fwd: c\n\n-- Forwarded message --\n"
                              "From: c@example.com\nSubject: Fwd: d\n\n-- Forwarded message --\n"
                              "From: d@example.com\nSubject: e\n\nEnd\n");

    check_alert(thrice, FORWARD_INLINE, "One");
    assert_string_equal(beyond->mail->from->whole, "c@example.com");
}

TEST(an_attached_mail_may_be_a_forward_itself)
{
    check_alert(HEAD MIXED WORDS "--b\nContent-Type: message/rfc822\n\nFrom: bob@example.com\n"
                                 "Subject: Fwd: x\n\nSee\n\n---- Forwarded Message ----\n" BLOCK
                                 "--b--\n",
                FORWARD_ATTACHED, "Have a look.");
    check_alert(HEAD MIXED WORDS
                "--b\nContent-Type: message/rfc822\n\nFrom: bob@example.com\nSubject: Fwd: x\n"
                "Content-Type: message/rfc822\n\n" ALERT "--b--\n",
                FORWARD_ATTACHED, "Have a look.");
}

TEST(a_person_who_quotes_a_mail_forwards_nothing)
{
    check_none(HEAD "Subject: API is slow\n\nThe mail we got was\n\nFrom: a@example.org\n"
                    "Subject: slow\n\nand nothing more.\n");
    check_none(HEAD "Subject: API is slow\n\nThe mail we got was\n\nFrom: a@example.org\n"
                    "Sent: today\nTo: us\nSubject: slow\n\nand nothing more.\n");
    check_none(HEAD
               "Subject: API is slow\n\nWe found this:\n\n```\n--- Forwarded message ---\n" BLOCK
               "```\n");
    check_none(HEAD "Subject: API is slow\n\nFrom: today on all is slow.\n");
    check_none(HEAD "Subject: Fwd: \n\n---------- Forwarded message ---------\n\nNothing here.\n");
}

TEST(a_reply_is_no_forward)
{
    check_none(HEAD "Subject: Re: x\n\nDone.\n\n-----Original Message-----\nFrom: a@example.org\n"
                    "Sent: today\nTo: us\nSubject: x\n\nold\n");
    check_none(HEAD "Subject: [EXT] AW: x\n\nFrom: a@example.org\nSent: x\nSubject: x\n\nold\n");
    check_none(HEAD "Subject: Re: Fwd: x\n\nDone.\n\nOn Tue, 14 May 2024 at 10:12, Bob "
                    "<bob@example.com> wrote:\n\n> FYI\n>\n> ---- Forwarded message ----\n"
                    "> From: a@example.org\n> Subject: x\n> Date: y\n>\n> text\n");
    check_none(HEAD "Subject: Re: Fwd: x\n\nDone.\n\nOn Tue, 14 May 2024 at 10:12, Bob "
                    "<bob@example.com> wrote:\n\n> ---- Forwarded message ----\n"
                    "> From: a@example.org\n> Subject: x\n> Date: y\n>\n> text\n");
}

TEST(digests_and_reports_are_none)
{
    check_none(HEAD "Subject: Ops Digest, Vol 1\nContent-Type: multipart/digest; boundary=b\n\n"
                    "--b\n\n" ALERT "--b--\n");
    check_none(HEAD MIXED WORDS "--b\nContent-Type: multipart/digest; boundary=c\n\n--c\n\n" ALERT
                                "--c--\n--b--\n");
    check_none(HEAD "Subject: Ops Digest, Vol 1\n\nToday's Topics:\n\n   1. x (Ada)\n\n\n"
                    "----------------------------------\n\nMessage: 1\nDate: Tue\nFrom: a@b.org\n"
                    "Subject: x\nMessage-ID: <1@b.org>\n\ntext\n");
    check_none(HEAD "Subject: Undelivered\nContent-Type: multipart/report; boundary=b; "
                    "report-type=delivery-status\n\n--b\n\nNo.\n--b\n"
                    "Content-Type: message/delivery-status\n\nReporting-MTA: dns;x\n\n--b\n"
                    "Content-Type: message/rfc822\n\n" ALERT "--b--\n");
}

TEST(what_is_no_address_is_no_from)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct forwarded *name =
        read_mail(arena, HEAD "Subject: FW: x\n\nFrom: Nagios\nSent: x\nSubject: x\n\nDOWN\n");
    const struct forwarded *two = read_mail(
        arena, HEAD "Subject: FW: x\n\nFrom: a@example.com, b@example.com\nSent: x\nSubject: x\n\n"
                    "DOWN\n");

    assert_null(name->mail->from);
    assert_non_null(name->mail->from_trouble);
    assert_null(two->mail->from);
    assert_string_equal(two->mail->text, "DOWN");
}

/* Every line may begin a block, be a marker or end an attribution: the arena's ceiling, and a test that
 * would otherwise never end, hold the cost. */
TEST(hostile_texts_cost_little)
{
    static const char *const lines[] = {
        "From: a@example.com\n",
        "Subject: x\n",
        "Date: x\n",
        "-- Forwarded message --\n",
        "On x wrote:\n",
        "> From: a\n",
        ">>>>>>>>>>>>\n",
        "\n",
        "a:\n",
        "*From:*\n",
        "From: a\nTo: b\nDate: c\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        OWN(arena) arena = arena_open((size_t)32 << 20);
        g_autoptr(GString) bytes = g_string_new(HEAD "Subject: Fwd: x\n\n");
        while (bytes->len < (size_t)60 << 10) {
            g_string_append(bytes, lines[i]);
        }
        const struct mail *mail =
            mail_parse(arena, text_from(bytes->str, bytes->len), &mail_limits_default, NULL);
        assert_non_null(mail);
        (void)mail_forwarded(arena, mail, &mail_limits_default);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attached_mail_is_read_whole),
        cmocka_unit_test(a_mail_is_attached_in_many_forms),
        cmocka_unit_test(an_attached_mail_may_be_encoded),
        cmocka_unit_test(line_ends_of_the_wire_change_nothing),
        cmocka_unit_test(a_malformed_attached_mail_is_none),
        cmocka_unit_test(an_attached_mail_obeys_the_limits),
        cmocka_unit_test(a_redirected_mail_is_its_authors),
        cmocka_unit_test(a_list_that_wrote_its_address_into_from_names_the_author),
        cmocka_unit_test(an_ordinary_list_post_is_none),
        cmocka_unit_test(forwards_of_forwards_are_followed_to_the_third),
        cmocka_unit_test(an_attached_mail_may_be_a_forward_itself),
        cmocka_unit_test(a_person_who_quotes_a_mail_forwards_nothing),
        cmocka_unit_test(a_reply_is_no_forward),
        cmocka_unit_test(digests_and_reports_are_none),
        cmocka_unit_test(what_is_no_address_is_no_from),
        cmocka_unit_test(hostile_texts_cost_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
