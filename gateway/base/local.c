#include "gateway/base/local.h"

#include "gateway/base/moment.h"

#include <inttypes.h>

int64_t local_offset_of(void *zone, int64_t at)
{
    GTimeZone *const known = zone;
    const int64_t second = (at - (at % SECOND_MS + SECOND_MS) % SECOND_MS) / SECOND_MS;
    const gint interval = g_time_zone_find_interval(known, G_TIME_TYPE_UNIVERSAL, second);

    return g_time_zone_get_offset(known, interval) * SECOND_MS;
}

enum local_kind local_find(local_offset *offset, void *zone, int64_t local_ms, int64_t found[2])
{
    /* No offset is larger than 15 hours, and no zone changed twice in two days. */
    const int64_t before_ms = offset(zone, local_ms - DAY_MS);
    const int64_t after_ms = offset(zone, local_ms + DAY_MS);
    const int64_t one = local_ms - before_ms;
    const int64_t other = local_ms - after_ms;
    const bool is_one = offset(zone, one) == before_ms;
    const bool is_other = offset(zone, other) == after_ms;

    found[0] = is_other && !is_one ? other : one;
    found[1] = is_one && !is_other ? one : other;
    if (!is_one && !is_other)
        return LOCAL_NEVER;
    return is_one && is_other && one != other ? LOCAL_TWICE : LOCAL_ONCE;
}

GTimeZone *local_zone(const char *name)
{
    const bool is_offset = name != NULL && (name[0] == '+' || name[0] == '-');
    GTimeZone *const zone =
        is_offset || moment_is_zone(name) ? g_time_zone_new_identifier(name) : NULL;

    return zone != NULL ? zone : g_time_zone_new_utc();
}

char *local_write_offset(int64_t offset_ms)
{
    const int64_t size_ms = offset_ms < 0 ? -offset_ms : offset_ms;

    return g_strdup_printf("%c%02" PRId64 ":%02" PRId64, offset_ms < 0 ? '-' : '+',
                           size_ms / HOUR_MS, size_ms % HOUR_MS / MINUTE_MS);
}
