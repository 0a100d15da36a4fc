/* gateway/store/intakes.h: what intake remembers: mails seen, mails held, crashes, tallies. */
#pragma once

#include "gateway/store/store.h"

#define INTAKES_DIGEST_SIZE 32

enum seen_kind { SEEN_MAIL, SEEN_SIGNATURE };

/* Remembers a digest for 30 days; *is_new false: it was there. In the open transaction. */
bool intakes_see(struct store *store, const struct page *page, enum seen_kind kind,
                 const uint8_t digest[INTAKES_DIGEST_SIZE], const char *message_id, int64_t now,
                 bool *is_new, GError **error);
/* Looks only. */
bool intakes_was_seen(struct store *store, const struct page *page, enum seen_kind kind,
                      const uint8_t digest[INTAKES_DIGEST_SIZE], bool *was_seen, GError **error);

/* Crash ledger: a transaction of its own. */
bool intakes_note_crash(struct store *store, const uint8_t digest[INTAKES_DIGEST_SIZE], int64_t now,
                        GError **error);
bool intakes_crash_count(struct store *store, const uint8_t digest[INTAKES_DIGEST_SIZE],
                         int64_t *count, GError **error);

/* Counts one more of `name` for `key` in the span that began with its first, a new span once span_ms
 * are over, and gives the count with this one and when the span began: one SQL statement. */
bool intakes_tally(struct store *store, const char *name, const char *key, int64_t span_ms,
                   int64_t now, int64_t *count, int64_t *since, GError **error);
/* Looks only: 0 when the span is over. */
bool intakes_tally_count(struct store *store, const char *name, const char *key, int64_t span_ms,
                         int64_t now, int64_t *count, GError **error);

struct held {
    int64_t id;
    const char *operator_address;
    int64_t incident_id; /* 0: none */
    struct text mail;    /* as it came */
    const char *proofs;
    const char *reason;
    int64_t created_at;
    int64_t expires_at;
    bool is_ended;
};

bool intakes_hold(struct store *store, const struct page *page, struct held *held, GError **error);
bool intakes_find_held(struct store *store, struct arena *arena, const struct page *page,
                       int64_t id, const struct held **held, GError **error);
bool intakes_end_held(struct store *store, int64_t id, int64_t now, GError **error);
/* The next whose time is over and that has not ended; NULL when none. */
bool intakes_next_expired_held(struct store *store, struct arena *arena, const struct page *page,
                               int64_t now, const struct held **held, GError **error);

/* Forgets what is older than its time (seen, tallies, crashes, ended held mails, reply keys long
 * expired): small steps, a transaction of its own. */
bool intakes_forget(struct store *store, int64_t now, GError **error);
