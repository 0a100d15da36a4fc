/* gateway/base/local.h: from a local time to the moments at which clocks show it.
 *
 * A local time is milliseconds since 1970 as if the clock on the wall ran in UTC. At a clock change it may
 * occur twice, or never: who asks decides what that means. Never guessed here. */
#pragma once

#include <glib.h>
#include <stdint.h>

enum local_kind { LOCAL_ONCE, LOCAL_TWICE, LOCAL_NEVER };
#define LOCAL_KIND_COUNT 3

/* Milliseconds east of UTC that `zone` has at the moment `at`. */
typedef int64_t local_offset(void *zone, int64_t at);

/* A local_offset for a GTimeZone. */
int64_t local_offset_of(void *zone, int64_t at);

/* ONCE: found[0]. TWICE: the earlier in found[0], the later in found[1]. NEVER: found[0] reckons with the
 * offset before the change (and so shows a later time, as RFC 5545 section 3.3.5 reads it), found[1] with the
 * one after it. */
enum local_kind local_find(local_offset *offset, void *zone, int64_t local_ms, int64_t found[2]);

/* An IANA name or an offset ("+02:00"); UTC where it is neither, or NULL. Never NULL; unref it. */
GTimeZone *local_zone(const char *name);

/* "+02:00" (the machine's own zones have offsets of whole minutes since 1972); a string of its own. */
char *local_write_offset(int64_t offset_ms);
