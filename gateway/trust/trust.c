#include "gateway/trust/trust.h"

#include "gateway/trust/evidence.h"
#include "gateway/trust/network.h"

#include <assert.h>

#define REASON_MOST 200

static struct finding find_sasl(const struct evidence *evidence)
{
    const struct text login = text_of(evidence->facts->session->login);

    if (login.size == 0)
        return (struct finding){.why = "not signed in"};
    if (text_is_equal_any_case(login, text_of(evidence->mail->from->whole)) ||
        text_is_equal(login, text_of(evidence->identity->login)))
        return (struct finding){.state = FINDING_WHOLE, .why = ""};
    return (struct finding){.why = "signed in as somebody else"};
}

static struct finding find_network(const struct evidence *evidence)
{
    const struct session *session = evidence->facts->session;

    if (!evidence->identity->is_monitor)
        return (struct finding){.why = "counts for monitors only"};
    if (!network_is_same(session->client_addr, session->socket_addr))
        return (struct finding){.why = "the client's address is not known"};
    if (!network_has(evidence->settings->networks, evidence->settings->network_count,
                     session->client_addr))
        return (struct finding){.why = "the client is in no listed network"};
    return (struct finding){.state = FINDING_WHOLE, .why = ""};
}

/* Where the site has a verifier, the key alone could have been read by others (A27). */
static struct finding find_reply_key(const struct evidence *evidence, const struct finding *dkim,
                                     const struct finding *spf)
{
    const enum finding_state beside = MAX(dkim->state, spf->state);

    if (!evidence->facts->is_reply_key_good)
        return (struct finding){.why = "no living reply address of this author"};
    if (evidence->settings->authserv_id[0] == '\0' || beside >= FINDING_AUTHOR)
        return (struct finding){.state = FINDING_WHOLE, .why = ""};
    if (beside == FINDING_TEMPORARY)
        return (struct finding){.state = FINDING_TEMPORARY,
                                .why = dkim->state == FINDING_TEMPORARY ? dkim->why : spf->why};
    return (struct finding){.state = FINDING_AUTHOR,
                            .why = "only the reply address proves it, neither dkim nor spf"};
}

static struct finding find_nothing(const struct evidence *evidence)
{
    (void)evidence;
    return (struct finding){.why = "not signed so that we can check it"};
}

static const struct proof_row {
    const char *name;
    struct finding (*find)(const struct evidence *evidence);
} rows[] = {
    {"sasl", find_sasl},       {"dkim", dkim_find}, {"spf", spf_find},
    {"network", find_network}, {"reply_key", NULL}, {"openpgp", find_nothing},
    {"smime", find_nothing},
};

enum { SASL, DKIM, SPF, NETWORK, REPLY_KEY, OPENPGP, SMIME, ROW_COUNT };
static_assert(G_N_ELEMENTS(rows) == ROW_COUNT && PROOF_SMIME == 1 << SMIME, "a row for each proof");

bool proof_parse(struct text name, enum proof *proof)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!text_is_equal(name, text_of(rows[i].name)))
            continue;
        *proof = (enum proof)(1U << i);
        return true;
    }
    return false;
}

char *proof_write(struct arena *arena, unsigned proofs)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((proofs & 1U << i) != 0)
            g_string_append_printf(names, "%s%s", names->len > 0 ? "," : "", rows[i].name);
    return arena_string(arena, names->str);
}

static void find_all(const struct evidence *evidence, unsigned looked, struct finding *findings)
{
    /* These two are looked for also to go with a reply key. */
    if ((looked & PROOF_REPLY_KEY) != 0 && evidence->facts->is_reply_key_good)
        looked |= PROOF_DKIM | PROOF_SPF;
    for (size_t i = 0; i < ROW_COUNT; i++)
        findings[i] = (looked & 1U << i) != 0 && rows[i].find != NULL ? rows[i].find(evidence)
                                                                      : (struct finding){.why = ""};
    if ((looked & PROOF_REPLY_KEY) != 0)
        findings[REPLY_KEY] = find_reply_key(evidence, &findings[DKIM], &findings[SPF]);
}

struct range {
    enum finding_state least;
    enum finding_state most;
};

static struct range range_of(const struct finding *findings, unsigned looked)
{
    struct range range = {FINDING_WHOLE, FINDING_NONE};

    for (size_t i = 0; i < ROW_COUNT; i++) {
        if ((looked & 1U << i) == 0)
            continue;
        range.least = MIN(range.least, findings[i].state);
        range.most = MAX(range.most, findings[i].state);
    }
    return range;
}

static enum trust_outcome outcome_of(enum finding_state state)
{
    switch (state) {
    case FINDING_NONE:
        return TRUST_UNPROVEN;
    case FINDING_TEMPORARY:
        return TRUST_NO_VERIFIER;
    case FINDING_AUTHOR:
        return TRUST_ASK_BACK;
    case FINDING_WHOLE:
        return TRUST_PROVEN;
    }
    return TRUST_UNPROVEN;
}

/* One proof that is whole is enough; where several are required, all must prove the author, and one of
 * them that it was meant for us. */
static enum trust_outcome decide(const struct identity *identity, const struct finding *findings)
{
    const unsigned looked = identity->requires != 0 ? identity->requires : identity->accepts;
    const struct range range = range_of(findings, looked);

    if (looked == 0)
        return TRUST_UNPROVEN;
    if (identity->requires != 0 && range.least < FINDING_AUTHOR)
        return outcome_of(range.least);
    return outcome_of(range.most);
}

static const char *write_unproven(const struct evidence *evidence, const struct finding *findings,
                                  unsigned looked)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *separator = "";

    g_string_append_printf(text, "no proof that %s wrote this: ", evidence->mail->from->whole);
    if (looked == 0)
        g_string_append(text, "none is configured");
    else
        g_string_append(text, "looked for ");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if ((looked & 1U << i) == 0)
            continue;
        g_string_append_printf(text, "%s%s (%s)", separator, rows[i].name,
                               findings[i].state >= FINDING_AUTHOR ? "holds" : findings[i].why);
        separator = ", ";
    }
    return text_clean_line(evidence->arena, text_from(text->str, text->len), REASON_MOST);
}

/* The last of those that prove the author: a key is asked about rather than a signature. */
static const char *write_ask_back(const struct finding *findings, unsigned looked)
{
    const char *why = "";

    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((looked & 1U << i) != 0 && findings[i].state == FINDING_AUTHOR)
            why = findings[i].why;
    return why;
}

static struct trust_verdict judge(const struct evidence *evidence)
{
    const struct identity *identity = evidence->identity;
    const unsigned looked = identity->requires != 0 ? identity->requires : identity->accepts;
    struct finding findings[ROW_COUNT];
    struct trust_verdict verdict = {.reason = ""};

    find_all(evidence, looked, findings);
    verdict.outcome = decide(identity, findings);
    if (verdict.outcome == TRUST_UNPROVEN || verdict.outcome == TRUST_NO_VERIFIER) {
        verdict.reason = write_unproven(evidence, findings, looked);
        return verdict;
    }
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (findings[i].state >= FINDING_AUTHOR)
            verdict.proofs |= 1U << i;
    if (findings[DKIM].state >= FINDING_AUTHOR) {
        verdict.signatures = findings[DKIM].signatures;
        verdict.signature_count = findings[DKIM].signature_count;
    }
    if (verdict.outcome == TRUST_ASK_BACK)
        verdict.reason = write_ask_back(findings, looked);
    return verdict;
}

static struct trust_verdict refuse(const char *reason)
{
    return (struct trust_verdict){.outcome = TRUST_UNPROVEN, .reason = reason};
}

struct trust_verdict trust_judge(struct arena *arena, const struct trust_settings *settings,
                                 const struct identity *identity, const struct mail *mail,
                                 const struct trust_facts *facts)
{
    struct evidence evidence = {
        .arena = arena, .settings = settings, .identity = identity, .mail = mail, .facts = facts};

    if (mail->from == NULL || mail->from_count != 1)
        return refuse(mail->from_trouble != NULL ? mail->from_trouble : "From is not one address");
    if (!text_is_equal_any_case(text_of(mail->from->whole), text_of(identity->address)))
        return refuse(arena_format(arena, "From is not %s", identity->address));
    evidence_read_results(&evidence);
    return judge(&evidence);
}
