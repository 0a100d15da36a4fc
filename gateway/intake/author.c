#include "gateway/intake/author.h"

#include "gateway/base/moment.h"
#include "gateway/intake/confirming.h"
#include "gateway/intake/exposure.h"
#include "gateway/store/intakes.h"

/* Mails of one client within an hour that each get a row of their own, to be asked about again. */
#define AWAITED_MOST 100
/* Of who is not listed. Not spf: it proves who sent, not that it was meant for us. */
#define SENDER_PROOFS (PROOF_SASL | PROOF_DKIM)

void author_judge(struct taking *taking)
{
    const struct intake_settings *settings = taking->intake->settings;
    const struct mail_address *from = taking->mail->from;

    for (size_t i = 0; from != NULL && i < settings->operator_count; i++) {
        const struct operator* operator= settings->operators[i];
        const struct trust_facts facts = {
            .session = &taking->envelope->session,
            .page_address = taking->page->address,
            .is_reply_key_good = taking->is_key_good,
            .now = taking->now,
        };

        if (!text_is_equal_any_case(text_of(from->whole), text_of(operator->address)))
            continue;
        taking->is_listed = true;
        if (!operator_is_of_page(operator, taking->page->id))
            continue;
        taking->operator= operator;
        taking->identity = settings->identities[i];
        taking->trust =
            trust_judge(taking->arena, &settings->trust, taking->identity, taking->mail, &facts);
        return;
    }
}

bool author_is_proven(struct taking *taking)
{
    const struct mail_address *from = taking->mail->from;
    const struct trust_facts facts = {
        .session = &taking->envelope->session,
        .page_address = taking->page->address,
        .now = taking->now,
    };

    if (taking->operator!= NULL)
        return taking->trust.outcome == TRUST_PROVEN || taking->trust.outcome == TRUST_ASK_BACK;
    if (from == NULL)
        return false;
    const struct identity sender = {.address = from->whole, .login = "", .accepts = SENDER_PROOFS};
    taking->trust =
        trust_judge(taking->arena, &taking->intake->settings->trust, &sender, taking->mail, &facts);
    return taking->trust.outcome == TRUST_PROVEN;
}

/* When this mail came first; strangers can write many of them. */
static bool find_first(struct taking *taking, int64_t *first_at, GError **error)
{
    struct store *store = taking->intake->store;
    const char *client = taking->envelope->session.client_addr;
    const char *mail = hex_write(taking->arena, taking->digest, sizeof taking->digest);
    int64_t count;
    int64_t since;

    *first_at = taking->now;
    if (!intakes_tally(store, "no verifier from", client, HOUR_MS, taking->now, &count, &since,
                       error))
        return false;
    return count > AWAITED_MOST || intakes_tally(store, "no verifier", mail, 7 * DAY_MS,
                                                 taking->now, &count, first_at, error);
}

struct intake_verdict author_await_verifier(struct taking *taking)
{
    g_autoptr(GError) error = NULL;
    struct intake_verdict verdict;
    int64_t first_at;

    if (!find_first(taking, &first_at, &error))
        return taking_failed(taking, error);
    if (taking->now - first_at >= HOUR_MS)
        return taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.unproven", "%s",
                              taking->trust.reason);
    verdict = taking_refused(taking, TOCSIN_ERROR_BUSY, "mail.verifier_missing", "%s",
                             taking->trust.reason);
    verdict.enhanced = "4.7.0";
    return verdict;
}

/* One text for wrong, expired, spent and unknown: it tells nobody which (notes A28). */
struct intake_verdict author_refuse_key(struct taking *taking)
{
    g_autoptr(GError) error = NULL;
    const char *client = taking->envelope->session.client_addr;
    int64_t count;
    int64_t since;

    if (!intakes_tally(taking->intake->store, "key miss", client, HOUR_MS, taking->now, &count,
                       &since, &error))
        return taking_failed(taking, error);
    if (count > taking->intake->settings->miss_limit) {
        struct intake_verdict verdict = taking_refused(taking, TOCSIN_ERROR_BUSY, "key.limited",
                                                       "too many wrong addresses from here");

        verdict.enhanced = "4.7.1";
        verdict.is_whole = false;
        return verdict;
    }
    return taking_refused(taking, TOCSIN_ERROR_MISSING, "key.wrong",
                          "there is no such address, or no longer");
}

/* A key that proves nothing: wrong, unknown, expired, spent, or somebody else's. */
static bool came_by_key(const struct taking *taking)
{
    switch (taking->keyed.kind) {
    case KEYED_WRONG:
    case KEYED_CONFIRM:
    case KEYED_REPLY:
        return true;
    case KEYED_NONE:
    case KEYED_BOUNCE:
    case KEYED_LETTER:
    case KEYED_UNSUBSCRIBE:
    case KEYED_WORD:
    case KEYED_UNKNOWN:
        return false;
    }
    return false;
}

static bool settle_exposure(struct taking *taking, GError **error)
{
    struct store *store = taking->intake->store;

    return taking->key == NULL || (store_begin(store, error) && exposure_settle(taking, error) &&
                                   store_commit(store, error));
}

static struct intake_verdict refuse_person(struct taking *taking)
{
    if (taking->mail->from == NULL)
        return taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.refused", "%s",
                              taking->mail->from_trouble);
    if (taking->operator!= NULL)
        return taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.unproven", "%s",
                              taking->trust.reason);
    return taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.refused",
                          "%s is no operator of %s; who wants to hear of its incidents writes it a "
                          "mail with the subject: subscribe",
                          taking->mail->from->whole, taking->page->address);
}

struct intake_verdict author_refuse(struct taking *taking)
{
    g_autoptr(GError) error = NULL;

    if (!settle_exposure(taking, &error))
        return taking_failed(taking, error);
    return came_by_key(taking) ? author_refuse_key(taking) : refuse_person(taking);
}

/* A living key that another's automatic mail came by is right, though it proves nothing. */
static bool has_dead_key(const struct taking *taking)
{
    const struct reply_key *key = taking->key;

    if (taking->keyed.kind == KEYED_CONFIRM)
        return !confirming_is_alive(taking);
    return came_by_key(taking) && (key == NULL || key->is_spent || key->expires_at <= taking->now);
}

struct intake_verdict author_drop_automatic(struct taking *taking)
{
    return has_dead_key(taking) ? author_refuse_key(taking)
                                : taking_taken(taking, "mail.automatic");
}
