/* gateway/calendar/occasion.h: an event that recurs becomes its instances: RRULE, RDATE, EXDATE, and the exceptions
 * that stand beside it. */
#pragma once

#include "gateway/calendar/event.h"

/* Fills the occurrences of `events[master]`, whose times are read. */
void occasion_expand(const struct event_desk *desk, const struct event *events, size_t count,
                     size_t master);
