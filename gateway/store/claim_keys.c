#include "gateway/store/claim_keys.h"

#include "gateway/store/joins.h"
#include "gateway/store/keys.h"

#include <string.h>

/* A key of her own for each answer that an operator may give. */
static bool add_reply_key(const struct claim_work *work, struct claim_item *item, GError **error)
{
    const struct letter *letter = item->letter;
    const struct page *page = claim_find_page(work, letter->page_id);
    const struct reply_key row = {
        .operator_address = letter->address,
        .incident_id = letter->incident_id,
        .held_id = letter->held_id,
        .draft_id = letter->draft_id,
        .expires_at = work->now + page->reply_key_ms,
    };
    uint8_t key[KEYED_KEY_SIZE];
    uint8_t hash[KEYED_HASH_SIZE];

    secret_random(key, sizeof key);
    keyed_hash(work->claims->settings.secret, key, hash);
    item->reply_to = keyed_write_reply(work->arena, page, key);
    return keys_add_reply(work->claims->settings.store, page, hash, &row, work->now, error);
}

static enum join_purpose purpose_of(enum letter_kind kind)
{
    if (kind == LETTER_LEAVE)
        return JOIN_UNSUBSCRIBE;
    return kind == LETTER_PREFERENCES ? JOIN_PREFERENCES : JOIN_SUBSCRIBE;
}

/* "" when there is none. */
static const char *find_fact(const struct letter *letter, const char *name)
{
    for (size_t i = 0; i < letter->fact_count; i++)
        if (strcmp(letter->facts[i].name, name) == 0)
            return letter->facts[i].value;
    return "";
}

static bool add_confirm_key(const struct claim_work *work, struct claim_item *item, GError **error)
{
    const struct letter *letter = item->letter;
    const struct page *page = claim_find_page(work, letter->page_id);
    const enum join_purpose purpose = purpose_of(letter->kind);
    const struct confirm_key row = {
        .address = letter->address,
        .purpose = purpose,
        .wishes = find_fact(letter, "wishes"),
        .source = find_fact(letter, "source"),
        .expires_at = work->now + (purpose == JOIN_PREFERENCES ? PREFERENCES_KEY_LIVES_MS
                                                               : CONFIRM_KEY_LIVES_MS),
    };
    uint8_t key[KEYED_KEY_SIZE];
    uint8_t hash[KEYED_HASH_SIZE];

    secret_random(key, sizeof key);
    keyed_hash(work->claims->settings.secret, key, hash);
    item->reply_to = keyed_write_confirm(work->arena, page, key);
    return joins_add_key(work->claims->settings.store, page, hash, &row, work->now, error);
}

static bool is_answerable(const struct letter *letter)
{
    return letter->is_operator && letter->kind != LETTER_TROUBLE &&
           letter->kind != LETTER_UNPUBLISHED && letter->kind != LETTER_FAREWELL;
}

static bool add_key(const struct claim_work *work, struct claim_item *item, GError **error)
{
    if (letter_has_confirm_key(item->letter->kind))
        return add_confirm_key(work, item, error);
    return !is_answerable(item->letter) || add_reply_key(work, item, error);
}

bool claim_keys_add(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    for (guint i = 0; draft->kind == CLAIM_LETTERS && i < draft->items->len; i++)
        if (!add_key(work, &g_array_index(draft->items, struct claim_item, i), error))
            return false;
    return true;
}
