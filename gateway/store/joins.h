/* gateway/store/joins.h: joining and leaving: keys, limits, consent, what must not come back.
 *
 * Double opt-in: who asks is answered by a letter with a confirm key (gateway/incident/keyed.h, `c`),
 * made when that letter is sent; a person's reply to it does what was asked. */
#pragma once

#include "gateway/incident/keyed.h"
#include "gateway/incident/subscriber.h"
#include "gateway/incident/wishes.h"
#include "gateway/store/store.h"

/* Where and when somebody joins or leaves; all borrowed. */
struct joins_desk {
    struct store *store;
    const struct secret *secret; /* keys the hashes of suppressed addresses */
    const struct page *page;
    int64_t now;
};

enum join_purpose { JOIN_SUBSCRIBE, JOIN_UNSUBSCRIBE, JOIN_PREFERENCES };

/* A mail's right to be answered by a confirmation letter (security A39): how many letters there may
 * be. */
struct joins_limits {
    int64_t per_hour;        /* to one address of a page; default 1 */
    int64_t per_day;         /* likewise; default 3 */
    int64_t until_confirmed; /* likewise, to who is not confirmed: within 90 days; default 5 */
    int64_t per_domain;      /* to all addresses of a domain, an hour; default 100 */
    int64_t per_network;     /* asked for by clients of a /24 or /48, an hour; default 20 */
};
extern const struct joins_limits joins_limits_default;

struct joins_request {
    const char *address;
    const char *client; /* IP address, "" when none */
};

/* Counts one more letter by all five measures, whatever the state of the address, in one SQL statement;
 * *may false: one of them is over, and the request is to be dropped silently. It is counted as such and
 * uses up nothing, so that nobody can lock out somebody else for longer than an hour or a day. In the
 * open transaction. */
bool joins_count(const struct joins_desk *desk, const struct joins_request *request,
                 const struct joins_limits *limits, bool *may, GError **error);

/* Notes that `address` asked: a pending subscriber where none is, and consent "asked" (who left, is
 * suspended or confirmed stays as she is). In the open transaction. */
bool joins_ask(const struct joins_desk *desk, const char *address, const char *source,
               GError **error);

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
/* Of this page, also expired and spent ones. True and *key NULL: none. */
bool joins_find_key(struct store *store, struct arena *arena, const struct page *page,
                    const uint8_t hash[KEYED_HASH_SIZE], const struct confirm_key **key,
                    GError **error);
bool joins_spend_key(struct store *store, const uint8_t hash[KEYED_HASH_SIZE], int64_t now,
                     GError **error);

/* Confirms `subscriber->address` with these settings: a new or pending one; one that left or is suspended
 * comes back, her bounces forgotten; who is confirmed gets the settings and stays confirmed. Takes her
 * suppression away (she asked herself). *id hers. What is on record of it is the caller's:
 * joins_record(). In the open transaction. */
bool joins_confirm(const struct joins_desk *desk, const struct subscriber *subscriber, int64_t *id,
                   GError **error);

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

/* An import does not bring back who is suppressed; her own confirmation does. Addresses are kept as
 * keyed hashes, without regard to case. */
bool joins_suppress(const struct joins_desk *desk, const char *address, enum suppression_why why,
                    GError **error);
bool joins_is_suppressed(const struct joins_desk *desk, const char *address, bool *is,
                         GError **error);
bool joins_unsuppress(const struct joins_desk *desk, const char *address, GError **error);

/* Erases everything about her: rows, topics, consent, bounces, letters, exceptions; what remains is her
 * suppression. *was_there false: nobody of that address. A transaction of its own unless one is open. */
bool joins_erase(const struct joins_desk *desk, const char *address, bool *was_there,
                 GError **error);
