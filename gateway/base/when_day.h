/* gateway/base/when_day.h: the parts of a written time become local times, in one zone. */
#pragma once

#include "gateway/base/when.h"
#include "gateway/base/when_parts.h"

/* What the parts may mean there: milliseconds as of local.h. More than one: `outcome` says why, and each is a
 * candidate. */
struct when_days {
    enum when_outcome outcome;
    int64_t local_ms[2];
    size_t count;
    bool is_after_base; /* a time alone: the next after the base */
};

/* `zone` is a GTimeZone. */
struct when_days when_days_find(const struct when_parts *parts, const struct when_frame *frame,
                                void *zone);

/* The same date in the year `shift` years later; false: it does not exist there. */
bool when_days_shift(int64_t local_ms, int64_t shift, int64_t *shifted_ms);

/* Monday is 1. */
int64_t when_days_weekday(int64_t local_ms);
