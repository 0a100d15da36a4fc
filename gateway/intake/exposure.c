#include "gateway/intake/exposure.h"

#include "gateway/incident/keyed.h"
#include "gateway/intake/answer.h"

#include <string.h>

static const struct operator* find_owner(const struct taking *taking)
{
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; i < settings->operator_count; i++)
        if (text_is_equal_any_case(text_of(settings->operators[i]->address),
                                   text_of(taking->key->operator_address)))
            return settings->operators[i];
    return NULL;
}

/* Does the key stand in To or Cc, with others than this page? In Bcc nobody reads it. */
static bool is_shown(const struct taking *taking)
{
    bool has_key = false;
    bool has_others = false;

    for (size_t i = 0; i < taking->mail->to_count; i++) {
        struct keyed keyed;

        if (!keyed_read(taking->intake->secret, taking->page, text_of(taking->mail->to[i].whole),
                        &keyed))
            has_others = true;
        else if (keyed.kind == KEYED_REPLY &&
                 memcmp(keyed.key, taking->keyed.key, sizeof keyed.key) == 0)
            has_key = true;
    }
    /* More recipients than are read: who knows who they are. */
    return (has_key && has_others) || taking->mail->to_count >= 100;
}

static const char *why_spent(const struct taking *taking)
{
    if (!taking->is_key_good)
        return "it came in a mail that was not written from your address";
    if (is_shown(taking))
        return "it stood beside other addresses in To or Cc, whose readers can see it";
    return NULL;
}

bool exposure_settle(struct taking *taking, GError **error)
{
    const struct operator* owner;
    const char *why;

    if (taking->key == NULL || taking->key->is_spent || taking->key->expires_at <= taking->now ||
        taking->automatic != MAIL_BY_PERSON)
        return true;
    why = why_spent(taking);
    if (why == NULL)
        return true;
    owner = find_owner(taking);
    return keys_spend_reply(taking->intake->store, taking->key_hash, taking->now, error) &&
           (owner == NULL || answer_key_spent(taking, owner, why, error));
}
