#include "gateway/calendar/calendar_time.h"

#include "gateway/base/error.h"
#include "gateway/base/local.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/base/zones.h"
#include "gateway/calendar/vtimezone.h"

#define ZONES_MOST   16
#define LEAST_YEAR   1971
#define MOST_YEAR    2100
#define TZID_SHOWN   60
#define EPOCH_JULIAN 719163 /* GDate's number of 1 January 1970 */

struct calendar_zone {
    struct text tzid;
    const char *name;          /* IANA, or "" */
    GTimeZone *known;          /* one of the two */
    struct vtimezone *brought; /* by the calendar */
};

struct zone_shelf {
    struct arena *arena;
    const struct content *content;
    const char *own_zone;
    struct calendar_zone zones[ZONES_MOST];
    size_t count;
};

static bool take(struct text *rest, size_t digits, int64_t least, int64_t most, int64_t *number)
{
    if (rest->size < digits || rest->at[0] == '-' ||
        !number_parse(text_first(*rest, digits), least, most, number))
        return false;
    *rest = text_skip(*rest, digits);
    return true;
}

bool calendar_time_parse(struct text text, struct calendar_time *time)
{
    struct text rest = text_trim(text);
    int64_t year = 0;
    int64_t month = 0;
    int64_t day = 0;
    int64_t parts[3] = {0}; /* hour, minute, second */
    GDate date;

    if (!take(&rest, 4, LEAST_YEAR, MOST_YEAR, &year) || !take(&rest, 2, 1, 12, &month) ||
        !take(&rest, 2, 1, 31, &day) ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    const bool is_date = rest.size == 0;
    if (!is_date) {
        if (rest.at[0] != 'T')
            return false;
        rest = text_skip(rest, 1);
        if (!take(&rest, 2, 0, 23, &parts[0]) || !take(&rest, 2, 0, 59, &parts[1]) ||
            !take(&rest, 2, 0, 60, &parts[2]))
            return false;
    }
    const bool is_utc = text_is_equal(rest, TEXT("Z")) && !is_date;
    if (rest.size > 0 && !is_utc)
        return false;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    time->local_ms = ((int64_t)g_date_get_julian(&date) - EPOCH_JULIAN) * DAY_MS +
                     parts[0] * HOUR_MS + parts[1] * MINUTE_MS + MIN(parts[2], 59) * SECOND_MS;
    time->is_date = is_date;
    time->is_utc = is_utc;
    return true;
}

struct zone_shelf *zone_shelf_open(struct arena *arena, const struct content *content,
                                   const char *own_zone)
{
    struct zone_shelf *shelf = ARENA_NEW(arena, struct zone_shelf);

    shelf->arena = arena;
    shelf->content = content;
    shelf->own_zone = own_zone;
    return shelf;
}

void zone_shelf_close(struct zone_shelf *shelf)
{
    if (shelf == NULL)
        return;
    for (size_t i = 0; i < shelf->count; i++) {
        g_clear_pointer(&shelf->zones[i].known, g_time_zone_unref);
        vtimezone_close(shelf->zones[i].brought);
    }
    shelf->count = 0;
}

static struct calendar_zone *add_zone(struct zone_shelf *shelf, struct text tzid, GError **error)
{
    if (shelf->count == ZONES_MOST) {
        (void)error_set(error, TOCSIN_ERROR_LIMIT, "it names more than %d time zones", ZONES_MOST);
        return NULL;
    }
    struct calendar_zone *zone = &shelf->zones[shelf->count];
    *zone = (struct calendar_zone){.tzid = tzid, .name = ""};
    return zone;
}

static const struct calendar_zone *refuse(const struct zone_shelf *shelf, struct text tzid,
                                          GError **error)
{
    (void)error_set(error, TOCSIN_ERROR_INPUT,
                    "the time zone \"%s\" is unknown, and the calendar does not define it",
                    text_clean_line(shelf->arena, tzid, TZID_SHOWN));
    return NULL;
}

const struct calendar_zone *zone_shelf_find(struct zone_shelf *shelf, struct text tzid,
                                            GError **error)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (text_is_equal(shelf->zones[i].tzid, tzid))
            return &shelf->zones[i];
    struct calendar_zone *zone = add_zone(shelf, tzid, error);
    if (zone == NULL)
        return NULL;
    const char *name = tzid.size > 0 ? zones_of_calendar(shelf->arena, tzid) : shelf->own_zone;
    GError *trouble = NULL;
    zone->brought =
        tzid.size > 0 ? vtimezone_open(shelf->arena, shelf->content, tzid, &trouble) : NULL;
    if (trouble != NULL) {
        g_propagate_error(error, trouble);
        return NULL;
    }
    if (zone->brought == NULL && name == NULL)
        return refuse(shelf, tzid, error);
    zone->name = name != NULL ? name : "";
    if (zone->brought == NULL)
        zone->known = local_zone(name);
    shelf->count++;
    return zone;
}

const char *calendar_zone_name(const struct calendar_zone *zone)
{
    return zone->name;
}

int64_t calendar_time_find(const struct calendar_time *time, const struct calendar_zone *zone)
{
    int64_t found[2];

    if (time->is_utc)
        return time->local_ms;
    if (zone->brought != NULL)
        (void)local_find(vtimezone_offset, zone->brought, time->local_ms, found);
    else
        (void)local_find(local_offset_of, zone->known, time->local_ms, found);
    return found[0];
}

int64_t calendar_time_local(int64_t at, const struct calendar_zone *zone)
{
    return at + (zone->brought != NULL ? vtimezone_offset(zone->brought, at)
                                       : local_offset_of(zone->known, at));
}
