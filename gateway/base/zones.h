/* gateway/base/zones.h: the zones that people and calendars name.
 *
 * People write IANA names in any case, offsets, and abbreviations of which some mean several things; calendar
 * programs write the names of Windows. None is guessed: an abbreviation has as many meanings as it has. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

struct zone_meaning {
    const char *zone;  /* IANA name, or an offset ("+02:00") */
    bool is_fixed;     /* an abbreviation of one season: `offset_ms` is what it says */
    int64_t offset_ms; /* east of UTC */
    const char *about; /* "India"; NULL where there is nothing to tell apart */
};

#define ZONES_MEANINGS_MOST 3

/* What `name` ("Europe/Berlin", "europe/berlin", "UTC", "UTC+2", "+02:00", "-0500", "CET", "IST") may mean;
 * the count, 0 where it is none. */
size_t zones_find(struct arena *arena, struct text name,
                  struct zone_meaning meanings[ZONES_MEANINGS_MOST]);

/* Zones that end with `name` as a city ("Berlin": "Europe/Berlin"); the count, at most `most`. */
size_t zones_suggest(struct arena *arena, struct text name, const char *zones[], size_t most);

/* The IANA name of what Windows calls so ("W. Europe Standard Time"; any case), as CLDR's windowsZones has it
 * for no territory in particular. NULL: unknown. */
const char *zones_of_windows(struct text name);

/* The IANA name in what a calendar calls its zone: an IANA name, one behind a prefix
 * ("/mozilla.org/20050126_1/Europe/Berlin"), or Windows' name. NULL: neither. */
const char *zones_of_calendar(struct arena *arena, struct text name);
