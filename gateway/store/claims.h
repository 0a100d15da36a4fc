/* gateway/store/claims.h: what one sending worker has in hand, and what became of it.
 *
 * The queue is a cursor (DESIGN sections 2 and 8). Only the newest notification of an incident is
 * told; each of its lanes is walked once around, from behind the place where the older one was
 * stopped. A worker claims a *slice*: a stretch of a lane, some exceptions that are due, or some
 * letters. While it is open, a file state/slices/ID holds how far it was sent and who is in hand; the
 * lock on that file (flock) owns the slice, and ends with the worker. Whoever claims next and gets the
 * lock takes the slice over; then the one who was in hand is sent again, with the same Message-ID.
 *
 * The promises, and what the caller must do for them:
 *  - Before a mail is handed over, claims_may_send() is asked: it writes to the file that its reader is
 *    in hand, *then* looks whether a newer notification has come, or she has unsubscribed.
 *  - After the mail was answered, claims_note() is told, in the order of the items. An exception is
 *    committed (synchronous=FULL) before the file passes its item.
 *  - A newer notification passes over her who is in hand in an open slice of an older one; she waits
 *    for the end of that slice and is then due. So nobody reads two of an incident in the wrong order.
 *
 * Everything lives in the arena given to claims_take(). */
#pragma once

#include "gateway/incident/letter.h"
#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

struct claims_settings {
    struct store *store;             /* opened with STORE_NORMAL */
    const struct secret *secret;     /* for reply keys */
    const char *state;               /* directory; progress files are in state/slices */
    const struct page *const *pages; /* what is of another page is left alone */
    size_t page_count;
};

struct claims;

/* Makes state/slices where it is missing. Settings are copied, what they point to is borrowed. */
struct claims *claims_open(const struct claims_settings *settings, GError **error);
void claims_close(struct claims *claims);
OWN_DEFINE(claims);

enum claim_kind { CLAIM_STRETCH, CLAIM_EXCEPTIONS, CLAIM_LETTERS };

struct claim_item {
    int64_t id;                          /* the subscriber's, or the letter's */
    const struct subscriber *subscriber; /* NULL for letters; without topics */
    enum lane lane;                      /* hers */
    const struct letter *letter;         /* NULL for notifications */
    int64_t first_missed_id; /* the first update that she was not told of; 0: no incident */
    const char *reply_to;    /* a new key's address: of a reply, for letters to operators; of a
                                confirmation, for those kinds of letters; else "" */
    bool was_refused;        /* a relay has refused this subscriber: a mail taken resets that */
    uint32_t failures;       /* attempts that failed before */
    int64_t began_at;        /* of the first attempt; 0: none yet */
};

struct claim {
    enum claim_kind kind;
    int64_t slice_id;
    const struct page *page; /* of a notification; each letter names its own */
    int64_t notification_id; /* 0 for letters */
    int64_t incident_id;     /* likewise */
    enum lane lane;
    const struct claim_item *items;
    size_t count;
    bool are_domains_refusing;        /* some do: gateway/store/domains.h */
    int64_t last_id;                  /* of the slice */
    struct claims_progress *progress; /* claims.c's own */
};

struct claims_wish {
    const char *relay; /* by which it will be sent */
    size_t most;       /* recipients, 1 to 100; letters are at most 10 */
    bool letters_only; /* lists are paused, and digests */
};

/* Takes over what a dead worker left, else letters that are due, exceptions that are due, or the next
 * stretch: pager before mail, then severity, then age. When nothing of these is left, digests that are
 * due (also letters, but never with letters_only). One transaction. True and *claim NULL: nothing
 * is due. */
bool claims_take(struct claims *claims, struct arena *arena, const struct claims_wish *wish,
                 int64_t now, const struct claim **claim, GError **error);

enum claims_answer {
    CLAIMS_SEND,
    CLAIMS_SKIP,       /* she has unsubscribed, or has it already: go on with the next */
    CLAIMS_SUPERSEDED, /* a newer notification has come: claims_finish() now */
};

/* Items are asked for in order, each once. */
bool claims_may_send(struct claims *claims, const struct claim *claim, size_t item,
                     enum claims_answer *answer, GError **error);

enum claims_outcome {
    CLAIMS_SENT,
    CLAIMS_LATER,  /* due again at due_at */
    CLAIMS_FAILED, /* not to be tried again */
};

struct claims_result {
    enum claims_outcome outcome;
    int64_t due_at;     /* CLAIMS_LATER */
    bool is_in_doubt;   /* the relay may have it */
    const char *reason; /* printable, at most 500 bytes; "" when sent */
};

bool claims_note(struct claims *claims, const struct claim *claim, size_t item,
                 const struct claims_result *result, int64_t now, GError **error);

/* Closes the slice where it stands: brings the file's number into its row, makes due who waited for
 * it, ends the notification when nothing of it is left. What was not sent is a hole: right for a
 * slice that is done or superseded. */
bool claims_finish(struct claims *claims, const struct claim *claim, int64_t now, GError **error);
/* Leaves it to whoever claims next: for a relay that fails, and for the end of the program. */
void claims_release(struct claims *claims, const struct claim *claim);

/* Is anything due that a worker could claim (is_due), or does a worker have something in hand? */
bool claims_look(struct claims *claims, int64_t now, bool *is_due, bool *is_in_hand,
                 GError **error);

/* Removes progress files without an open slice: left by a crash. For the sender's parent. */
bool claims_sweep(struct claims *claims, GError **error);
