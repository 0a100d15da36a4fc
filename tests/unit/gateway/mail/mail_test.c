#include "gateway/base/error.h"
#include "gateway/mail/mail.h"
#include "tests/unit/unit.h"

#define ARENA_BYTES ((size_t)32 << 20)

static const struct mail *parse(struct arena *arena, const char *string)
{
    size_t size = strlen(string);
    char *exact = arena_alloc(arena, size);

    memcpy(exact, string, size);
    return mail_parse(arena, text_from(exact, size), &mail_limits_default, NULL);
}

static const char reply[] = "Received: from x\r\n"
                            "From: =?utf-8?q?Ada_Byr=C3=B6n?= <Ada@Example.com>\r\n"
                            "To: Ops: bob@example.com;, status+rabc@status.example.com\r\n"
                            "Cc: carol@example.net\r\n"
                            "Subject: Re: =?iso-8859-1?Q?St=F6rung?= =?utf-8?B?IGhldXRl?=\r\n"
                            " (#42)\r\n"
                            "Date: Tue, 24 Nov 2026 13:18:20 +0100\r\n"
                            "Message-ID: <1@example.com>\r\n"
                            "In-Reply-To: <3@status.example.com>\r\n"
                            "References: <root@status.example.com> <2@status.example.com>\r\n"
                            "Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
                            "\r\n"
                            "Identified: a bad \r\n"
                            "balancer.\r\n"
                            "\r\n"
                            "On Tue, 24 Nov 2026 at 13:00, Status <s@status.example.com> wrote:\r\n"
                            "> We are looking.\r\n";

TEST(a_reply_is_read_whole)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct mail *mail = parse(arena, reply);

    assert_non_null(mail);
    assert_int_equal(mail->from_count, 1);
    assert_null(mail->from_trouble);
    assert_string_equal(mail->from->whole, "Ada@example.com");
    assert_string_equal(mail->from->local, "Ada");
    assert_string_equal(mail->from->name, "Ada Byr\xc3\xb6n");
    assert_int_equal(mail->to_count, 3);
    assert_string_equal(mail->to[1].whole, "status+rabc@status.example.com");
    assert_string_equal(mail->subject, "Re: St\xc3\xb6rung heute (#42)");
    assert_int_equal(mail->date_at, INT64_C(1795522700000));
    assert_string_equal(mail->message_id, "1@example.com");
    assert_int_equal(mail->reference_count, 3);
    assert_string_equal(mail->references[0], "3@status.example.com");
    assert_string_equal(mail->references[1], "2@status.example.com");
    assert_string_equal(mail->references[2], "root@status.example.com");
    assert_string_equal(mail->text, "Identified: a bad balancer.");
    assert_non_null(strstr(mail->raw_text, "> We are looking."));
    assert_int_equal(mail->automatic, MAIL_BY_PERSON);
    assert_false(mail->is_report);
    assert_true(text_is_equal(mail_find_field(mail, "subject", 0)->value,
                              TEXT("Re: =?iso-8859-1?Q?St=F6rung?= =?utf-8?B?IGhldXRl?= (#42)")));
    assert_null(mail_find_field(mail, "Subject", 1));
}

#define PART(type, text) "--b\nContent-Type: " type "\n\n" text "\n"
#define MIXED(subtype, parts)                                                                      \
    "From: a@b.example\nContent-Type: multipart/" subtype "; boundary=b\n\n" parts "--b--\n"

static const struct {
    const char *mail;
    const char *want;
} texts[] = {
    {"From: a@b.example\n\nplain\n", "plain"},
    {"From: a@b.example\nContent-Type: text/html\n\n<p>html</p>", "html"},
    {"From: a@b.example\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
     "quoted-printable\n\n=FC=\nx",
     "\xc3\xbcx"},
    {"From: a@b.example\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nYWJj",
     "abc"},
    {"From: a@b.example\nContent-Type: text/plain; charset=nonsense\n\n\xfc", "\xc3\xbc"},
    {"From: a@b.example\nContent-Type: image/png\n\nx", ""},
    {"From: a@b.example\nContent-Type: message/rfc822\n\nSubject: x\n\ninner", ""},
    {MIXED("alternative", PART("text/plain", "plain") PART("text/html", "<p>html")), "plain"},
    {MIXED("alternative", PART("text/html", "<p>html") PART("text/plain", "plain")), "plain"},
    {MIXED("alternative", PART("text/plain", " ") PART("text/html", "<p>html")), "html"},
    {MIXED("related", PART("text/html", "html") PART("text/plain", "no")), "html"},
    {MIXED("signed; x=y", PART("text/plain", "signed") PART("text/plain", "appended")), "signed"},
    {MIXED("mixed", PART("text/plain", "one") PART("image/png", "x") PART("text/plain", "two")),
     "one\n\ntwo"},
    {MIXED("mixed",
           PART("text/plain",
                "one") "--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\ntwo\n"),
     "one"},
    {MIXED("mixed", PART("text/plain", "one") PART("message/rfc822", "Subject: x\n\ntwo")), "one"},
    {MIXED("mixed", "--b\n\nno type\n"), "no type"},
    {MIXED("digest", "--b\n\nSubject: x\n\ninner\n"), ""},
};

TEST(the_text_is_what_a_reader_sees_first)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct mail *mail = parse(arena, texts[i].mail);
        assert_non_null(mail);
        if (strcmp(mail->text, texts[i].want) != 0) {
            print_message("%zu: %s\n", i, texts[i].mail);
        }
        assert_string_equal(mail->text, texts[i].want);
    }
}

static const struct {
    const char *header;
    enum mail_automatic want;
    bool want_report;
} headers[] = {
    {"Subject: API down\n", MAIL_BY_PERSON, false},
    {"Auto-Submitted: no\n", MAIL_BY_PERSON, false},
    {"Auto-Submitted: (a comment) No ; x=y\n", MAIL_BY_PERSON, false},
    {"Auto-Submitted: auto-replied\n", MAIL_AUTOMATIC_HARD, false},
    {"auto-submitted:\n AUTO-GENERATED (x)\n", MAIL_AUTOMATIC_HARD, false},
    {"Auto-Submitted: no\nAuto-Submitted: auto-notified\n", MAIL_AUTOMATIC_HARD, false},
    {"Auto-Submitted:\n", MAIL_AUTOMATIC_HARD, false},
    {"Return-Path: <>\n", MAIL_AUTOMATIC_HARD, false},
    {"Return-Path: <a@b.example>\n", MAIL_BY_PERSON, false},
    {"X-Tocsin-Loop: x\n", MAIL_AUTOMATIC_HARD, false},
    {"Content-Type: multipart/report; boundary=x; report-type=delivery-status\n",
     MAIL_AUTOMATIC_HARD, true},
    {"Content-Type: message/delivery-status\n", MAIL_AUTOMATIC_HARD, true},
    {"Precedence: Bulk\n", MAIL_AUTOMATIC_SOFT, false},
    {"Precedence: first-class\n", MAIL_BY_PERSON, false},
    {"List-Id: <x.example>\n", MAIL_AUTOMATIC_SOFT, false},
    {"X-Auto-Response-Suppress: All\n", MAIL_AUTOMATIC_SOFT, false},
    {"X-Autoreply: yes\n", MAIL_AUTOMATIC_SOFT, false},
    {"Subject: Automatic reply: API down\n", MAIL_AUTOMATIC_SOFT, false},
    {"Subject: =?utf-8?q?R=C3=89PONSE?= automatique : API\n", MAIL_AUTOMATIC_SOFT, false},
    {"Subject: Abwesenheitsnotiz: API\n", MAIL_AUTOMATIC_SOFT, false},
    {"Subject: the out of office server is down\n", MAIL_BY_PERSON, false},
    {"Subject: Mail delivery problems for some customers\n", MAIL_BY_PERSON, false},
    {"Subject: Undelivered Mail Returned to Sender\nReturn-Path: <>\n", MAIL_AUTOMATIC_HARD, true},
};

TEST(automatic_mail_is_marked_by_its_header)
{
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const char *whole =
            arena_format(arena, "From: ada@example.com\n%s\nx\n", headers[i].header);
        const struct mail *mail = parse(arena, whole);
        assert_non_null(mail);
        if (mail->automatic != headers[i].want || mail->is_report != headers[i].want_report) {
            print_message("%s\n", headers[i].header);
        }
        assert_int_equal(mail->automatic, headers[i].want);
        assert_int_equal(mail->is_report, headers[i].want_report);
        assert_true((mail->automatic_reason == NULL) == (mail->automatic == MAIL_BY_PERSON));
    }
}

TEST(a_mailer_daemon_is_one_also_without_domain)
{
    static const char *const froms[] = {"MAILER-DAEMON",
                                        "Mail Delivery System <MAILER-DAEMON@mx.example.com>",
                                        "MAILER-DAEMON (Mail Delivery System)"};

    for (size_t i = 0; i < G_N_ELEMENTS(froms); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct mail *mail = parse(arena, arena_format(arena, "From: %s\n\nx", froms[i]));
        assert_int_equal(mail->automatic, MAIL_AUTOMATIC_HARD);
    }
}

static const struct mail *parse_hops(struct arena *arena, size_t hops)
{
    g_autoptr(GString) mail = g_string_new("From: ada@example.com\n");

    for (size_t i = 0; i < hops; i++) {
        g_string_append(mail, "Received: from x\n");
    }
    g_string_append(mail, "\nx");
    return parse(arena, mail->str);
}

TEST(a_mail_of_26_hops_runs_in_a_circle)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);

    assert_int_equal(parse_hops(arena, 25)->automatic, MAIL_BY_PERSON);
    assert_int_equal(parse_hops(arena, 26)->automatic, MAIL_AUTOMATIC_HARD);
}

TEST(two_from_fields_prove_nobody)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct mail *mail = parse(arena, "From: ada@example.com\nfrom : eve@example.net\n\nx");

    assert_int_equal(mail->from_count, 2);
    assert_null(mail->from);
    assert_non_null(mail->from_trouble);
    assert_non_null(parse(arena, "Subject: x\n\nx")->from_trouble);
}

/* notes A57: a header block that ends at a buffer's edge */
TEST(a_mail_is_read_alike_whatever_the_size_of_its_header_block)
{
    for (size_t size = 4000; size < 4200; size++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *filler = g_strnfill(size - 100, 'x');
        const char *whole = arena_format(
            arena,
            "From: ada@example.com\nX: %s\nContent-Type: multipart/mixed; boundary=b\n\n"
            "--b\nX: %s\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
            "YWJj\n--b--\n",
            filler, filler);
        const struct mail *mail = parse(arena, whole);
        assert_string_equal(mail->text, "abc");
        assert_string_equal(mail->from->whole, "ada@example.com");
    }
}

TEST(the_text_ends_with_a_whole_character_at_its_limit)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GString) mail =
        g_string_new("From: ada@example.com\nContent-Type: text/plain; charset=utf-8\n\nx");

    while (mail->len < 200000) {
        g_string_append(mail, "\xe2\x82\xac");
    }
    const struct mail *parsed = parse(arena, mail->str);
    assert_true(parsed->was_cut);
    assert_int_equal(strlen(parsed->raw_text), 65536);
    assert_true(g_utf8_validate(parsed->raw_text, -1, NULL));
}

TEST(what_hides_in_a_text_is_cleaned)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct mail *mail = parse(arena, "From: ada@example.com\nSubject: a\xe2\x80\xae"
                                           "b\x01\n\nx\x07y\xe2\x80\x8bz\r");

    assert_string_equal(mail->subject, "ab");
    assert_string_equal(mail->text, "x yz");
}

static bool is_same_mail(const char *one, const char *other)
{
    uint8_t first[MAIL_DIGEST_SIZE];
    uint8_t second[MAIL_DIGEST_SIZE];

    mail_digest(text_of(one), first);
    mail_digest(text_of(other), second);
    return memcmp(first, second, sizeof first) == 0;
}

TEST(the_digest_is_that_of_the_mail_not_of_its_way)
{
    const char *mail = "From: a@b.example\nSubject: x\n\nbody\n";

    assert_true(is_same_mail(
        mail, "Received: y\r\nFrom: a@b.example\r\nX: z\r\nSubject: x\r\n\r\nbody\r\n"));
    assert_true(is_same_mail(mail, "From: a@b.example\nSubject: x\n\nbody\n\n"));
    assert_false(is_same_mail(mail, "From: a@b.example\nSubject: y\n\nbody\n"));
    assert_false(is_same_mail(mail, "From: a@b.example\nSubject: x\n\nother\n"));
    assert_false(is_same_mail(mail, "From: a@b.example\nSubject: x\nMessage-ID: <a@b>\n\nbody\n"));
    assert_true(is_same_mail("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_is_read_whole),
        cmocka_unit_test(the_text_is_what_a_reader_sees_first),
        cmocka_unit_test(automatic_mail_is_marked_by_its_header),
        cmocka_unit_test(a_mailer_daemon_is_one_also_without_domain),
        cmocka_unit_test(a_mail_of_26_hops_runs_in_a_circle),
        cmocka_unit_test(two_from_fields_prove_nobody),
        cmocka_unit_test(a_mail_is_read_alike_whatever_the_size_of_its_header_block),
        cmocka_unit_test(the_text_ends_with_a_whole_character_at_its_limit),
        cmocka_unit_test(what_hides_in_a_text_is_cleaned),
        cmocka_unit_test(the_digest_is_that_of_the_mail_not_of_its_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
