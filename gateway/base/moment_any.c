/* Moments as programs write them: a text is cut into words, and each is a part of a date, of a time or of a
 * zone, once. */
#include "gateway/base/moment.h"
#include "gateway/base/number.h"

#include <string.h>

#define TEXT_BYTES    100
#define LEAST_SECONDS INT64_C(100000000)       /* 1973: what is less is no moment that is meant */
#define LEAST_MS      INT64_C(100000000000)    /* 1973 in milliseconds: 5138 in seconds */
#define MOST_MS       INT64_C(253402300799999) /* the year 9999 */

struct parts {
    bool has_year;
    bool has_month;
    bool has_day;
    bool has_time;
    bool has_zone; /* an offset; a name of a zone is not looked up */
    bool has_name; /* of a zone */
    bool has_half;
    bool is_afternoon;
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    int ms;
    int64_t offset_ms;
};

/* A word of a list by its first three letters or the whole of it. -1: none. */
static int find_name(struct text word, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is_equal_any_case(word, text_of(names[i])) ||
            (word.size == 3 && text_is_equal_any_case(word, text_first(text_of(names[i]), 3))))
            return (int)i;
    return -1;
}

/* Digits at the front, at least and at most so many. */
static bool take_digits(struct text *rest, size_t least, size_t most, int *number)
{
    size_t size = 0;
    int value = 0;

    while (size < rest->size && size < most && g_ascii_isdigit(rest->at[size]))
        value = value * 10 + (rest->at[size++] - '0');
    if (size < least || (size < rest->size && g_ascii_isdigit(rest->at[size])))
        return false;
    *rest = text_skip(*rest, size);
    *number = value;
    return true;
}

static bool take_byte(struct text *rest, const char *any)
{
    if (rest->size == 0 || strchr(any, rest->at[0]) == NULL)
        return false;
    *rest = text_skip(*rest, 1);
    return true;
}

/* "0100" */
static bool read_four(struct text word, int *hours, int *minutes)
{
    struct text first = text_first(word, 2);
    struct text second = text_skip(word, 2);

    return take_digits(&first, 2, 2, hours) && take_digits(&second, 2, 2, minutes);
}

/* "01:00", "5" */
static bool read_hours(struct text word, int *hours, int *minutes)
{
    if (!take_digits(&word, 1, 2, hours))
        return false;
    return word.size == 0 ||
           (take_byte(&word, ":") && take_digits(&word, 2, 2, minutes) && word.size == 0);
}

/* "+01:00", "+0100", "-5"; all of the word. */
static bool read_offset(struct text word, int64_t *offset_ms)
{
    const int sign = word.size > 0 && word.at[0] == '-' ? -1 : 1;
    int hours = 0;
    int minutes = 0;

    if (!take_byte(&word, "+-"))
        return false;
    const bool is_read =
        word.size == 4 ? read_four(word, &hours, &minutes) : read_hours(word, &hours, &minutes);
    if (!is_read || hours > 23 || minutes > 59)
        return false;
    *offset_ms = sign * (hours * HOUR_MS + minutes * MINUTE_MS);
    return true;
}

static bool set_offset(struct parts *parts, int64_t offset_ms)
{
    /* "+0000 (UTC)" says it twice. */
    if (parts->has_zone)
        return parts->offset_ms == offset_ms;
    parts->has_zone = true;
    parts->offset_ms = offset_ms;
    return true;
}

/* "Z", "UTC", "GMT+1", "+01:00", or a name that is not looked up. */
static bool read_zone(struct parts *parts, struct text word)
{
    int64_t offset_ms = 0;

    if (text_is_equal_any_case(word, TEXT("Z")))
        return set_offset(parts, 0);
    if (text_has_prefix_any_case(word, TEXT("UTC")) ||
        text_has_prefix_any_case(word, TEXT("GMT"))) {
        word = text_skip(word, 3);
        if (word.size == 0)
            return set_offset(parts, 0);
    }
    if (read_offset(word, &offset_ms))
        return set_offset(parts, offset_ms);
    if (parts->has_name || word.size < 2 || word.size > 5)
        return false;
    for (size_t i = 0; i < word.size; i++)
        if (!g_ascii_isalpha(word.at[i]))
            return false;
    parts->has_name = true;
    return true;
}

/* ".123" or ",123456" */
static bool take_fraction(struct text *rest, int *ms)
{
    int scale = 100;

    *ms = 0;
    if (!take_byte(rest, ".,"))
        return true;
    if (rest->size == 0 || !g_ascii_isdigit(rest->at[0]))
        return false;
    for (; rest->size > 0 && g_ascii_isdigit(rest->at[0]); scale /= 10) {
        *ms += (rest->at[0] - '0') * scale;
        *rest = text_skip(*rest, 1);
    }
    return true;
}

/* "13:18", "13:18:20.123", with "Z", an offset or "PM" at its end. */
static bool read_time(struct parts *parts, struct text word)
{
    if (parts->has_time || !take_digits(&word, 1, 2, &parts->hour) || !take_byte(&word, ":") ||
        !take_digits(&word, 2, 2, &parts->minute))
        return false;
    if (take_byte(&word, ":") &&
        (!take_digits(&word, 2, 2, &parts->second) || !take_fraction(&word, &parts->ms)))
        return false;
    parts->has_time = true;
    if (text_is_equal_any_case(word, TEXT("AM")) || text_is_equal_any_case(word, TEXT("PM"))) {
        parts->has_half = true;
        parts->is_afternoon = g_ascii_toupper(word.at[0]) == 'P';
        return true;
    }
    return word.size == 0 || read_zone(parts, word);
}

/* "2026-11-24", "2026/11/24", "2026.11.24", with "T13:18:20Z" at its end. */
static bool read_date(struct parts *parts, struct text word)
{
    if (parts->has_year || parts->has_month || parts->has_day ||
        !take_digits(&word, 4, 4, &parts->year) || word.size == 0)
        return false;
    const char separator[2] = {word.at[0], '\0'};
    if (!take_byte(&word, "-/.") || !take_digits(&word, 1, 2, &parts->month) ||
        !take_byte(&word, separator) || !take_digits(&word, 1, 2, &parts->day))
        return false;
    parts->has_year = true;
    parts->has_month = true;
    parts->has_day = true;
    return word.size == 0 || (take_byte(&word, "Tt") && read_time(parts, word));
}

/* "24" is a day, "2026" a year. */
static bool read_number(struct parts *parts, struct text word)
{
    int number = 0;
    const bool is_year = word.size == 4;

    if (!take_digits(&word, 1, 4, &number) || word.size > 0 ||
        (is_year ? parts->has_year : parts->has_day || number > 31))
        return false;
    if (is_year) {
        parts->has_year = true;
        parts->year = number;
    } else {
        parts->has_day = true;
        parts->day = number;
    }
    return true;
}

static bool read_name(struct parts *parts, struct text word)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    static const char *const others[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                         "Friday", "Saturday", "Sunday",    "at"};
    static const char *const halves[] = {"AM", "PM"};
    const int half = find_name(word, halves, G_N_ELEMENTS(halves));
    const int month = find_name(word, months, G_N_ELEMENTS(months));

    if (half >= 0 && !parts->has_half) {
        parts->has_half = true;
        parts->is_afternoon = half == 1;
        return true;
    }
    if (month >= 0 && !parts->has_month) {
        parts->has_month = true;
        parts->month = month + 1;
        return true;
    }
    return find_name(word, others, G_N_ELEMENTS(others)) >= 0 || read_zone(parts, word);
}

static bool read_word(struct parts *parts, struct text word)
{
    if (!g_ascii_isdigit(word.at[0]))
        return read_name(parts, word);
    if (text_find_byte(word, ':') >= 0 && text_find_byte(word, ':') <= 2)
        return read_time(parts, word);
    return word.size <= 4 ? read_number(parts, word) : read_date(parts, word);
}

/* Twelve-hour clocks know no 0 and no 13. */
static bool settle_half(struct parts *parts)
{
    if (!parts->has_half)
        return true;
    if (parts->hour < 1 || parts->hour > 12)
        return false;
    parts->hour = parts->hour % 12 + (parts->is_afternoon ? 12 : 0);
    return true;
}

static GTimeZone *open_zone(const struct parts *parts, const char *zone)
{
    GTimeZone *found = NULL;

    if (!parts->has_zone && moment_is_zone(zone))
        found = g_time_zone_new_identifier(zone);
    return found != NULL ? found : g_time_zone_new_utc();
}

static bool settle(struct parts *parts, const char *zone, int64_t *at)
{
    if (!parts->has_year || !parts->has_month || !parts->has_day || !parts->has_time ||
        !settle_half(parts))
        return false;
    g_autoptr(GTimeZone) found = open_zone(parts, zone);
    g_autoptr(GDateTime) time = g_date_time_new(found, parts->year, parts->month, parts->day,
                                                parts->hour, parts->minute, parts->second);
    /* An hour that summer time leaves out is moved by GLib: it does not exist. */
    if (time == NULL || g_date_time_get_hour(time) != parts->hour ||
        g_date_time_get_minute(time) != parts->minute)
        return false;
    *at = g_date_time_to_unix(time) * SECOND_MS + parts->ms - parts->offset_ms;
    return true;
}

/* "1795526300", "1795526300.123", "1795526300123" */
static bool read_unix(struct text text, int64_t *at)
{
    const ptrdiff_t dot = text_find_byte(text, '.');
    const struct text whole = dot < 0 ? text : text_first(text, (size_t)dot);
    struct text fraction = dot < 0 ? TEXT("") : text_skip(text, (size_t)dot);
    int64_t number = 0;
    int ms = 0;

    if (!number_parse(whole, LEAST_SECONDS, MOST_MS, &number))
        return false;
    if (number >= LEAST_MS) {
        if (dot >= 0)
            return false;
        *at = number;
        return true;
    }
    if (!take_fraction(&fraction, &ms) || fraction.size > 0)
        return false;
    *at = number * SECOND_MS + ms;
    return true;
}

/* Takes the next word off `rest`: between spaces, commas behind a word, and parentheses. */
static bool take_word(struct text *rest, struct text *word)
{
    size_t size = 0;

    while (rest->size > 0 && strchr(" \t,()", rest->at[0]) != NULL)
        *rest = text_skip(*rest, 1);
    while (size < rest->size && strchr(" \t()", rest->at[size]) == NULL)
        size++;
    *word = text_first(*rest, size);
    *rest = text_skip(*rest, size);
    while (word->size > 0 && word->at[word->size - 1] == ',')
        word->size--;
    return word->size > 0;
}

bool moment_parse_any(struct text text, const char *zone, int64_t *at)
{
    struct parts parts = {.has_year = false};
    struct text word;

    text = text_trim(text);
    if (text.size == 0 || text.size > TEXT_BYTES || memchr(text.at, '\0', text.size) != NULL)
        return false;
    if (moment_parse_iso(text, at) || read_unix(text, at))
        return true;
    while (take_word(&text, &word))
        if (!read_word(&parts, word))
            return false;
    return text.size == 0 && settle(&parts, zone, at);
}
