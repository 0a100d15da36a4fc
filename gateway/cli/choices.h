/* gateway/cli/choices.h: what a subscriber is to hear of, and how, from words of a command line or of a
 * file's cell.
 *
 * Several things in one cell are separated by |, ; or a newline, or where there is none of them by commas; a
 * name that has such a character in it is understood where it stands alone. Pure. */
#pragma once

#include "gateway/incident/wishes.h"

enum choice {
    CHOICE_COMPONENTS, /* ids, with or without "comp_", or names: in full; "all" */
    CHOICE_GROUPS,
    CHOICE_SEVERITY,
    CHOICE_KINDS,
    CHOICE_FORMAT,
    CHOICE_DELIVERY, /* "immediate", "daily 08:00", "weekly mon 08:00" */
    CHOICE_CRITICAL, /* "immediate", "normal" */
    CHOICE_LANGUAGE,
    CHOICE_TIME_ZONE,
};
#define CHOICE_COUNT 9

/* Adds to `wishes`; what is empty says nothing. Topics accumulate. False: `error` (INPUT) says what is not
 * understood. */
bool choices_read(struct arena *arena, const struct page *page, enum choice choice,
                  struct text value, struct wishes *wishes, GError **error);
