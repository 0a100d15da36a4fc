#include "gateway/mail/attachments.h"
#include "tests/unit/unit.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define MIXED       "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n"

static const struct mail *parse(struct arena *arena, const char *bytes)
{
    g_autoptr(GError) error = NULL;
    const struct mail *mail = mail_parse(arena, text_of(bytes), &mail_limits_default, &error);

    if (mail == NULL)
        fail_msg("%s", error->message);
    return mail;
}

TEST(files_and_messages_are_named_in_their_order)
{
    static const char *const wanted[] = {"May.pdf",   "Räume.ods",      "naïve.txt",
                                         "image/png", "message/rfc822", "logo.gif"};
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct mail *mail =
        parse(arena, MIXED
              "--b\nContent-Type: text/plain\n\nHello.\n"
              "--b\nContent-Type: application/pdf; name=\"C:\\\\reports\\\\May.pdf\"\n\nx\n"
              "--b\nContent-Type: application/octet-stream\n"
              "Content-Disposition: attachment; filename*=utf-8''R%C3%A4ume.ods\n\nx\n"
              "--b\nContent-Type: text/plain\n"
              "Content-Disposition: attachment; filename=\"=?utf-8?Q?na=C3=AFve=2Etxt?=\"\n\nx\n"
              "--b\nContent-Type: image/png\n\nx\n"
              "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n"
              "--b\nContent-Type: multipart/related; boundary=r\n\n"
              "--r\nContent-Type: text/html\n\n<p>Hello\n"
              "--r\nContent-Type: image/gif; name=logo.gif\nContent-Disposition: inline\n\nx\n"
              "--r--\n--b--\n");

    assert_int_equal(mail->attachment_count, G_N_ELEMENTS(wanted));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_string_equal(mail->attachments[i], wanted[i]);
}

TEST(texts_signatures_and_reports_are_no_attachments)
{
    static const char *const mails[] = {
        "From: a@example.com\n\nHello.\n",
        "From: a@example.com\nContent-Type: multipart/signed; boundary=b\n\n"
        "--b\n\nHello.\n--b\nContent-Type: application/pgp-signature; "
        "name=signature.asc\n\nx\n--b--\n",
        "From: a@example.com\nContent-Type: multipart/alternative; boundary=b\n\n"
        "--b\n\nHello.\n--b\nContent-Type: text/html\n\n<p>Hello\n--b--\n",
        "From: a@example.com\nContent-Type: multipart/report; boundary=b\n\n"
        "--b\n\nHello.\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n--b--\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        assert_int_equal(parse(arena, mails[i])->attachment_count, 0);
    }
}

TEST(hostile_names_are_one_clean_line_and_few)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GString) bytes = g_string_new(MIXED);

    for (size_t i = 0; i < 50; i++)
        g_string_append(bytes, "--b\nContent-Type: application/x\nContent-Disposition: attachment; "
                               "filename*=utf-8''..%2F..%2Fa%0D%0Ab%00%E2%80%AEc\n\nx\n");
    g_string_append(bytes, "--b--\n");
    const struct mail *mail = parse(arena, bytes->str);

    assert_int_equal(mail->attachment_count, ATTACHMENTS_MOST);
    for (size_t i = 0; i < mail->attachment_count; i++) {
        assert_null(strpbrk(mail->attachments[i], "/\r\n"));
        assert_true(g_str_has_prefix(mail->attachments[i], "a b"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_and_messages_are_named_in_their_order),
        cmocka_unit_test(texts_signatures_and_reports_are_no_attachments),
        cmocka_unit_test(hostile_names_are_one_clean_line_and_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
