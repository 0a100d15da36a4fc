/* gateway/incident/wishes_text.h: wishes as text, what writing and reading them share.
 *
 * A component is written without "comp_" where that is plain, otherwise as `id "..."`; a group always in
 * quotes, so that both are read back whatever the configuration has become. */
#pragma once

#include "gateway/incident/wishes.h"

#define WISHES_COMPONENT "c:comp_"

/* Longest first: a pause is written in the largest that divides it. */
struct wishes_unit {
    const char *name;
    int64_t ms;
};
#define WISHES_UNIT_COUNT 5
extern const struct wishes_unit wishes_units[WISHES_UNIT_COUNT];

/* May what follows "comp_" be written bare? */
bool wishes_is_plain(struct text id);
