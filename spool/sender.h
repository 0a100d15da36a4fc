/* spool/sender.h: the process that sends what is due, and its workers.
 *
 * The parent starts a worker process for each connection of each relay (fork and exec of this program
 * with the hidden verb `sender-worker`, a process group of its own, ending with the parent), wakes
 * them by hints, watches a shared page in which each says what it does, and ends one that hangs:
 * libesmtp has no limit for look-up and connect. A worker claims, renders, sends, and writes its
 * progress after each message (gateway/store/claims.h). Relays are used in their order: a later one
 * works while those before it are failing or paused. */
#pragma once

#include "gateway/compose/compose.h"
#include "gateway/store/bounces.h"
#include "gateway/store/store.h"
#include "spool/backoff.h"
#include "spool/relay.h"

struct spool_watch {
    int64_t connect_ms;  /* a worker without a connection: default 30 s */
    int64_t progress_ms; /* without progress before the final dot: default 60 s */
    int64_t dot_ms;      /* after it: default 10 min */
};

struct spool_settings {
    const struct relay_settings *relays; /* in the order of preference */
    size_t relay_count;
    struct relay_timeouts timeouts;
    struct backoff backoff;       /* of deliveries and letters */
    struct backoff relay_backoff; /* of relays; give_up_ms is not used */
    struct spool_watch watch;
    uint32_t refusals_most; /* refusals by policy in a row that pause a relay: default 20 */
    const char *hostname;   /* for EHLO; "": the machine's */
};

/* Everything has its default, but the relays. */
extern const struct spool_settings spool_settings_default;

/* Relays of unique names, host or Maildir, port, connections, backoffs; `tls: starttls` where there is
 * a user; no IPv6 literal. False: `error` (CONFIG) names what. */
bool spool_settings_check(const struct spool_settings *settings, GError **error);

/* What sender and workers work with; all borrowed. */
struct sender_world {
    const struct spool_settings *spool;
    const struct store_settings *store;
    const struct compose_settings *compose;
    const struct bounce_settings *bounces;
    const struct page *const *pages;
    size_t page_count;
    const struct operator* const * operators;
    size_t operator_count;
};

/* Runs until SIGTERM or SIGINT: then workers finish the message in hand and close their slices. With
 * `is_once` until nothing is due. `worker_arguments` (NULL at the end) start a worker, argv[0] to the
 * verb: {"tocsin", "--config", FILE, "sender-worker", NULL}; relay, place and descriptors are added
 * as four more words. False: `error`; single deliveries that fail are no error. */
bool sender_run(const struct sender_world *world, const char *const *worker_arguments, bool is_once,
                GError **error);

/* The hidden verb: `words` are the four that the parent added. */
bool sender_worker_run(const struct sender_world *world, const char *const *words, GError **error);
