/* gateway/mail/forward_date.h: the moment in a header line that a mail program wrote for people. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

/* Milliseconds since 1970, or 0 where it cannot be known: most programs write their user's time without a
 * zone. Read are RFC 5322's form with a zone (Thunderbird) and "May 14, 2024 at 10:12:31 AM GMT+2"
 * (Apple Mail). */
int64_t forward_date_read(const char *value);
