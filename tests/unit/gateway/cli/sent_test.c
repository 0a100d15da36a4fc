#include "gateway/cli/sent.h"

#include "tests/unit/unit.h"

#define FORM                                                                                       \
    "From: Example <status@status.example.com>\r\nTo: carol@example.net\r\nSubject: [Resolved] "   \
    "x\r\n"                                                                                        \
    "Date: Tue, 24 Nov 2026 13:18:20 +0000\r\nMessage-ID: <n1.2.abc@status.example.com>\r\n"
#define SIGNED(domain, headers)                                                                    \
    "DKIM-Signature: v=1; a=rsa-sha256; d=" domain "; s=mail; h=" headers ";\r\n"                  \
    "\tbh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=; b=YWJj\r\n"
#define MAILTO "List-Unsubscribe: <mailto:status+u1@status.example.com?subject=unsubscribe>\r\n"
#define HTTPS                                                                                      \
    "List-Unsubscribe: <https://status.example.com/u/1>,\r\n "                                     \
    "<mailto:status+u1@status.example.com>\r\n"
#define POST "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"

static const char *const watched[] = {"From", "List-Unsubscribe", "List-Unsubscribe-Post", NULL};

static const struct {
    const char *header;
    enum sent_one_click want;
} unsubscribes[] = {
    {FORM, SENT_NO_UNSUBSCRIBE},
    {FORM MAILTO, SENT_MAIL_ONLY},
    {FORM MAILTO POST, SENT_NO_HTTPS},
    {FORM HTTPS, SENT_NOT_ONE_CLICK},
    {FORM HTTPS POST, SENT_ONE_CLICK},
    {FORM HTTPS POST POST, SENT_WRONG_POST},
    {FORM HTTPS "List-Unsubscribe-Post: yes\r\n", SENT_WRONG_POST},
};

TEST(one_click_needs_both_fields_and_an_https_address)
{
    for (size_t i = 0; i < G_N_ELEMENTS(unsubscribes); i++) {
        OWN(arena) arena = arena_open((size_t)1 << 20);
        const struct text bytes = unit_bytes(text_of(unsubscribes[i].header));
        OWN(sent) sent = sent_open(arena, bytes, NULL);

        assert_non_null(sent);
        assert_int_equal(sent_judge_unsubscribe(sent), unsubscribes[i].want);
        unit_free(bytes);
    }
}

static const struct {
    const char *header;
    size_t signatures;
    size_t aligned;
    const char *uncovered; /* joined by spaces; NULL: no signature to judge */
} coverages[] = {
    {FORM HTTPS POST, 0, 0, NULL},
    {SIGNED("status.example.com", "from:list-unsubscribe:list-unsubscribe-post") FORM HTTPS POST, 1,
     1, ""},
    {SIGNED("status.example.com", "From : Subject") FORM HTTPS POST, 1, 1,
     "List-Unsubscribe List-Unsubscribe-Post"},
    {SIGNED("status.example.com", "from") FORM, 1, 1, ""},
    {SIGNED("example.com", "from") FORM, 1, 1, ""},
    {SIGNED("mail.status.example.com", "from") FORM, 1, 1, ""},
    {SIGNED("example.org", "from") FORM, 1, 0, NULL},
    {SIGNED("notexample.com", "from") FORM, 1, 0, NULL},
    {SIGNED("com", "from") FORM, 1, 0, NULL},
    {"DKIM-Signature: nonsense\r\n" FORM, 0, 0, NULL},
    {SIGNED("example.org", "from:list-unsubscribe") SIGNED("example.com", "from:list-unsubscribe")
         FORM MAILTO,
     2, 1, ""},
};

TEST(a_signature_by_the_domain_of_From_has_to_cover_what_receivers_act_upon)
{
    for (size_t i = 0; i < G_N_ELEMENTS(coverages); i++) {
        OWN(arena) arena = arena_open((size_t)1 << 20);
        OWN(sent) sent = sent_open(arena, text_of(coverages[i].header), NULL);
        size_t signatures = 9;
        size_t aligned = 9;
        const char *const *found = sent_uncovered(sent, watched, &signatures, &aligned);
        g_autofree char *joined = found != NULL ? g_strjoinv(" ", (char **)(uintptr_t)found) : NULL;

        assert_int_equal(signatures, coverages[i].signatures);
        assert_int_equal(aligned, coverages[i].aligned);
        if (coverages[i].uncovered == NULL)
            assert_null(joined);
        else
            assert_string_equal(joined, coverages[i].uncovered);
    }
}

TEST(what_has_no_header_is_no_mail)
{
    OWN(arena) arena = arena_open((size_t)1 << 20);
    g_autoptr(GError) error = NULL;

    assert_null(sent_open(arena, TEXT(""), NULL));
    assert_null(sent_open(arena, TEXT("just words\n\nand more: of them\n"), &error));
    assert_non_null(strstr(error->message, "no header"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_click_needs_both_fields_and_an_https_address),
        cmocka_unit_test(a_signature_by_the_domain_of_From_has_to_cover_what_receivers_act_upon),
        cmocka_unit_test(what_has_no_header_is_no_mail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
