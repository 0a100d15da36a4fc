#include "gateway/intake/author.h"

#include "gateway/base/moment.h"
#include "gateway/intake/answer.h"
#include "gateway/store/intakes.h"

#include <string.h>

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

struct intake_verdict author_await_verifier(struct taking *taking)
{
    g_autoptr(GError) error = NULL;
    struct intake_verdict verdict;
    int64_t count;
    int64_t since;
    const char *key = hex_write(taking->arena, taking->digest, sizeof taking->digest);

    if (!intakes_tally(taking->intake->store, "no verifier", key, 30 * DAY_MS, taking->now, &count,
                       &since, &error))
        return taking_failed(taking, error);
    if (taking->now - since >= HOUR_MS)
        return taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.unproven", "%s",
                              taking->trust.reason);
    verdict = taking_refused(taking, TOCSIN_ERROR_BUSY, "mail.verifier_missing", "%s",
                             taking->trust.reason);
    verdict.enhanced = "4.7.0";
    return verdict;
}

static const struct operator* find_owner(const struct taking *taking)
{
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; i < settings->operator_count; i++)
        if (text_is_equal_any_case(text_of(settings->operators[i]->address),
                                   text_of(taking->key->operator_address)))
            return settings->operators[i];
    return NULL;
}

bool author_spend_stolen_key(struct taking *taking, GError **error)
{
    struct store *store = taking->intake->store;
    const struct operator* owner;

    if (taking->key == NULL || taking->key->is_spent || taking->is_key_good ||
        taking->key->expires_at <= taking->now)
        return true;
    owner = find_owner(taking);
    return store_begin(store, error) &&
           keys_spend_reply(store, taking->key_hash, taking->now, error) &&
           (owner == NULL ||
            answer_key_spent(taking, owner,
                             "it came in a mail that was not written from your address", error)) &&
           store_commit(store, error);
}

/* One text for wrong, expired, spent and unknown: it tells nobody which (notes A28). */
static struct intake_verdict refuse_key(struct taking *taking)
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

struct intake_verdict author_refuse(struct taking *taking)
{
    if (came_by_key(taking))
        return refuse_key(taking);
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
