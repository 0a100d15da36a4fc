/* gateway/store/joins.h: joining and leaving: keys, limits, consent, what must not come back.
 *
 * Double opt-in: who asks is answered by a letter with a confirm key (gateway/incident/keyed.h, `c`),
 * made when that letter is sent; a person's reply to it does what was asked. */
#pragma once

#include "gateway/incident/keyed.h"
#include "gateway/incident/subscriber.h"
#include "gateway/incident/wishes.h"
#include "gateway/store/store.h"

enum join_purpose { JOIN_SUBSCRIBE, JOIN_UNSUBSCRIBE, JOIN_PREFERENCES };

/* A mail's right to be answered by a confirmation letter (security A39). */
struct joins_limits {
    int64_t per_hour;        /* letters to one address; default 1 */
    int64_t per_day;         /* default 3 */
    int64_t until_confirmed; /* default 5 */
    int64_t per_domain;      /* of the address, an hour; default 100 */
    int64_t per_network;     /* of the client, /24 or /48, an hour; default 20 */
};
extern const struct joins_limits joins_limits_default;

/* Counts one more request for `address`, whatever its state, by all five measures in one SQL statement;
 * *may false: over, and it is to be dropped silently. `client` is an IP address, "" when none. In the
 * open transaction. */
bool joins_count(struct store *store, const struct page *page, const char *address,
                 const char *client, const struct joins_limits *limits, int64_t now, bool *may,
                 GError **error);

/* Notes that `address` asked: a pending subscriber where none is (who left, is suspended or confirmed
 * stays as she is). In the open transaction. */
bool joins_ask(struct store *store, const struct page *page, const char *address,
               const char *source, int64_t now, GError **error);

struct confirm_key {
    const char *address;
    enum join_purpose purpose;
    const char *wishes; /* wishes_write()'s; "" when none */
    const char *source; /* of the mail that asked: "<id> from 192.0.2.1" */
    int64_t expires_at;
    bool is_spent;
};
#define CONFIRM_KEY_LIVES_MS     (INT64_C(48) * 3600 * 1000)
#define PREFERENCES_KEY_LIVES_MS (INT64_C(14) * 24 * 3600 * 1000)

bool joins_add_key(struct store *store, const struct page *page,
                   const uint8_t hash[KEYED_HASH_SIZE], const struct confirm_key *key, int64_t now,
                   GError **error);
/* True and *key NULL: none of that hash and page. */
bool joins_find_key(struct store *store, struct arena *arena, const struct page *page,
                    const uint8_t hash[KEYED_HASH_SIZE], const struct confirm_key **key,
                    GError **error);
bool joins_spend_key(struct store *store, const uint8_t hash[KEYED_HASH_SIZE], int64_t now,
                     GError **error);

/* Confirms `subscriber->address` with these wishes: a new or pending one, one that left or is
 * suspended comes back; who is confirmed gets the wishes. Takes her suppression away (she asked
 * herself). *id hers. In the open transaction. */
bool joins_confirm(struct store *store, const struct subscriber *subscriber, int64_t now,
                   int64_t *id, GError **error);

/* Pending ones whose time is over vanish (who once was more goes back to unsubscribed), keys long
 * expired too: small steps, a transaction of its own. */
bool joins_forget(struct store *store, int64_t now, GError **error);

enum consent_act {
    CONSENT_ASKED,
    CONSENT_CONFIRMED,
    CONSENT_CHANGED,
    CONSENT_LEFT,
    CONSENT_COMPLAINED,
};
#define CONSENT_ACT_COUNT 5

struct consent {
    int64_t at;
    enum consent_act act;
    const char *how;    /* "mail", "cli:USER", "import" */
    const char *source; /* "<id> from 192.0.2.1", or how consent was given elsewhere */
    const char *words;  /* what was chosen, as preference lines */
};

const char *consent_act_name(enum consent_act act);
bool joins_record(struct store *store, int64_t subscriber_id, const struct consent *consent,
                  GError **error);
/* Oldest first. */
bool joins_consents(struct store *store, struct arena *arena, int64_t subscriber_id,
                    const struct consent **consents, size_t *count, GError **error);

enum suppression_why { SUPPRESSED_COMPLAINED, SUPPRESSED_FORGOTTEN, SUPPRESSED_BOUNCED };

/* An import does not bring back who is suppressed; her own confirmation does. `secret` keys the hash of
 * the address. */
bool joins_suppress(struct store *store, const struct secret *secret, const struct page *page,
                    const char *address, enum suppression_why why, int64_t now, GError **error);
bool joins_is_suppressed(struct store *store, const struct secret *secret, const struct page *page,
                         const char *address, bool *is, GError **error);
bool joins_unsuppress(struct store *store, const struct secret *secret, const struct page *page,
                      const char *address, GError **error);

/* Erases everything about her: rows, topics, consent, bounces, letters, exceptions; what remains is her
 * suppression. *was_there false: nobody of that address. A transaction of its own unless one is open. */
bool joins_erase(struct store *store, const struct secret *secret, const struct page *page,
                 const char *address, int64_t now, bool *was_there, GError **error);
