/* The rows A16 to A19 of the threats: what a signature that passed is worth. */
#include "tests/unit/gateway/trust/ada.h"

struct signed_case {
    const char *signature;
    enum trust_outcome outcome;
    const char *why;
    const char *to; /* instead of ADA_TO */
};

static void assert_signed(const struct signed_case *cases, size_t count,
                          const struct identity *identity)
{
    for (size_t i = 0; i < count; i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const char *mail = arena_format(arena, "%s%s%s%s%s", ADA_PASS, cases[i].signature, ADA_FROM,
                                        cases[i].to != NULL ? cases[i].to : ADA_TO, ADA_REST);

        ada_assert((struct ada_case){.mail = mail, .identity = identity}, cases[i].outcome,
                   cases[i].why);
    }
}

TEST(a16_the_signature_that_passed_must_be_found_and_cover_the_whole_body)
{
    static const struct signed_case cases[] = {
        {ADA_SIGNATURE, TRUST_PROVEN, "", NULL},
        {ADA_SIGNED(ADA_T "; l=100", ADA_H), TRUST_UNPROVEN, "l=", NULL},
        {"", TRUST_UNPROVEN, "which signature passed", NULL},
        {ADA_SIGNATURE ADA_SIGNATURE, TRUST_UNPROVEN, "which signature passed", NULL},
        {ADA_SIGNED(ADA_T "; l=100", ADA_H) ADA_SIGNATURE, TRUST_UNPROVEN, "which signature", NULL},
        {"DKIM-Signature: v=1; b=AuUoFEfD%\r\n" ADA_SIGNATURE, TRUST_UNPROVEN, "malformed", NULL},
        {"DKIM-Signature: v=1; a=rsa-sha256; d=evil.test; s=s1; h=From; bh=AAAA; "
         "b=AAAA\r\n" ADA_SIGNATURE,
         TRUST_PROVEN, "", NULL},
        {"DKIM-Signature: v=1; a=rsa-sha1; d=example.com; s=s1; " ADA_H
         "; bh=AAAA; b=AuUoFEfDAAAA\r\n",
         TRUST_UNPROVEN, "rsa-sha1", NULL},
    };

    assert_signed(cases, G_N_ELEMENTS(cases), NULL);
}

TEST(a17_from_subject_and_date_must_be_signed_and_an_unsigned_to_is_asked_about)
{
    static const struct signed_case cases[] = {
        {ADA_SIGNED(ADA_T, "h=From:To:Date"), TRUST_UNPROVEN, "Subject is not signed", NULL},
        {ADA_SIGNED(ADA_T, "h=To:Subject:Date"), TRUST_UNPROVEN, "From is not signed", NULL},
        {ADA_SIGNED(ADA_T, "h=From:To:Subject"), TRUST_UNPROVEN, "Date is not signed", NULL},
        {ADA_SIGNED(ADA_T, "h=From:Xto:Subject:Date"), TRUST_ASK_BACK, "To is not signed", NULL},
        {ADA_SIGNED(ADA_T, "h=From:Date:Subject:Message-ID:Content-Type:MIME-Version"),
         TRUST_ASK_BACK, "To is not signed", NULL},
        /* Oversigned, as Gmail does it. */
        {ADA_SIGNED(ADA_T, "h=from:from:to:to:cc:cc:subject:subject:date:date"), TRUST_PROVEN, "",
         NULL},
        /* A To put above the signed one. */
        {ADA_SIGNATURE, TRUST_ASK_BACK, "To is not signed", ADA_TO "To: bob@example.com\r\n"},
        {ADA_SIGNED(ADA_T, "h=From:Subject:Date:Cc"), TRUST_PROVEN, "",
         "To: bob@example.com\r\nCc: Status <STATUS+r7abc@Status.example.com>\r\n"},
        {ADA_SIGNATURE, TRUST_ASK_BACK, "To is not signed",
         "Cc: status@status.example.com\r\nTo: bob@example.com\r\nTo: eve@example.com\r\n"},
    };

    assert_signed(cases, G_N_ELEMENTS(cases), NULL);
}

TEST(a18_what_she_wrote_to_others_is_asked_about)
{
    static const struct signed_case cases[] = {
        {ADA_SIGNATURE, TRUST_ASK_BACK, "do not name this page", "To: bob@example.com\r\n"},
        {ADA_SIGNATURE, TRUST_ASK_BACK, "do not name", "To: status@evil.test\r\n"},
        {ADA_SIGNATURE, TRUST_ASK_BACK, "do not name", "To: xstatus@status.example.com\r\n"},
        {ADA_SIGNATURE, TRUST_ASK_BACK, "do not name",
         "To: \"status@status.example.com\" <bob@example.com>\r\n"},
        {ADA_SIGNATURE, TRUST_ASK_BACK, "do not name",
         "To: bob@example.com\r\nCc: status@status.example.com\r\n"},
        {ADA_SIGNED(ADA_T "; darn=example.net", ADA_H), TRUST_UNPROVEN, "example.net (darn=)",
         NULL},
        {ADA_SIGNED(ADA_T "; darn=Status.example.com", ADA_H), TRUST_PROVEN, "", NULL},
    };

    assert_signed(cases, G_N_ELEMENTS(cases), NULL);
}

TEST(a18_a_signature_has_its_time)
{
    const char *with_t = ADA_PASS ADA_SIGNATURE ADA_HEADERS;
    const char *without_t = ADA_PASS ADA_SIGNED("q=dns/txt", ADA_H) ADA_HEADERS;
    const char *mails[] = {with_t, without_t};
    const int64_t signed_at = INT64_C(1795526280000);

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        ada_assert((struct ada_case){.mail = mails[i], .now = signed_at + DAY_MS}, TRUST_PROVEN,
                   "");
        ada_assert((struct ada_case){.mail = mails[i], .now = signed_at + DAY_MS + 1},
                   TRUST_UNPROVEN, "more than 1 day ago: too old");
        ada_assert((struct ada_case){.mail = mails[i], .now = signed_at - HOUR_MS}, TRUST_PROVEN,
                   "");
        ada_assert((struct ada_case){.mail = mails[i], .now = signed_at - HOUR_MS - 1},
                   TRUST_UNPROVEN, "in the future");
    }
    ada_assert(
        (struct ada_case){.mail = ADA_PASS ADA_SIGNED(ADA_T "; x=1795526290", ADA_H) ADA_HEADERS},
        TRUST_UNPROVEN, "expired");
    ada_assert((struct ada_case){.mail = ADA_PASS ADA_SIGNED("x=1795612680", ADA_H)
                                     ADA_FROM ADA_TO ADA_SUBJECT
                                 "Date: yesterday\r\nMessage-ID: <1@x.test>" ADA_BODY},
               TRUST_UNPROVEN, "when it was signed");
}

TEST(a18_a_signature_that_counted_is_named_for_the_next_time)
{
    static const char *const mails[] = {ADA_PASS ADA_SIGNATURE ADA_HEADERS,
                                        ADA_PASS ADA_SIGNATURE ADA_FROM ADA_REST};

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const struct trust_verdict verdict = ada_judge(arena, (struct ada_case){.mail = mails[i]});

        assert_int_equal(verdict.outcome, i == 0 ? TRUST_PROVEN : TRUST_ASK_BACK);
        assert_int_equal(verdict.proofs, PROOF_DKIM);
        assert_int_equal(verdict.signature_count, 1);
        assert_true(text_is_equal(verdict.signatures[0], TEXT(ADA_B)));
    }
}

#define OTHER_SIGNED(d, b)                                                                         \
    "DKIM-Signature: v=1; a=rsa-sha256; d=" d "; s=s2; " ADA_T "; " ADA_H "; bh=AAAA; b=" b "\r\n"
#define OTHER_RESULT(result)                                                                       \
    "Authentication-Results: mx.example.com; dkim=" result                                         \
    " header.d=example.com header.s=s2 header.b=\"AAAA\"\r\n"

/* Which of two counted may change from one delivery to the next; a stranger may add one. */
TEST(a18_every_signature_of_hers_that_may_be_good_is_named)
{
    static const struct {
        const char *more;
        size_t count;
    } cases[] = {
        {OTHER_RESULT("pass") OTHER_SIGNED("example.com", "AAAA"), 2},
        {OTHER_RESULT("temperror") OTHER_SIGNED("example.com", "AAAA"), 2},
        {OTHER_SIGNED("example.com", "AAAA"), 2},
        {OTHER_RESULT("fail") OTHER_SIGNED("example.com", "AAAA"), 1},
        {OTHER_RESULT("fail") OTHER_SIGNED("example.com", "BBBB"), 2},
        {OTHER_SIGNED("evil.test", "AAAA"), 1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const char *mail =
            arena_format(arena, "%s%s", cases[i].more, ADA_PASS ADA_SIGNATURE ADA_HEADERS);
        const struct trust_verdict verdict = ada_judge(arena, (struct ada_case){.mail = mail});

        assert_int_equal(verdict.outcome, TRUST_PROVEN);
        assert_int_equal(verdict.signature_count, cases[i].count);
    }
}

TEST(a19_only_listed_parents_are_relaxed)
{
    static const char *const parents[] = {"example.com", "com"};
    struct trust_settings settings = ada_settings;
    const struct identity below = {
        .address = "ada@sub.example.com", .login = "", .accepts = PROOF_DKIM};
    const struct identity beside = {
        .address = "ada@evil-example.com", .login = "", .accepts = PROOF_DKIM};
    const char *from_below = ADA_PASS ADA_SIGNATURE "From: ada@sub.example.com\r\n" ADA_TO ADA_REST;
    const char *from_beside =
        ADA_PASS ADA_SIGNATURE "From: ada@evil-example.com\r\n" ADA_TO ADA_REST;

    ada_assert((struct ada_case){.mail = from_below, .identity = &below}, TRUST_UNPROVEN,
               "passed for example.com");
    settings.domains = parents;
    settings.domain_count = G_N_ELEMENTS(parents);
    ada_assert((struct ada_case){.mail = from_below, .identity = &below, .settings = &settings},
               TRUST_PROVEN, "");
    ada_assert((struct ada_case){.mail = from_beside, .identity = &beside, .settings = &settings},
               TRUST_UNPROVEN, "passed for example.com");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a16_the_signature_that_passed_must_be_found_and_cover_the_whole_body),
        cmocka_unit_test(
            a17_from_subject_and_date_must_be_signed_and_an_unsigned_to_is_asked_about),
        cmocka_unit_test(a18_what_she_wrote_to_others_is_asked_about),
        cmocka_unit_test(a18_a_signature_has_its_time),
        cmocka_unit_test(a18_a_signature_that_counted_is_named_for_the_next_time),
        cmocka_unit_test(a18_every_signature_of_hers_that_may_be_good_is_named),
        cmocka_unit_test(a19_only_listed_parents_are_relaxed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
