/* gateway/store/keys.h: reply keys, as keyed hashes (gateway/incident/keyed.h). */
#pragma once

#include "gateway/incident/keyed.h"
#include "gateway/store/store.h"

struct reply_key {
    const char *operator_address;
    int64_t incident_id; /* 0: of a question about no incident yet */
    int64_t held_id;     /* 0: none */
    int64_t draft_id;    /* 0: none */
    int64_t expires_at;
    bool is_spent;
};

/* In the open transaction or one of its own. */
bool keys_add_reply(struct store *store, const struct page *page,
                    const uint8_t hash[KEYED_HASH_SIZE], const struct reply_key *key, int64_t now,
                    GError **error);

/* Of this page, also expired and spent ones (they name the incident still). True and *key NULL: none. */
bool keys_find_reply(struct store *store, struct arena *arena, const struct page *page,
                     const uint8_t hash[KEYED_HASH_SIZE], const struct reply_key **key,
                     GError **error);
bool keys_spend_reply(struct store *store, const uint8_t hash[KEYED_HASH_SIZE], int64_t now,
                      GError **error);
