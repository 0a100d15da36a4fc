#include "gateway/intake/holding.h"

#include "gateway/intake/answer.h"

bool held_ask(struct taking *taking, int64_t incident_id, const char *reason, GError **error)
{
    struct held held = {
        .operator_address = taking->operator->address,
        .incident_id = incident_id,
        .mail = taking->mail->raw,
        .proofs = proof_write(taking->arena, taking->trust.proofs),
        .reason = reason,
        .created_at = taking->now,
        .expires_at = taking->now + taking->intake->settings->held_ms,
    };

    return intakes_hold(taking->intake->store, taking->page, &held, error) &&
           answer_held(taking, taking->mail, held.id, incident_id, reason, error);
}

bool held_load(struct taking *taking, int64_t id, const struct held **held,
               const struct mail **mail, GError **error)
{
    const struct held *found;
    const struct mail *parsed;

    if (!intakes_find_held(taking->intake->store, taking->arena, taking->page, id, &found, error))
        return false;
    if (found == NULL || found->is_ended || found->expires_at <= taking->now) {
        *held = NULL;
        return true;
    }
    parsed = mail_parse(taking->arena, found->mail, &taking->intake->settings->mail, error);
    if (parsed == NULL)
        return false;
    *held = found;
    *mail = parsed;
    return true;
}
