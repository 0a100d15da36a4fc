/* spool/watch.h: the page of memory that the sender shares with its workers.
 *
 * Each worker says in its place what it does and since when, so that the parent can end one that
 * hangs; for each relay there are the refusals in a row and the moment at which its rate lets the next
 * message go. Atomics alone: whoever dies at any line leaves nothing locked. */
#pragma once

#include "spool/sender.h"

#include <stdatomic.h>

#define WATCH_WORKERS_MOST 256
#define WATCH_RELAYS_MOST  32

enum watch_phase {
    WATCH_WAITING,    /* looked, found nothing, and waits to be woken: never too long */
    WATCH_IDLE,       /* looks for something to do: never too long */
    WATCH_CONNECTING, /* no mail was offered yet */
    WATCH_TALKING,    /* before the final dot */
    WATCH_DOT,        /* after it */
};

struct watch_place {
    _Atomic int phase;
    _Atomic int64_t since; /* on the monotonic clock */
};

struct watch_relay {
    _Atomic uint32_t refusals;  /* by policy, in a row */
    _Atomic int64_t free_at_us; /* on the monotonic clock */
};

struct watch {
    struct watch_place workers[WATCH_WORKERS_MOST];
    struct watch_relay relays[WATCH_RELAYS_MOST];
};

/* A descriptor of such a page, and the page; NULL: `error`. */
struct watch *watch_make(int *descriptor, GError **error);
/* The worker's view of it. */
struct watch *watch_map(int descriptor, GError **error);
void watch_close(struct watch *watch);
OWN_DEFINE(watch);

void watch_say(struct watch_place *place, enum watch_phase phase, int64_t monotonic_ms);

/* Pure: is a worker too long in its phase? */
bool watch_is_stuck(const struct spool_watch *limits, enum watch_phase phase, int64_t span_ms);

/* Takes the next turn of `rate` a second: how long to wait for it, in microseconds. */
int64_t watch_take_turn(struct watch_relay *relay, int64_t rate, int64_t monotonic_us);
