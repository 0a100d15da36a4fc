#include "gateway/base/when_day.h"

#include "gateway/base/local.h"
#include "gateway/base/moment.h"

#define EPOCH_JULIAN 719163 /* GDate's number of 1 January 1970 */
#define LEAST_YEAR   1971
#define MOST_YEAR    9000
#define WEEK_DAYS    7

static int64_t floor_day(int64_t local_ms)
{
    const int64_t rest_ms = (local_ms % DAY_MS + DAY_MS) % DAY_MS;

    return (local_ms - rest_ms) / DAY_MS;
}

/* 1 January 1970, day 0, was a Thursday. */
static int64_t weekday_of(int64_t day)
{
    return ((day + 3) % WEEK_DAYS + WEEK_DAYS) % WEEK_DAYS + 1;
}

int64_t when_days_weekday(int64_t local_ms)
{
    return weekday_of(floor_day(local_ms));
}

static bool find_day(int64_t year, int64_t month, int64_t day, int64_t *found)
{
    GDate date;

    if (year < LEAST_YEAR || year > MOST_YEAR || month < 1 || month > 12 || day < 1 || day > 31 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    *found = (int64_t)g_date_get_julian(&date) - EPOCH_JULIAN;
    return true;
}

static void split_day(int64_t day, GDate *date)
{
    g_date_clear(date, 1);
    g_date_set_julian(date, (guint32)(day + EPOCH_JULIAN));
}

bool when_days_shift(int64_t local_ms, int64_t shift, int64_t *shifted_ms)
{
    const int64_t from = floor_day(local_ms);
    int64_t day = 0;
    GDate date;

    split_day(from, &date);
    if (!find_day(g_date_get_year(&date) + shift, g_date_get_month(&date), g_date_get_day(&date),
                  &day))
        return false;
    *shifted_ms = local_ms + (day - from) * DAY_MS;
    return true;
}

/* Without a year the nearest such day is meant: if that is past, the caller says so. */
static bool find_date(const struct when_parts *parts, int64_t month, int64_t day, int64_t today,
                      int64_t *found)
{
    GDate date;
    int64_t near = 0;
    bool is_found = false;

    if (parts->year != 0)
        return find_day(parts->year, month, day, found);
    split_day(today, &date);
    for (int64_t year = g_date_get_year(&date) - 1; year <= g_date_get_year(&date) + 1; year++) {
        if (!find_day(year, month, day, &near))
            continue;
        if (!is_found || ABS(near - today) < ABS(*found - today))
            *found = near;
        is_found = true;
    }
    return is_found;
}

/* A weekday alone: the coming one. */
static size_t find_weekday(const struct when_parts *parts, int64_t from, bool is_over,
                           int64_t days[2])
{
    const int64_t ahead = (parts->weekday - weekday_of(from) + WEEK_DAYS) % WEEK_DAYS;

    days[0] = from + ahead;
    days[1] = from + ahead + WEEK_DAYS;
    if (ahead == 0 && (is_over || parts->is_next)) {
        days[0] = days[1];
        return 1;
    }
    if (ahead == 0)
        return 2;
    /* "next Tuesday" on Monday: tomorrow, or that of next week? */
    return parts->is_next && parts->weekday > weekday_of(from) ? 2 : 1;
}

static int64_t time_of(const struct when_parts *parts)
{
    return parts->hour * HOUR_MS + parts->minute * MINUTE_MS + parts->second * SECOND_MS;
}

struct frame_days {
    int64_t now_ms;  /* local */
    int64_t base_ms; /* local; 0: none */
};

static size_t find_relative(const struct when_parts *parts, const struct frame_days *frame,
                            int64_t days[2], enum when_outcome *outcome)
{
    const int64_t from_ms = frame->base_ms != 0 ? frame->base_ms : frame->now_ms;
    const int64_t from = floor_day(from_ms);

    *outcome = WHEN_TWO_DATES;
    if (parts->has_days) {
        days[0] = floor_day(frame->now_ms) + parts->days;
        return 1;
    }
    if (parts->weekday != 0) {
        const size_t count =
            find_weekday(parts, from, from * DAY_MS + time_of(parts) <= from_ms, days);
        return frame->base_ms != 0 && !parts->is_next ? 1 : count;
    }
    *outcome = WHEN_NO_DAY;
    days[0] = from;
    days[1] = from + 1;
    if (frame->base_ms != 0)
        return 1;
    if (from * DAY_MS + time_of(parts) <= frame->now_ms) {
        days[0] = days[1];
        days[1]++;
    }
    return 2;
}

static size_t find_days(const struct when_parts *parts, const struct frame_days *frame,
                        int64_t days[2], enum when_outcome *outcome)
{
    const int64_t today = floor_day(frame->now_ms);

    *outcome = WHEN_TWO_DATES;
    if (parts->one != 0) {
        const bool has_one = find_date(parts, parts->one, parts->other, today, &days[0]);
        const bool has_other = find_date(parts, parts->other, parts->one, today, &days[1]);
        return has_one && has_other ? 2 : 0;
    }
    if (parts->month != 0)
        return find_date(parts, parts->month, parts->day, today, &days[0]) ? 1 : 0;
    return find_relative(parts, frame, days, outcome);
}

/* "at 2" and "midnight" mean two times of one day. */
static void add_other_time(const struct when_parts *parts, struct when_days *found)
{
    if (found->count != 1 || (!parts->is_hour_unclear && !parts->is_midnight))
        return;
    found->outcome = parts->is_midnight ? WHEN_TWO_DATES : WHEN_TWO_HOURS;
    found->count = 2;
    found->local_ms[1] = found->local_ms[0] + (parts->is_midnight ? DAY_MS : 12 * HOUR_MS);
    if (parts->is_hour_unclear && parts->hour == 12)
        found->local_ms[1] = found->local_ms[0] - 12 * HOUR_MS;
}

struct when_days when_days_find(const struct when_parts *parts, const struct when_frame *frame,
                                void *zone)
{
    const struct frame_days days_of = {
        .now_ms = frame->now + local_offset_of(zone, frame->now),
        .base_ms = frame->base == 0 ? 0 : frame->base + local_offset_of(zone, frame->base),
    };
    struct when_days found = {.outcome = WHEN_MOMENT};
    enum when_outcome why = WHEN_MOMENT;
    int64_t days[2] = {0};

    found.count = find_days(parts, &days_of, days, &why);
    for (size_t i = 0; i < found.count; i++)
        found.local_ms[i] = days[i] * DAY_MS + time_of(parts);
    if (found.count == 0)
        found.outcome = WHEN_NO_DATE;
    if (found.count == 2)
        found.outcome = why;
    found.is_after_base = frame->base != 0 && why == WHEN_NO_DAY;
    if (!found.is_after_base)
        add_other_time(parts, &found);
    return found;
}
