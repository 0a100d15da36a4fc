/* The rows of the threats that concern the author and the session, and each proof's rules. */
#include "tests/unit/gateway/trust/ada.h"

#define ALL (PROOF_SASL | PROOF_DKIM | PROOF_REPLY_KEY)

static const struct identity ada = {.address = "ada@example.com", .login = "ada7", .accepts = ALL};
static const struct identity with_spf = {
    .address = "ada@example.com", .login = "", .accepts = PROOF_SPF};
static const struct identity with_key = {
    .address = "ada@example.com", .login = "", .accepts = PROOF_REPLY_KEY};
static const struct identity with_both = {.address = "ada@example.com",
                                          .login = "",
                                          .accepts = PROOF_DKIM | PROOF_REPLY_KEY,
                                          .requires = PROOF_DKIM | PROOF_REPLY_KEY};
static const struct identity monitor = {.address = "ada@example.com",
                                        .login = "",
                                        .accepts = PROOF_NETWORK | PROOF_DKIM,
                                        .is_monitor = true};
static const struct trust_settings without_verifier = {.authserv_id = "",
                                                       .signature_age_ms = DAY_MS};

static struct session signed_in_as(const char *login)
{
    struct session session = ada_session;

    session.login = login;
    return session;
}

TEST(a1_a_forged_from_is_told_which_proofs_were_looked_for)
{
    ada_assert((struct ada_case){.mail = ADA_FAIL ADA_HEADERS, .identity = &ada}, TRUST_UNPROVEN,
               "no proof that ada@example.com wrote this: looked for sasl (not signed in), dkim "
               "(failed), reply_key (no living reply address of this author)");
}

TEST(a2_the_envelope_alone_proves_nothing)
{
    const struct identity evil = {
        .address = "evil@evil.test", .login = "", .accepts = ALL | PROOF_SPF};

    ada_assert(
        (struct ada_case){.mail = "From: evil@evil.test\r\n" ADA_PASS ADA_SIGNATURE ADA_TO ADA_REST,
                          .identity = &evil},
        TRUST_UNPROVEN, "passed for example.com");
    ada_assert((struct ada_case){.mail = ADA_FAIL ADA_HEADERS, .identity = &with_spf},
               TRUST_UNPROVEN, "spf (no result)");
}

TEST(a3_to_a6_exactly_one_from_with_one_plain_address_or_no_proof)
{
    static const char *const froms[] = {
        ADA_FROM "From: evil@evil.test\r\n",
        "From: evil@evil.test\r\n" ADA_FROM,
        ADA_FROM "from: evil@evil.test\r\n",
        ADA_FROM "From : evil@evil.test\r\n",
        "From: ada@example.com, evil@evil.test\r\n",
        "From: g: ada@example.com;\r\n",
        "From:\r\n",
        "",
        "From: \"ada@example.com\" <evil@evil.test>\r\n",
        "From: ada@example.com (c) <evil@evil.test>\r\n",
        "From: =?utf-8?q?ada=40example.com?= <evil@evil.test>\r\n",
        "From: <@evil.test:ada@example.com>\r\n",
        "From: \"ada@example.com\"@evil.test\r\n",
        "From: <evil@evil.test> <ada@example.com>\r\n",
        "From: ada\r\n",
        "From: ada@example.com.\r\n",
        "From: ada@[192.0.2.9]\r\n",
        "Sender: ada@example.com\r\nReply-To: ada@example.com\r\nFrom: evil@evil.test\r\n",
    };
    const struct session session = signed_in_as("ada@example.com");

    for (size_t i = 0; i < G_N_ELEMENTS(froms); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const char *mail =
            arena_format(arena, "%s%s%s%s%s", ADA_PASS, ADA_SIGNATURE, froms[i], ADA_TO, ADA_REST);

        ada_assert((struct ada_case){.mail = mail, .identity = &ada, .session = &session},
                   TRUST_UNPROVEN, "");
    }
}

TEST(a11_results_of_ours_that_disagree_prove_nothing)
{
    ada_assert((struct ada_case){.mail = ADA_FAIL ADA_PASS ADA_SIGNATURE ADA_HEADERS},
               TRUST_UNPROVEN, "disagree");
    ada_assert((struct ada_case){.mail = ADA_PASS ADA_PASS ADA_SIGNATURE ADA_HEADERS}, TRUST_PROVEN,
               "");
    ada_assert((struct ada_case){.mail = ADA_PASS ADA_SIGNATURE ADA_HEADERS,
                                 .settings = &without_verifier},
               TRUST_UNPROVEN, "no verifier is configured");
}

TEST(a13_a_silent_verifier_is_waited_for)
{
    ada_assert((struct ada_case){.mail = ADA_SIGNATURE ADA_HEADERS}, TRUST_NO_VERIFIER,
               "dkim (our verifier said nothing)");
    ada_assert((struct ada_case){.mail = ADA_SIGNATURE ADA_HEADERS, .identity = &with_key},
               TRUST_UNPROVEN, "no living reply address");
    ada_assert((struct ada_case){.mail = ADA_SIGNATURE ADA_HEADERS,
                                 .identity = &with_key,
                                 .is_reply_key_good = true},
               TRUST_NO_VERIFIER, "");
    const struct session session = signed_in_as("ada@example.com");
    ada_assert((struct ada_case){.mail = ADA_HEADERS, .identity = &ada, .session = &session},
               TRUST_PROVEN, "");
}

TEST(a14_other_fields_are_never_read)
{
    static const char *const names[] = {"ARC-Authentication-Results", "X-Authentication-Results",
                                        "Old-Authentication-Results",
                                        "Authentication-Results-Original"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const char *mail =
            arena_format(arena,
                         "Authentication-Results: mx.example.com; none\r\n%s: %s mx.example.com; "
                         "dkim=pass header.d=example.com\r\n%s%s",
                         names[i], i == 0 ? "i=1;" : "", ADA_SIGNATURE, ADA_HEADERS);

        ada_assert((struct ada_case){.mail = mail}, TRUST_UNPROVEN, "dkim (not signed)");
    }
    ada_assert(
        (struct ada_case){
            .mail = ADA_FAIL ADA_FROM ADA_TO ADA_SUBJECT ADA_DATE
            "Content-Type: message/rfc822\r\n\r\n" ADA_PASS ADA_SIGNATURE ADA_HEADERS},
        TRUST_UNPROVEN, "failed");
}

#define SPF "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=ada@example.com\r\n"

TEST(a15_spf_asks_a_person_back_and_takes_no_null_sender)
{
    struct session session = ada_session;

    ada_assert((struct ada_case){.mail = SPF ADA_HEADERS, .identity = &with_spf}, TRUST_ASK_BACK,
               "spf proves its domain");
    session.mail_from = "";
    ada_assert(
        (struct ada_case){.mail = SPF ADA_HEADERS, .identity = &with_spf, .session = &session},
        TRUST_UNPROVEN, "the return-path is empty");
    session.mail_from = "ada@evil.test";
    ada_assert(
        (struct ada_case){.mail = SPF ADA_HEADERS, .identity = &with_spf, .session = &session},
        TRUST_UNPROVEN, "another domain");
}

TEST(a21_who_signed_in_must_be_the_one_in_from)
{
    static const struct {
        const char *login;
        enum trust_outcome outcome;
    } cases[] = {
        {"ada@example.com", TRUST_PROVEN},
        {"ADA@Example.com", TRUST_PROVEN},
        {"ada7", TRUST_PROVEN},
        {"bob@example.com", TRUST_UNPROVEN},
        {"bob", TRUST_UNPROVEN},
        {"ada", TRUST_UNPROVEN},
        {"ada@example.co", TRUST_UNPROVEN},
        {"", TRUST_UNPROVEN},
        {"ADA7", TRUST_UNPROVEN},
        {"ada@example.com ", TRUST_UNPROVEN},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct session session = signed_in_as(cases[i].login);

        ada_assert(
            (struct ada_case){.mail = ADA_FAIL ADA_HEADERS, .identity = &ada, .session = &session},
            cases[i].outcome, cases[i].outcome == TRUST_PROVEN ? "" : "sasl (");
    }
    const struct session nobody = signed_in_as("");
    ada_assert((struct ada_case){.mail = ADA_FAIL ADA_HEADERS, .session = &nobody}, TRUST_UNPROVEN,
               "");
}

TEST(a22_a_network_proves_monitors_alone_and_both_addresses_must_agree)
{
    static const char *const networks[] = {"10.0.0.0/8"};
    struct trust_settings settings = ada_settings;
    struct identity person = monitor;
    struct session session = ada_session;
    struct ada_case one = {.mail = ADA_FAIL ADA_HEADERS,
                           .identity = &monitor,
                           .settings = &settings,
                           .session = &session};

    session.client_addr = "::ffff:10.0.0.5";
    session.socket_addr = "10.0.0.5";
    ada_assert(one, TRUST_UNPROVEN, "in no listed network");
    settings.networks = networks;
    settings.network_count = 1;
    ada_assert(one, TRUST_PROVEN, "");
    session.socket_addr = "10.0.0.6";
    ada_assert(one, TRUST_UNPROVEN, "not known");
    session.socket_addr = "";
    ada_assert(one, TRUST_UNPROVEN, "not known");
    session.client_addr = "";
    ada_assert(one, TRUST_UNPROVEN, "not known");
    session = (struct session){"10.0.0.5", "10.0.0.5", "", ""};
    person.is_monitor = false;
    one.identity = &person;
    ada_assert(one, TRUST_UNPROVEN, "monitors only");
}

TEST(a_monitor_that_cannot_be_asked_back_is_taken)
{
    ada_assert(
        (struct ada_case){.mail = ADA_PASS ADA_SIGNED(ADA_T, "h=From:Subject:Date") ADA_HEADERS,
                          .identity = &monitor},
        TRUST_PROVEN, "");
}

TEST(a_reply_key_needs_the_verifier_where_there_is_one)
{
    const char *unsigned_to = ADA_PASS ADA_SIGNED(ADA_T, "h=From:Subject:Date") ADA_HEADERS;
    struct ada_case one = {.mail = ADA_FAIL ADA_HEADERS, .identity = &with_key};

    ada_assert(one, TRUST_UNPROVEN, "");
    one.is_reply_key_good = true;
    ada_assert(one, TRUST_ASK_BACK, "only the reply address proves it");
    one.settings = &without_verifier;
    ada_assert(one, TRUST_PROVEN, "");
    one.settings = NULL;
    one.mail = SPF ADA_HEADERS;
    ada_assert(one, TRUST_PROVEN, "");
    one.mail = unsigned_to;
    ada_assert(one, TRUST_PROVEN, "");
    OWN(arena) arena = arena_open(1 << 20);
    const struct trust_verdict verdict = ada_judge(arena, one);
    assert_string_equal(proof_write(arena, verdict.proofs), "dkim,reply_key");
    assert_int_equal(verdict.signature_count, 1);
    assert_true(text_is_equal(verdict.signatures[0], TEXT(ADA_B)));
}

TEST(where_several_are_required_all_must_hold)
{
    const char *unsigned_to = ADA_PASS ADA_SIGNED(ADA_T, "h=From:Subject:Date") ADA_HEADERS;
    struct ada_case one = {.mail = ADA_PASS ADA_SIGNATURE ADA_HEADERS, .identity = &with_both};

    ada_assert(one, TRUST_UNPROVEN, "dkim (holds), reply_key (no living");
    one.is_reply_key_good = true;
    ada_assert(one, TRUST_PROVEN, "");
    one.mail = unsigned_to;
    ada_assert(one, TRUST_PROVEN, "");
    one.mail = SPF ADA_HEADERS;
    ada_assert(one, TRUST_UNPROVEN, "dkim (not signed), reply_key (holds)");
    one.mail = ADA_HEADERS;
    ada_assert(one, TRUST_NO_VERIFIER, "");
}

TEST(a_reason_is_one_line_of_two_hundred_characters)
{
    OWN(arena) arena = arena_open(1 << 20);
    const char *mail = arena_format(
        arena, "Authentication-Results: mx.example.com; dkim=pass header.d=%s\x1b[31m.test\r\n%s",
        "evil-evil-evil-evil-evil-evil-evil-evil-evil-evil-evil-evil-evil-evil-evil-evil-evil",
        ADA_HEADERS);
    const struct trust_verdict verdict =
        ada_judge(arena, (struct ada_case){.mail = mail, .identity = &ada});

    assert_true(g_utf8_strlen(verdict.reason, -1) <= 200);
    assert_null(strchr(verdict.reason, '\x1b'));
    assert_null(strchr(verdict.reason, '\n'));
}

TEST(proofs_have_names)
{
    OWN(arena) arena = arena_open(1 << 20);
    enum proof proof = PROOF_SASL;

    assert_true(proof_parse(TEXT("reply_key"), &proof));
    assert_int_equal(proof, PROOF_REPLY_KEY);
    assert_true(proof_parse(TEXT("smime"), &proof));
    assert_int_equal(proof, PROOF_SMIME);
    assert_false(proof_parse(TEXT("dmarc"), &proof));
    assert_false(proof_parse(TEXT(""), &proof));
    assert_string_equal(proof_write(arena, 0), "");
    assert_string_equal(proof_write(arena, PROOF_NETWORK | PROOF_SPF), "spf,network");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a1_a_forged_from_is_told_which_proofs_were_looked_for),
        cmocka_unit_test(a2_the_envelope_alone_proves_nothing),
        cmocka_unit_test(a3_to_a6_exactly_one_from_with_one_plain_address_or_no_proof),
        cmocka_unit_test(a11_results_of_ours_that_disagree_prove_nothing),
        cmocka_unit_test(a13_a_silent_verifier_is_waited_for),
        cmocka_unit_test(a14_other_fields_are_never_read),
        cmocka_unit_test(a15_spf_asks_a_person_back_and_takes_no_null_sender),
        cmocka_unit_test(a21_who_signed_in_must_be_the_one_in_from),
        cmocka_unit_test(a22_a_network_proves_monitors_alone_and_both_addresses_must_agree),
        cmocka_unit_test(a_monitor_that_cannot_be_asked_back_is_taken),
        cmocka_unit_test(a_reply_key_needs_the_verifier_where_there_is_one),
        cmocka_unit_test(where_several_are_required_all_must_hold),
        cmocka_unit_test(a_reason_is_one_line_of_two_hundred_characters),
        cmocka_unit_test(proofs_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
