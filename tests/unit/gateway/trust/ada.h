/* tests/unit/gateway/trust/ada.h: Ada's mails, and what is proven by them.
 *
 * Ada is an operator; status@status.example.com a page; mx.example.com our verifier; evil.test a
 * stranger. Her mail is signed, fresh, and names the page, unless a test says otherwise. */
#pragma once

#include "gateway/base/moment.h"
#include "gateway/trust/trust.h"
#include "tests/unit/unit.h"

#define ADA_NOW  INT64_C(1795526300000) /* twenty seconds behind its Date */
#define ADA_T    "t=1795526280"
#define ADA_H    "h=From:To:Subject:Date:Message-ID"
#define ADA_B    "AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAU"
#define ADA_BODY "\r\n\r\nWe are looking.\r\n"

/* A signature of example.com with these further tags, and this h=. */
#define ADA_SIGNED(tags, h)                                                                        \
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com;\r\n s=s1; " tags "; " h  \
    ";\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=AuUoFEfDxTDkHlLXSZEp\r\n "       \
    "Zj79LICEps6eda7W3deTVFOk4yAU\r\n"
#define ADA_SIGNATURE ADA_SIGNED(ADA_T, ADA_H)

#define ADA_FROM    "From: Ada Byron <ada@example.com>\r\n"
#define ADA_TO      "To: status@status.example.com\r\n"
#define ADA_SUBJECT "Subject: [major] API errors\r\n"
#define ADA_DATE    "Date: Tue, 24 Nov 2026 13:18:00 +0000\r\n"
#define ADA_REST    ADA_SUBJECT ADA_DATE "Message-ID: <1@example.com>" ADA_BODY
#define ADA_HEADERS ADA_FROM ADA_TO ADA_REST

#define ADA_PASS                                                                                   \
    "Authentication-Results: mx.example.com; dkim=pass header.d=example.com header.s=s1 "          \
    "header.b=AuUoFEfD\r\n"
#define ADA_FAIL                                                                                   \
    "Authentication-Results: mx.example.com; dkim=fail header.d=example.com header.s=s1\r\n"

static const struct trust_settings ada_settings
    __attribute__((unused)) = {.authserv_id = "mx.example.com", .signature_age_ms = DAY_MS};
static const struct session ada_session __attribute__((unused)) = {
    .client_addr = "192.0.2.9",
    .socket_addr = "192.0.2.9",
    .login = "",
    .mail_from = "ada@example.com",
};
static const struct identity ada_with_dkim
    __attribute__((unused)) = {.address = "ada@example.com", .login = "", .accepts = PROOF_DKIM};

/* A judgement: what is left out is as above. */
struct ada_case {
    const char *mail;
    const struct identity *identity;
    const struct trust_settings *settings;
    const struct session *session;
    bool is_reply_key_good;
    int64_t now;
};

static inline struct trust_verdict ada_judge(struct arena *arena, struct ada_case one)
{
    const struct trust_facts facts = {
        .session = one.session != NULL ? one.session : &ada_session,
        .page_address = "status@status.example.com",
        .is_reply_key_good = one.is_reply_key_good,
        .now = one.now != 0 ? one.now : ADA_NOW,
    };
    const struct mail *mail = mail_parse(arena, text_of(one.mail), &mail_limits_default, NULL);

    assert_non_null(mail);
    return trust_judge(arena, one.settings != NULL ? one.settings : &ada_settings,
                       one.identity != NULL ? one.identity : &ada_with_dkim, mail, &facts);
}

static inline void ada_assert(struct ada_case one, enum trust_outcome outcome, const char *why)
{
    OWN(arena) arena = arena_open(16 << 20);
    const struct trust_verdict verdict = ada_judge(arena, one);

    if (verdict.outcome != outcome || strstr(verdict.reason, why) == NULL)
        print_message("%d, not %d: %s\n%s\n", (int)verdict.outcome, (int)outcome, verdict.reason,
                      one.mail);
    assert_int_equal(verdict.outcome, outcome);
    assert_non_null(strstr(verdict.reason, why));
    assert_int_equal(verdict.proofs == 0,
                     outcome == TRUST_UNPROVEN || outcome == TRUST_NO_VERIFIER);
}
