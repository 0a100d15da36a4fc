/* gateway/calendar/vtimezone.h: a zone that a calendar defines itself, reckoned by libical.
 *
 * libical sees a text that we make: the properties that a zone needs, each checked, no others. */
#pragma once

#include "gateway/base/own.h"
#include "gateway/calendar/contentline.h"

#include <stdint.h>

struct vtimezone;

/* The VTIMEZONE of that TZID. NULL without `error`: there is none. NULL with it (INPUT, LIMIT): it is no good. */
struct vtimezone *vtimezone_open(struct arena *arena, const struct content *content,
                                 struct text tzid, GError **error);
void vtimezone_close(struct vtimezone *zone);
OWN_DEFINE(vtimezone);

/* A local_offset (gateway/base/local.h). */
int64_t vtimezone_offset(void *zone, int64_t at);
