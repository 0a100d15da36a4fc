/* gateway/base/moment.h: moments and spans.
 *
 * A moment is milliseconds since 1970 UTC, a span milliseconds. Pure code takes `now` as an argument;
 * only a process's loop reads the clock. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

int64_t moment_now(void);
/* Never goes back; for waiting only. */
int64_t moment_monotonic(void);

/* "2026-11-24T13:18:20.123Z" (ISO 8601), as the API and --json write it. */
char *moment_write_iso(struct arena *arena, int64_t at);
bool moment_parse_iso(struct text text, int64_t *at);
/* What programs write: ISO 8601 with an offset or Z, RFC 5322, ctime ("Tue Nov 24 13:18:20 CET 2026"), Unix
 * seconds or milliseconds. A zone that is not UTC, GMT or an offset is read by `zone`. False: none of these,
 * or a moment that does not exist. */
bool moment_parse_any(struct text text, const char *zone, int64_t *at);

/* RFC 5322 section 3.3 in UTC: "Tue, 24 Nov 2026 13:18:20 +0000". */
char *moment_write_mail(struct arena *arena, int64_t at);

/* For people: "2026-11-24 14:18 CET" in an IANA zone; an unknown zone is shown as UTC. */
char *moment_write_local(struct arena *arena, int64_t at, const char *zone);
bool moment_is_zone(const char *zone);

/* The same moment in its parts, for who writes it in another language. */
struct moment_parts {
    int year;
    int month;   /* 1 to 12 */
    int day;     /* 1 to 31 */
    int weekday; /* Monday is 1 */
    int hour;
    int minute;
    const char *zone; /* "CET", "UTC-03" */
};
struct moment_parts moment_split_local(struct arena *arena, int64_t at, const char *zone);

/* "45 minutes", "3 hours 5 minutes", "2 days 1 hour": the two largest units. */
char *moment_write_span(struct arena *arena, int64_t span_ms);

/* "250ms", "5s", "5m", "2h", "7d", "0s"; one unit, no sign. */
bool moment_parse_span(struct text text, int64_t *span_ms);
