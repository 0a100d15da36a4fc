/* spool/backoff.h: when a delivery that failed for now is tried again.
 *
 * Pure: the moment and the chance are arguments. The n-th wait lies between half and all of
 * first_ms * 2^(n-1), and never above longest_ms. RFC 5321 section 4.5.4.1 lets a sender retry for
 * days; news of an incident is stale sooner, so our defaults are shorter. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct backoff {
    int64_t first_ms;   /* the longest first wait: 1 second to 1 hour */
    int64_t longest_ms; /* no wait is longer: first_ms to 1 day */
    int64_t give_up_ms; /* counted from the first attempt: longest_ms to 30 days */
};

struct attempt {
    int64_t began_at;  /* when this delivery was first attempted */
    int64_t failed_at; /* when this attempt failed; before began_at if the clock stepped back */
    uint32_t failures; /* attempts that failed, this one included: 1 or more */
};

enum backoff_verdict { BACKOFF_RETRY, BACKOFF_GIVE_UP };

extern const struct backoff backoff_default;

/* Checks a policy as configured. False: `error` (TOCSIN_ERROR_CONFIG) names field and range. */
bool backoff_check(const struct backoff *policy, GError **error);

/* Judges a failed `attempt` under a checked `policy`; `chance` is any 32 random bits.
 * Sets *retry_at with BACKOFF_RETRY only. Cannot fail. */
enum backoff_verdict backoff_decide(const struct backoff *policy, const struct attempt *attempt,
                                    uint32_t chance, int64_t *retry_at);
