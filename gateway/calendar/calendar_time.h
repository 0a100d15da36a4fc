/* gateway/calendar/calendar_time.h: the times of a calendar, and the zones that it brings along.
 *
 * A zone is the calendar's own VTIMEZONE (libical reckons with it), else the one that its name or Windows'
 * table names. RFC 5545 section 3.3.5 decides about clock changes: a time that occurs twice is the first, one
 * that does not occur is read with the offset before the change. */
#pragma once

#include "gateway/base/own.h"
#include "gateway/calendar/contentline.h"

#include <stdint.h>

/* A value of DATE or DATE-TIME, as it stands. */
struct calendar_time {
    int64_t local_ms; /* as of gateway/base/local.h */
    bool is_date;
    bool is_utc;
};

bool calendar_time_parse(struct text text, struct calendar_time *time);

/* The zones of one calendar. */
struct zone_shelf;

/* `own_zone` (IANA) is for times without any. The content must outlive it. */
struct zone_shelf *zone_shelf_open(struct arena *arena, const struct content *content,
                                   const char *own_zone);
void zone_shelf_close(struct zone_shelf *shelf);
OWN_DEFINE(zone_shelf);

struct calendar_zone;

/* The zone of a property by its TZID, or the own one. NULL: `error` (INPUT) says why it cannot be used. */
const struct calendar_zone *zone_shelf_find(struct zone_shelf *shelf, struct text tzid,
                                            GError **error);

/* IANA name; "" where only the calendar knows the zone. */
const char *calendar_zone_name(const struct calendar_zone *zone);

/* UTC times need no zone; a DATE is its midnight there. */
int64_t calendar_time_find(const struct calendar_time *time, const struct calendar_zone *zone);
int64_t calendar_time_local(int64_t at, const struct calendar_zone *zone);
