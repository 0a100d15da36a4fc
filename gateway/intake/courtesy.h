/* gateway/intake/courtesy.h: how often an address is answered; private to this folder.
 *
 * For letters that report no change: question_limit an hour to one address, 30 to one domain, and the
 * same words are answered three times a day (DESIGN section 6, notes A34). All count in the open
 * transaction. */
#pragma once

#include "gateway/intake/taking.h"

enum courtesy {
    COURTESY_GIVEN,
    COURTESY_LAST, /* given, and silence follows */
    COURTESY_OVER,
};

bool courtesy_ask(const struct taking *taking, const char *address, enum courtesy *courtesy,
                  GError **error);

/* Who answers each of our letters with the same words is a machine, however it marks itself. */
bool courtesy_ask_same(const struct taking *taking, bool *may, GError **error);

/* Counts one more of `name` for `key` (in any case) within span_ms; *count with this one. */
bool courtesy_count(const struct taking *taking, const char *name, const char *key, int64_t span_ms,
                    int64_t *count, GError **error);
