/* gateway/store/queue.h: what is waiting to be sent, for people. */
#pragma once

#include "gateway/store/store.h"

struct queue_entry {
    const char *id;          /* "7": a notification, "L7": a letter */
    const char *kind;        /* "opened", "resolved" …; of a letter "answer", "copy" … */
    const char *incident_id; /* "inc_…", NULL: none */
    const char *page_id;
    const char *address; /* whom a letter goes to; NULL: a notification */
    int64_t
        waiting;  /* not tried, or in a slice that is open; 10,000 of a lane are counted at most */
    int64_t sent; /* in slices that are done */
    int64_t deferred; /* to be tried again */
    int64_t failed;
    int64_t due_at; /* the next attempt; 0: none */
    const char
        *reason; /* of the last that did not succeed, else of a relay's trouble; "" when none */
};

/* What is not done, and what failed (letters: in the last 7 days): newest first, notifications before
 * letters, at most 1,000 of each. */
bool queue_list(struct store *store, struct arena *arena, int64_t now,
                const struct queue_entry **entries, size_t *count, GError **error);

struct queue_exception {
    const char *address;
    const char *state; /* "deferred", "waiting", "failed" */
    int64_t failures;
    int64_t due_at;
    const char *reason;
    bool is_in_doubt; /* the relay may have it */
};

/* One entry with its exceptions: at most 1,000, of a letter none. */
struct queue_item {
    const struct queue_entry *entry; /* NULL: there is none of that id */
    const struct queue_exception *exceptions;
    size_t count;
};

bool queue_show(struct store *store, struct arena *arena, const char *id, struct queue_item *item,
                GError **error);

/* Makes deferred deliveries and letters due now: all (NULL), or those of one entry, and then a letter
 * that failed too; relays' rests end. *count: how many. hint_send() is the caller's. False: MISSING for
 * what is no id. A transaction of its own. */
bool queue_retry(struct store *store, const char *id, int64_t now, int64_t *count, GError **error);
/* An id of an entry, "7" or "L7"; false: neither. */
bool queue_read_id(const char *id, bool *is_letter, int64_t *number);
