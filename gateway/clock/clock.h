/* gateway/clock/clock.h: the door that time comes through: what is due now is done.
 *
 * Digests, ends of pauses, followings and held commands, probes, alerts that ripen or have held clear,
 * monitors that stay away, what is to be forgotten. All of it is in the store, each step a small transaction that also moves the row on; so a clock may be killed at any
 * moment, started twice, or not run for a week: nothing is done twice, and what is late is done next. */
#pragma once

#include "gateway/incident/monitor.h"
#include "gateway/store/bounces.h"
#include "gateway/store/store.h"

/* What the clock works with; all borrowed. */
struct clock_world {
    const struct store_settings *store;
    const struct bounce_settings *bounces;
    const struct page *const *pages;
    size_t page_count;
    const struct operator* const * operators;
    size_t operator_count;
    const struct monitor *const *monitors;
    size_t monitor_count;
};

/* The same, opened. */
struct clock_desk {
    const struct clock_world *world;
    struct store *store;
    const struct secret *secret;
};

/* Does all that is due at `now`; *next is the first moment at which something may be again, at most 2 s
 * later. */
bool clock_run_due(const struct clock_desk *desk, int64_t now, int64_t *next, GError **error);

/* The process: looks every 2 s and at moments that it knows, until SIGTERM or SIGINT; what is being done
 * is finished first. */
bool clock_run(const struct clock_world *world, GError **error);
/* Once: all that is due at `now` (0: the present). What it makes is due for the sender at once, also
 * where `now` is still to come. */
bool clock_run_once(const struct clock_world *world, int64_t now, GError **error);
