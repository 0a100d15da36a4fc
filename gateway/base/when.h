/* gateway/base/when.h: times and spans as people write them.
 *
 * "2026-12-01 02:00 Europe/Berlin", "tomorrow 22:00", "Tue 1 Dec 2am CET", "am 1. Dezember um 2 Uhr", "in 2 hours",
 * "1h30m"; in English, German, French, Spanish and Japanese. Nothing is guessed: what may mean two moments is
 * refused with both, what means none says why. Linear; a text of more than WHEN_BYTES_MOST is no time. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

#define WHEN_BYTES_MOST      200
#define WHEN_CANDIDATES_MOST 3

struct when_frame {
    const char *zone; /* where the text names none: an IANA name or an offset; NULL: UTC */
    int64_t now;
    int64_t base; /* a start: a time alone is the next such time after it. 0: none */
};

enum when_outcome {
    WHEN_MOMENT,  /* at */
    WHEN_SPAN,    /* span_ms, and no moment: "2h". Behind "End:" 4h may be meant as an hour: ask */
    WHEN_UNCLEAR, /* no time at all, or `word` is not understood */
    WHEN_NO_TIME, /* a day without time of day */
    WHEN_NO_DAY,  /* a time of day without day */
    WHEN_NO_DATE, /* "30 February" */
    WHEN_TWO_DATES,    /* "12/01/2026", "next Tuesday" on a Monday, "midnight" */
    WHEN_TWO_HOURS,    /* "at 2" */
    WHEN_TWICE,        /* the clock goes back: the time occurs twice */
    WHEN_NEVER,        /* the clock goes forward: it does not occur */
    WHEN_ZONE_UNKNOWN, /* `word` */
    WHEN_ZONES,        /* `word` names several zones: "IST" */
    WHEN_SEASON,       /* "CET" in July */
    WHEN_WEEKDAY,      /* it is another day of the week */
    WHEN_YEAR,         /* the year looks mistyped; `at` as written */
    WHEN_PAST,         /* more than an hour ago; `at` as written */
};
#define WHEN_OUTCOME_COUNT 16

struct when_candidate {
    int64_t at;
    const char *text; /* "2026-10-25T02:30+01:00": reads as `at` */
    const char *zone; /* in which it was reckoned; where cities are suggested, the suggestion */
};

struct when {
    enum when_outcome outcome;
    int64_t at;
    int64_t span_ms;
    const char *zone;    /* in which it was read, fit for a frame: "Europe/Berlin", "+02:00" */
    bool has_zone;       /* the text named it */
    const char *word;    /* what the trouble is about; "" where it is about all */
    const char *trouble; /* an English sentence without full stop; "" for a moment or span */
    struct when_candidate candidates[WHEN_CANDIDATES_MOST];
    size_t candidate_count;
};

/* Reads `text`, any bytes. Cannot fail: what is wrong is the outcome. All of it lives in `arena`. */
struct when when_read(struct arena *arena, struct text text, const struct when_frame *frame);

/* "twice", "zone_unknown": for logs and letters' facts. */
const char *when_outcome_name(enum when_outcome outcome);
