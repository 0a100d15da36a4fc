/* gateway/clock/chores.h: what there is to do for a clock; for clock.c. */
#pragma once

#include "gateway/clock/clock.h"

enum chore {
    CHORE_UNPUBLISHED,
    CHORE_MAINTENANCE,
    CHORE_SETTLED,
    CHORE_DIGESTS,
    CHORE_BOUNCES,
    CHORE_ALERTS,
};
#define CHORE_COUNT 6

/* How many rows each has done; it grows. */
struct chores_tally {
    int64_t done[CHORE_COUNT];
};

/* A part of all that is due at `now`; *has_more: there may be more. One that fails does not keep the
 * others from their turn; the first error is returned. */
bool chores_run(const struct clock_desk *desk, int64_t now, struct chores_tally *tally,
                bool *has_more, GError **error);
/* What is old enough; each minute will do. */
bool chores_forget(const struct clock_desk *desk, int64_t now, GError **error);

/* The first moment known at which something is due, at most `latest`. */
bool chores_find_next(const struct clock_desk *desk, int64_t latest, int64_t *next, GError **error);

void chores_add(struct chores_tally *tally, const struct chores_tally *more);
bool chores_has_done(const struct chores_tally *tally);
void chores_log(const struct chores_tally *tally);
