/* A table of Authentication-Results values, honest and hostile, and what Ada's mail proves with each. */
#include "tests/unit/gateway/trust/ada.h"

enum expected { NOTHING, WHOLE, LATER };

static const struct results_case {
    const char *value;
    enum expected expected;
} dkim_cases[] = {
    /* as verifiers write it */
    {"mx.example.com; dkim=pass header.d=example.com", WHOLE},
    {"mx.example.com; dkim=pass header.d=example.com header.s=s1 header.b=AuUoFEfD", WHOLE},
    {"mx.example.com; dkim=pass (2048-bit key) header.d=example.com header.i=@example.com "
     "header.b=\"AuUoFEfD\"; dkim-adsp=pass",
     WHOLE},
    {"mx.example.com; dkim=pass header.i=@example.com header.s=s1", WHOLE},
    {"mx.example.com; dkim=pass header.d=example.com header.i=bob@example.com", WHOLE},
    {"mx.example.com; dkim=pass header.d=example.com header.i=@mail.example.com", WHOLE},
    {"MX.Example.COM; dkim=pass header.d=EXAMPLE.com", WHOLE},
    {"\"mx.example.com\"; dkim=pass header.d=\"example.com\"", WHOLE},
    {"mx.example.com 1; dkim=pass header.d=example.com", WHOLE},
    {"mx.example.com; dkim/1=pass header.d=example.com", WHOLE},
    {"mx.example.com;dkim=pass header.d=example.com;", WHOLE},
    {"mx.example.com;\r\n\tdkim=pass\r\n\theader.d=example.com", WHOLE},
    {"(first) mx.example.com (then) 1 (and); dkim (a) / 1 (b) = (c) pass header (d) . (e) d (f) = "
     "(g) example.com (h)",
     WHOLE},
    {"mx.example.com; dkim=pass (good (nested (deep))) header.d=example.com", WHOLE},
    {"mx.example.com; dkim=pass reason=\"a; b=c\" header.d=example.com", WHOLE},
    {"mx.example.com; spf=fail smtp.mailfrom=example.com; dkim=pass header.d=example.com", WHOLE},
    {"mx.example.com; dkim=fail header.d=evil.test header.b=xxxxxxxx; dkim=pass "
     "header.d=example.com header.b=AuUoFEfD",
     WHOLE},
    {"mx.example.com; dkim=pass header.d=example.com x-bits=1024 action=none", WHOLE},

    /* another's, or nobody's */
    {"mx.example.com.evil; dkim=pass header.d=example.com", LATER},
    {"mx.example.com-x; dkim=pass header.d=example.com", LATER},
    {"xmx.example.com; dkim=pass header.d=example.com", LATER},
    {"example.com; dkim=pass header.d=example.com", LATER},
    {"mx.example.com.; dkim=pass header.d=example.com", LATER},
    {"evil.test (mx.example.com); dkim=pass header.d=example.com", LATER},
    {"(mx.example.com;) evil.test; dkim=pass header.d=example.com", LATER},
    {"\"mx.example.com; \"; dkim=pass header.d=example.com", LATER},
    {"evil.test mx.example.com; dkim=pass header.d=example.com", LATER},
    {"; dkim=pass header.d=example.com", LATER},
    {"dkim=pass header.d=example.com", LATER},
    {"", LATER},
    {"mx.example.com", LATER},
    {"mx.example.com/1; dkim=pass header.d=example.com", LATER},
    {"mx.example.com, mx.example.com; dkim=pass header.d=example.com", LATER},
    {"mx.example.com 2; dkim=pass header.d=example.com", LATER},
    {"mx.example.com 1x; dkim=pass header.d=example.com", LATER},
    {"mx.example.com dkim=pass header.d=example.com", LATER},

    /* what is not by the grammar is as if it were not there */
    {"mx.example.com; dkim=pass (open header.d=example.com", LATER},
    {"mx.example.com; dkim=pass (a (b) header.d=example.com", LATER},
    {"mx.example.com; dkim=pass (a)) header.d=example.com", LATER},
    {"mx.example.com; dkim=pass (\\) header.d=example.com", LATER},
    {"mx.example.com; dkim=pass header.d=\"example.com", LATER},
    {"mx.example.com; dkim=pass header.d=example.com(.evil.test)", LATER},
    {"mx.example.com; dkim=pass header.d=\"example.com\".evil.test", LATER},
    {"mx.example.com; dkim=pass header.d=example.com\"x\"", LATER},
    {"mx.example.com; dkim=pass=fail header.d=example.com", LATER},
    {"mx.example.com; dkim==pass header.d=example.com", LATER},
    {"mx.example.com; none dkim=pass header.d=example.com", LATER},
    {"mx.example.com; none; dkim=pass header.d=example.com", LATER},
    {"mx.example.com; ; dkim=pass header.d=example.com", LATER},
    {"mx.example.com; dkim=pass, header.d=example.com", LATER},
    {"mx.example.com; dkim=\"pass\" header.d=example.com", LATER},
    {"mx.example.com; \"dkim\"=pass header.d=example.com", LATER},
    {"mx.example.com; dkim=pass header.d=example.com stray", LATER},
    {"mx.example.com; dkim=pass\x01 header.d=example.com", LATER},
    {"mx.example.com; dkim=pass "
     "((((((((((((((((((((too deep)))))))))))))))))))) header.d=example.com",
     LATER},

    /* results that are no pass, or of something else */
    {"mx.example.com; none", NOTHING},
    {"mx.example.com;", NOTHING},
    {"mx.example.com; dkim=none", NOTHING},
    {"mx.example.com; dkim=fail header.d=example.com", NOTHING},
    {"mx.example.com; dkim=Pass header.d=example.com", NOTHING},
    {"mx.example.com; dkim=passed header.d=example.com", NOTHING},
    {"mx.example.com; dkim=pass-not header.d=example.com", NOTHING},
    {"mx.example.com; dkim=bestguesspass header.d=example.com", NOTHING},
    {"mx.example.com; dkim=fail reason=\"dkim=pass header.d=example.com\"", NOTHING},
    {"mx.example.com; dkim=fail (dkim=pass header.d=example.com)", NOTHING},
    {"mx.example.com; dkim=neutral (; dkim=pass header.d=example.com)", NOTHING},
    {"mx.example.com; dkim/2=pass header.d=example.com", NOTHING},
    {"mx.example.com; xdkim=pass header.d=example.com", NOTHING},
    {"mx.example.com; x-dkim=pass header.d=example.com", NOTHING},
    {"mx.example.com; arc=pass header.d=example.com", NOTHING},
    {"mx.example.com; dmarc=pass header.from=example.com", NOTHING},
    {"mx.example.com; spf=pass smtp.mailfrom=\"x; dkim=pass header.d=example.com\"@evil.test",
     NOTHING},
    {"mx.example.com; spf=pass smtp.mailfrom=x; dkim=pass header.d=example.com@evil.test", NOTHING},

    /* domains that are not hers */
    {"mx.example.com; dkim=pass", NOTHING},
    {"mx.example.com; dkim=pass header.d=evil.test", NOTHING},
    {"mx.example.com; dkim=pass header.d=com", NOTHING},
    {"mx.example.com; dkim=pass header.d=evil-example.com", NOTHING},
    {"mx.example.com; dkim=pass header.d=example.com.evil.test", NOTHING},
    {"mx.example.com; dkim=pass header.d=mail.example.com", NOTHING},
    {"mx.example.com; dkim=pass header.d=evil.test header.i=@example.com", NOTHING},
    {"mx.example.com; dkim=pass header.d=example.com header.i=@evil.test", NOTHING},
    {"mx.example.com; dkim=pass header.d=example.com header.d=evil.test", NOTHING},
    {"mx.example.com; dkim=pass header.i=@example.com@evil.test", NOTHING},
    {"mx.example.com; dkim=pass xheader.d=example.com", NOTHING},
    {"mx.example.com; dkim=pass header.dx=example.com", NOTHING},
    {"mx.example.com; dkim=pass header.from=example.com", NOTHING},
    {"mx.example.com; dkim=pass d=example.com", NOTHING},
    {"mx.example.com; dkim=pass header.d= header.i=@example.com", NOTHING},

    /* signatures that are not there */
    {"mx.example.com; dkim=pass header.d=example.com header.s=s2", NOTHING},
    {"mx.example.com; dkim=pass header.d=example.com header.a=rsa-sha1", NOTHING},
    {"mx.example.com; dkim=pass header.d=example.com header.a=rsa-sha256", WHOLE},
    {"mx.example.com; dkim=pass header.d=example.com header.b=auuofefd", NOTHING},

    /* two results that disagree */
    {"mx.example.com; dkim=pass header.d=example.com; dkim=fail header.d=example.com", NOTHING},
    {"mx.example.com; dkim=pass header.d=example.com; dkim=none", NOTHING},
    {"mx.example.com; dkim=pass header.d=example.com header.b=AuUoFEfD; dkim=fail "
     "header.d=example.com header.b=AuUoFEfDxTDk",
     NOTHING},

    /* it could not be told now */
    {"mx.example.com; dkim=temperror header.d=example.com", LATER},
    {"mx.example.com; dkim=temperror", LATER},
    {"mx.example.com; dkim=temperror header.d=evil.test", NOTHING},
    {"mx.example.com; dkim=permerror header.d=example.com", NOTHING},
};

static const enum trust_outcome outcomes[] = {
    [NOTHING] = TRUST_UNPROVEN, [WHOLE] = TRUST_PROVEN, [LATER] = TRUST_NO_VERIFIER};

TEST(each_value_proves_what_its_grammar_says)
{
    assert_true(G_N_ELEMENTS(dkim_cases) >= 60);
    for (size_t i = 0; i < G_N_ELEMENTS(dkim_cases); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const char *mail = arena_format(arena, "Authentication-Results: %s\r\n%s%s",
                                        dkim_cases[i].value, ADA_SIGNATURE, ADA_HEADERS);

        ada_assert((struct ada_case){.mail = mail}, outcomes[dkim_cases[i].expected], "");
    }
}

static const struct identity monitor = {
    .address = "ada@example.com", .login = "", .accepts = PROOF_SPF, .is_monitor = true};

static const struct results_case spf_cases[] = {
    {"mx.example.com; spf=pass smtp.mailfrom=ada@example.com", WHOLE},
    {"mx.example.com; spf=pass smtp.mailfrom=example.com smtp.helo=x.test", WHOLE},
    {"mx.example.com; spf=pass smtp.mailfrom=\"ada b\"@example.com", WHOLE},
    {"mx.example.com; spf=fail smtp.helo=x.test; spf=pass smtp.mailfrom=example.com", WHOLE},
    {"mx.example.com; spf=pass smtp.helo=example.com", NOTHING},
    {"mx.example.com; spf=pass", NOTHING},
    {"mx.example.com; spf=pass smtp.mailfrom=evil.test", NOTHING},
    {"mx.example.com; spf=pass smtp.mailfrom=example.com@evil.test", NOTHING},
    {"mx.example.com; spf=pass smtp.mailfrom=\"x@example.com\"@evil.test", NOTHING},
    {"mx.example.com; spf=pass smtp.mailfrom=", NOTHING},
    {"mx.example.com; spf=softfail smtp.mailfrom=example.com", NOTHING},
    {"mx.example.com; spf=pass smtp.mailfrom=example.com; spf=fail smtp.mailfrom=example.com",
     NOTHING},
    {"mx.example.com; spf=pass smtp.mail=example.com", NOTHING},
    {"mx.example.com; dkim=pass smtp.mailfrom=example.com", NOTHING},
    {"mx.example.com; spf=temperror smtp.mailfrom=example.com", LATER},
    {"evil.test; spf=pass smtp.mailfrom=example.com", LATER},
};

TEST(spf_counts_for_the_sender_that_we_saw)
{
    for (size_t i = 0; i < G_N_ELEMENTS(spf_cases); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const char *mail = arena_format(arena, "Authentication-Results: %s\r\n%s",
                                        spf_cases[i].value, ADA_HEADERS);

        ada_assert((struct ada_case){.mail = mail, .identity = &monitor},
                   outcomes[spf_cases[i].expected], "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_proves_what_its_grammar_says),
        cmocka_unit_test(spf_counts_for_the_sender_that_we_saw),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
