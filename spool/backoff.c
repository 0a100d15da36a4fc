#include "spool/backoff.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"

#include <assert.h>
#include <inttypes.h>

const struct backoff backoff_default = {30 * SECOND_MS, 30 * MINUTE_MS, 2 * DAY_MS};

static bool check_span(const char *field, int64_t ms, int64_t least, int64_t most, GError **error)
{
    if (ms >= least && ms <= most)
        return true;
    g_set_error(error, TOCSIN_ERROR, TOCSIN_ERROR_CONFIG,
                "%s: %" PRId64 " ms is not within %" PRId64 "..%" PRId64, field, ms, least, most);
    return false;
}

bool backoff_check(const struct backoff *policy, GError **error)
{
    return check_span("first", policy->first_ms, SECOND_MS, HOUR_MS, error) &&
           check_span("longest", policy->longest_ms, policy->first_ms, DAY_MS, error) &&
           check_span("give_up", policy->give_up_ms, policy->longest_ms, 30 * DAY_MS, error);
}

static int64_t longest_wait(const struct backoff *policy, uint32_t failures)
{
    int64_t wait_ms = policy->first_ms;

    for (uint32_t n = 1; n < failures && wait_ms < policy->longest_ms; n++)
        wait_ms *= 2; /* stays below two days: no overflow */
    return MIN(wait_ms, policy->longest_ms);
}

enum backoff_verdict backoff_decide(const struct backoff *policy, const struct attempt *attempt,
                                    uint32_t chance, int64_t *retry_at)
{
    assert(attempt->failures > 0);

    /* Half of each wait is left to chance: those who failed together must not return together. */
    const int64_t wait_ms = longest_wait(policy, attempt->failures);
    const int64_t spared_ms = (wait_ms / 2 + 1) * (int64_t)chance >> 32;
    const int64_t next_at = attempt->failed_at + wait_ms - spared_ms;

    if (next_at > attempt->began_at + policy->give_up_ms)
        return BACKOFF_GIVE_UP;
    *retry_at = next_at;
    return BACKOFF_RETRY;
}
