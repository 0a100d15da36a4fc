#include "gateway/base/error.h"
#include "gateway/mail/prescan.h"
#include "tests/unit/unit.h"

#include <time.h>

#define ARENA_BYTES ((size_t)16 << 20)
#define DONE        (-1)
#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static int run(struct text bytes, struct prescan *prescan)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct text exact = unit_bytes(bytes);
    g_autoptr(GError) error = NULL;
    bool is_done = prescan_run(arena, exact, &mail_limits_default, prescan, &error);

    assert_true(is_done == (error == NULL));
    unit_free(exact);
    return is_done ? DONE : error->code;
}

static const struct {
    struct text mail;
    int want;
} mails[] = {
    {BYTES("From: a@b.example\r\n\r\nx"), DONE},
    {BYTES("From: a@b.example\n\nx"), DONE},
    {BYTES("From: a@b.example"), DONE},
    {BYTES("From: a@b.example\r\n\r\nx\ny\r\nz\r"), DONE},
    {BYTES("From a@b.example Tue Nov 24 13:18:20 2026\nFrom: a@b.example\n\nx"), DONE},
    {BYTES("\xef\xbb\xbf"
           "From: a@b.example\n\nx"),
     DONE},
    {BYTES("From : a@b.example\nfrom: c@d.example\n\nx"), DONE},
    {BYTES(""), TOCSIN_ERROR_INPUT},
    {BYTES("\r\n\r\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("no header\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("From: a@b.example\nnonsense\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("From: a\0b\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("From: a\n\nx\0"), TOCSIN_ERROR_INPUT},
    {BYTES("Subject: x\rFrom: a@b.example\r\n\r\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("X: a\nFrom: a@b.example\r\n\r\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("X: a\r\nFrom: a@b.example\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("X: a\r\nFrom: a@b.example\r\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("Subject: a\nSUBJECT : b\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("Date: a\nDate: a\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("Message-Id: <a@b>\nMessage-ID: <a@b>\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("Content-Type: text/plain\nContent-type: text/html\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nx"),
     TOCSIN_ERROR_INPUT},
    {BYTES("Content-Type: multipart/mixed\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("Content-Type: Multipart / Mixed; boundary=\"\"\n\nx"), TOCSIN_ERROR_INPUT},
    {BYTES("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: "
           "multipart/alternative\n\n--a--"),
     TOCSIN_ERROR_INPUT},
    {BYTES("Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a--\n"), DONE},
    {BYTES("Content-Type: multipart/mixed (c; d); x=\"boundary=q;\"; BOUNDARY = \"a b\"\n\n--a "
           "b\n\nx"),
     DONE},
};

TEST(what_is_malformed_is_refused_before_gmime)
{
    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        struct prescan prescan;
        int got = run(mails[i].mail, &prescan);
        if (got != mails[i].want) {
            print_message("%zu: %.*s\n", i, (int)mails[i].mail.size, mails[i].mail.at);
        }
        assert_int_equal(got, mails[i].want);
    }
}

TEST(from_and_received_are_counted_however_they_are_written)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct text mail =
        TEXT("Received: a\nFROM \t: x\n y\nfrom: z\nReceived: b\nX-From: c\n\nFrom: body");
    struct prescan prescan;

    assert_true(prescan_run(arena, mail, &mail_limits_default, &prescan, NULL));
    assert_int_equal(prescan.from_count, 2);
    assert_int_equal(prescan.received_count, 2);
    assert_int_equal(prescan.field_count, 5);
    assert_true(text_is_equal(prescan.fields[1].name, TEXT("FROM")));
    assert_true(text_is_equal(prescan.fields[1].value, TEXT("x y")));
    assert_true(text_is_equal(prescan.body, TEXT("From: body")));
}

/* `head`, then `unit` until there are `bytes`, then `tail`. */
static int run_repeated(const char *head, const char *unit, size_t bytes, const char *tail)
{
    g_autoptr(GString) mail = g_string_new(head);
    struct prescan prescan;

    while (mail->len < bytes) {
        g_string_append(mail, unit);
    }
    g_string_append(mail, tail);
    const clock_t began = clock(); /* of the processor: others may have it */
    int got = run(text_from(mail->str, mail->len), &prescan);
    assert_true(clock() - began < 10 * CLOCKS_PER_SEC);
    return got;
}

static const struct {
    const char *head;
    const char *unit;
    size_t bytes;
    int want;
} bombs[] = {
    {"A: b\n\n", "x\n", (1 << 20) - 10, DONE},
    {"A: b\n\n", "x\n", (1 << 20) + 1, TOCSIN_ERROR_LIMIT},
    {"",
     "X: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
     "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n",
     132000, TOCSIN_ERROR_LIMIT},
    {"X: ", "y", 17000, TOCSIN_ERROR_LIMIT},
    {"X:", " y\n", 17000, TOCSIN_ERROR_LIMIT},
    {"", "X: y\n", 5005, TOCSIN_ERROR_LIMIT},
    {"", "X: y\n", 4995, DONE},
    {"Content-Type: text/plain", "; a=b", 400, TOCSIN_ERROR_LIMIT},
    {"Content-Disposition: inline", "; a=b", 400, TOCSIN_ERROR_LIMIT},
    {"Content-Type: text/plain; a=", "b", 1200, TOCSIN_ERROR_LIMIT},
    {"Content-Type: multipart/mixed; boundary=x\n\n", "--x\n\n", 900, DONE},
    {"Content-Type: multipart/mixed; boundary=x\n\n", "--x\n\n", 1100, TOCSIN_ERROR_LIMIT},
    {"A: b\n\n", "--\n", 20000, TOCSIN_ERROR_LIMIT},
    {"", "Content-Type: message/rfc822\n\n", 450, DONE},
    {"", "Content-Type: message/rfc822\n\n", 2000, TOCSIN_ERROR_LIMIT},
    {"", "Content-Type: multipart/mixed; boundary=x\n\n--x\n", 2000, TOCSIN_ERROR_LIMIT},
    {"", "Content-Type: multipart/digest; boundary=x\n\n--x\n\n", 2000, TOCSIN_ERROR_LIMIT},
};

TEST(what_is_beyond_a_limit_is_refused_in_linear_time)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bombs); i++) {
        int got = run_repeated(bombs[i].head, bombs[i].unit, bombs[i].bytes, "\n\nx");
        if (got != bombs[i].want) {
            print_message("%zu: %d\n", i, got);
        }
        assert_int_equal(got, bombs[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_malformed_is_refused_before_gmime),
        cmocka_unit_test(from_and_received_are_counted_however_they_are_written),
        cmocka_unit_test(what_is_beyond_a_limit_is_refused_in_linear_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
