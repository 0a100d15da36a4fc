/* gateway/store/queue.h: what is waiting to be sent, for people. */
#pragma once

#include "gateway/store/store.h"

struct queue_entry {
    const char *id;          /* "7": a notification, "L7": a letter */
    const char *kind;        /* "opened", "resolved" …; of a letter "answer", "copy" … */
    const char *incident_id; /* "inc_…", NULL: none */
    int64_t waiting;         /* not yet tried; at most 10,000 are counted */
    int64_t sent;            /* of a notification: through its slices; at most 10,000 are counted */
    int64_t deferred;
    int64_t failed;
    int64_t due_at; /* the next attempt */
    const char *reason;
};

/* What is not done, newest first; and what has failed exceptions or, a letter, failed in the last
 * `failed_ms`. */
bool queue_list(struct store *store, struct arena *arena, int64_t now,
                const struct queue_entry **entries, size_t *count, GError **error);

struct queue_exception {
    const char *address;
    const char *state; /* "deferred", "waiting", "failed" */
    int64_t failures;
    int64_t due_at;
    const char *reason;
    bool is_in_doubt;
};

/* One of them with its exceptions (at most 1,000, oldest first); of a letter the one. True and *entry
 * NULL: no such id. */
bool queue_show(struct store *store, struct arena *arena, const char *id, int64_t now,
                const struct queue_entry **entry, const struct queue_exception **exceptions,
                size_t *count, GError **error);

/* Makes deferred deliveries and letters due now: of one entry, or (NULL) all; and relays' waits end.
 * *count: how many. A transaction of its own; hint_send() is the caller's. */
bool queue_retry(struct store *store, const char *id, int64_t now, int64_t *count, GError **error);
