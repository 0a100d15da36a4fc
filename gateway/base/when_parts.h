/* gateway/base/when_parts.h: what a written time says, part by part, before anybody reckons with it. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

struct when_parts {
    int64_t year, month, day; /* 0: not said */
    int64_t one, other;       /* "12/01": which is the month? 0: no such pair */
    int64_t weekday;          /* Monday is 1; 0: not said */
    bool is_next;             /* "next Tuesday" */
    bool has_days;            /* `days` from today */
    int64_t days;
    bool has_time; /* hour 0 to 24, minute, second */
    int64_t hour, minute, second;
    bool is_hour_unclear; /* "at 2" */
    bool is_midnight;     /* of which day? */
    bool has_span;        /* alone, or from now on: is_later */
    bool is_later;
    int64_t span_ms;
    struct text zone; /* as written; empty: none */
};

/* False: *word is what was not understood (empty: all of it), *why says more, or is NULL. */
bool when_parts_read(struct arena *arena, struct text text, struct when_parts *parts,
                     struct text *word, const char **why);
