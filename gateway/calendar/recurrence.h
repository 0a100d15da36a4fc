/* gateway/calendar/recurrence.h: RRULE (RFC 5545 section 3.3.10), filtered before libical iterates.
 *
 * libical can be made to look for an instance for minutes that never comes (FREQ=SECONDLY on a 31 February).
 * So a rule is taken apart here: DAILY, WEEKLY, MONTHLY, YEARLY with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY,
 * BYMONTH, BYSETPOS, WKST, each within its range; and what libical sees is made of what passed. */
#pragma once

#include "gateway/base/own.h"
#include "gateway/base/text.h"

#include <stdint.h>

struct recurrence {
    const char *rule;  /* without UNTIL */
    struct text until; /* empty: none */
};

/* NULL: `error` (INPUT) says what cannot be used. */
const struct recurrence *recurrence_check(struct arena *arena, struct text text, GError **error);

/* The rule of a zone's clock change: YEARLY alone, UNTIL kept. */
const char *recurrence_check_zone(struct arena *arena, struct text text, GError **error);

/* The instances of a checked rule, as local times (gateway/base/local.h), from the start on. Each step may take
 * libical 0.3 s where none is left: the caller holds the deadline. */
struct recurrence_run;
struct recurrence_run *recurrence_run_open(struct arena *arena, const struct recurrence *recurrence,
                                           int64_t start_local_ms, bool is_date);
bool recurrence_run_next(struct recurrence_run *run, int64_t *local_ms);
void recurrence_run_close(struct recurrence_run *run);
OWN_DEFINE(recurrence_run);
