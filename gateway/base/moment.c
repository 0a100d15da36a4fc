#include "gateway/base/moment.h"

#include "gateway/base/number.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What GDateTime can name: the years 1 to 9999. */
#define LEAST_MOMENT      INT64_C(-62135596800000)
#define MOST_MOMENT       INT64_C(253402300799999)
#define ZONE_NAME_BYTES   64
#define ZONE_FOLDER       "/usr/share/zoneinfo"
#define MOST_OFFSET_HOURS 23

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const struct unit {
    struct text suffix;
    int64_t ms;
    const char *name; /* NULL: not for people */
} units[] = {
    {TEXT_INIT("d"), DAY_MS, "day"},
    {TEXT_INIT("h"), HOUR_MS, "hour"},
    {TEXT_INIT("m"), MINUTE_MS, "minute"},
    {TEXT_INIT("s"), SECOND_MS, "second"},
    {TEXT_INIT("ms"), 1, NULL},
};

static int64_t read_clock(clockid_t clock)
{
    struct timespec now = {0};
    const int result = clock_gettime(clock, &now);

    assert(result == 0);
    return now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

int64_t moment_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t moment_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

/* Milliseconds within the second, also before 1970. */
static int64_t split(int64_t at, int64_t *seconds)
{
    const int64_t clamped = CLAMP(at, LEAST_MOMENT, MOST_MOMENT);
    const int64_t ms = (clamped % SECOND_MS + SECOND_MS) % SECOND_MS;

    *seconds = (clamped - ms) / SECOND_MS;
    return ms;
}

static GDateTime *utc(int64_t at, int64_t *ms)
{
    int64_t seconds = 0;

    *ms = split(at, &seconds);
    return g_date_time_new_from_unix_utc(seconds);
}

char *moment_write_iso(struct arena *arena, int64_t at)
{
    int64_t ms = 0;
    g_autoptr(GDateTime) time = utc(at, &ms);

    return arena_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03" PRId64 "Z",
                        g_date_time_get_year(time), g_date_time_get_month(time),
                        g_date_time_get_day_of_month(time), g_date_time_get_hour(time),
                        g_date_time_get_minute(time), g_date_time_get_second(time), ms);
}

/* Exactly `size` digits, taken off `rest`, and the byte `after` them (0: none). */
static bool take_number(struct text *rest, size_t size, char after, int64_t *number)
{
    const struct text digits = text_first(*rest, size);

    if (digits.size < size || !g_ascii_isdigit(digits.at[0]) ||
        !number_parse(digits, 0, 9999, number))
        return false;
    *rest = text_skip(*rest, size);
    if (after == '\0')
        return true;
    if (rest->size == 0 || g_ascii_toupper(rest->at[0]) != after)
        return false;
    *rest = text_skip(*rest, 1);
    return true;
}

/* ".123" or nothing; beyond milliseconds digits are read and dropped. */
static bool take_fraction(struct text *rest, int64_t *ms)
{
    int64_t scale = 100;
    size_t count = 0;

    *ms = 0;
    if (!text_has_prefix(*rest, TEXT(".")))
        return true;
    *rest = text_skip(*rest, 1);
    for (; rest->size > 0 && g_ascii_isdigit(rest->at[0]); count++) {
        *ms += (rest->at[0] - '0') * scale;
        scale /= 10;
        *rest = text_skip(*rest, 1);
    }
    return count > 0;
}

/* "Z", or "+01:00". */
static bool take_offset(struct text *rest, int64_t *offset_ms)
{
    int64_t hours = 0;
    int64_t minutes = 0;

    if (text_is_equal_any_case(*rest, TEXT("Z"))) {
        *rest = text_skip(*rest, 1);
        *offset_ms = 0;
        return true;
    }
    const bool is_west = text_has_prefix(*rest, TEXT("-"));
    if (!is_west && !text_has_prefix(*rest, TEXT("+")))
        return false;
    *rest = text_skip(*rest, 1);
    if (!take_number(rest, 2, ':', &hours) || !take_number(rest, 2, '\0', &minutes) ||
        hours > MOST_OFFSET_HOURS || minutes > 59)
        return false;
    *offset_ms = (is_west ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
    return true;
}

bool moment_parse_iso(struct text text, int64_t *at)
{
    static const struct {
        size_t digits;
        char after;
    } parts[] = {{4, '-'}, {2, '-'}, {2, 'T'}, {2, ':'}, {2, ':'}, {2, '\0'}};
    int64_t numbers[G_N_ELEMENTS(parts)];
    int64_t ms = 0;
    int64_t offset_ms = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!take_number(&text, parts[i].digits, parts[i].after, &numbers[i]))
            return false;
    if (!take_fraction(&text, &ms) || !take_offset(&text, &offset_ms) || text.size > 0)
        return false;
    g_autoptr(GDateTime) time =
        g_date_time_new_utc((int)numbers[0], (int)numbers[1], (int)numbers[2], (int)numbers[3],
                            (int)numbers[4], (double)numbers[5]);
    if (time == NULL)
        return false;
    *at = g_date_time_to_unix(time) * SECOND_MS + ms - offset_ms;
    return true;
}

char *moment_write_mail(struct arena *arena, int64_t at)
{
    int64_t ms = 0;
    g_autoptr(GDateTime) time = utc(at, &ms);

    return arena_format(arena, "%s, %02d %s %04d %02d:%02d:%02d +0000",
                        weekdays[g_date_time_get_day_of_week(time) - 1],
                        g_date_time_get_day_of_month(time), months[g_date_time_get_month(time) - 1],
                        g_date_time_get_year(time), g_date_time_get_hour(time),
                        g_date_time_get_minute(time), g_date_time_get_second(time));
}

/* The name becomes a path: letters, digits and "_+-/" alone, so neither "..", nor an absolute one. */
static bool is_zone_name(const char *zone)
{
    const size_t size = strlen(zone);

    if (size > ZONE_NAME_BYTES || !g_ascii_isalpha(zone[0]))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!g_ascii_isalnum(zone[i]) && strchr("_+-/", zone[i]) == NULL)
            return false;
    /* The folders of other clocks, and files that are copies of this machine's choice. */
    return !g_str_has_prefix(zone, "right/") && !g_str_has_prefix(zone, "posix/") &&
           strcmp(zone, "localtime") != 0 && strcmp(zone, "posixrules") != 0;
}

/* GLib takes other words too ("XYZ5" is a rule to it), and text files for zones. */
bool moment_is_zone(const char *zone)
{
    gchar *bytes = NULL;
    gsize size = 0;

    if (zone == NULL || !is_zone_name(zone))
        return false;
    const char *folder = getenv("TZDIR");
    g_autofree char *path = g_build_filename(folder == NULL ? ZONE_FOLDER : folder, zone, NULL);
    if (!g_file_get_contents(path, &bytes, &size, NULL))
        return false;
    const bool is_zone = text_has_prefix(text_from(bytes, size), TEXT("TZif"));
    g_free(bytes);
    return is_zone;
}

static GTimeZone *open_zone(const char *zone)
{
    GTimeZone *const found = moment_is_zone(zone) ? g_time_zone_new_identifier(zone) : NULL;

    return found == NULL ? g_time_zone_new_utc() : found;
}

struct moment_parts moment_split_local(struct arena *arena, int64_t at, const char *zone)
{
    int64_t ms = 0;
    g_autoptr(GTimeZone) found = open_zone(zone);
    g_autoptr(GDateTime) time = utc(at, &ms);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(time, found);

    if (local == NULL) /* beyond the year 9999 there */
        local = g_date_time_ref(time);
    const char *name = g_date_time_get_timezone_abbreviation(local);
    return (struct moment_parts){
        .year = g_date_time_get_year(local),
        .month = g_date_time_get_month(local),
        .day = g_date_time_get_day_of_month(local),
        .weekday = g_date_time_get_day_of_week(local),
        .hour = g_date_time_get_hour(local),
        .minute = g_date_time_get_minute(local),
        /* Many zones have no name but their offset: "-03". */
        .zone = arena_format(arena, "%s%s", g_ascii_isalpha(name[0]) ? "" : "UTC", name),
    };
}

char *moment_write_local(struct arena *arena, int64_t at, const char *zone)
{
    const struct moment_parts parts = moment_split_local(arena, at, zone);

    return arena_format(arena, "%04d-%02d-%02d %02d:%02d %s", parts.year, parts.month, parts.day,
                        parts.hour, parts.minute, parts.zone);
}

static char *write_count(struct arena *arena, int64_t count, const char *name)
{
    return arena_format(arena, "%" PRId64 " %s%s", count, name, count == 1 ? "" : "s");
}

char *moment_write_span(struct arena *arena, int64_t span_ms)
{
    const int64_t span = MAX(span_ms, 0);
    const struct unit *unit = units;

    while (unit->ms > SECOND_MS && span < unit->ms)
        unit++;
    char *const whole = write_count(arena, span / unit->ms, unit->name);
    if (unit->ms == SECOND_MS)
        return whole;
    const int64_t smaller = span % unit->ms / unit[1].ms;
    return smaller == 0
               ? whole
               : arena_format(arena, "%s %s", whole, write_count(arena, smaller, unit[1].name));
}

bool moment_parse_span(struct text text, int64_t *span_ms)
{
    size_t digits = 0;
    int64_t count = 0;

    while (digits < text.size && g_ascii_isdigit(text.at[digits]))
        digits++;
    const struct text suffix = text_skip(text, digits);
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (!text_is_equal(suffix, units[i].suffix))
            continue;
        if (!number_parse(text_first(text, digits), 0, INT64_MAX / units[i].ms, &count))
            return false;
        *span_ms = count * units[i].ms;
        return true;
    }
    return false;
}
