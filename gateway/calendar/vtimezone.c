#include "gateway/calendar/vtimezone.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/calendar/recurrence.h"

#include <libical/ical.h>

#include <string.h>

#define RULES_MOST  64  /* STANDARD and DAYLIGHT */
#define RDATES_MOST 400 /* dates of change, written one by one */

struct vtimezone {
    icaltimezone *zone;
};

struct making {
    GString *text;
    size_t rules;
    size_t dates;
    bool has_start; /* in the rule at hand */
    bool has_from;
    bool has_to;
};

static size_t find_zone(const struct content *content, struct text tzid)
{
    size_t begin = content->count;

    for (size_t i = 0; i < content->count; i++) {
        const struct content_line *line = &content->lines[i];
        if (content_begins(line, "VTIMEZONE") && line->depth == 2)
            begin = i;
        else if (line->depth == 2 && content_is(line, "TZID") && begin < i &&
                 text_is_equal(text_trim(line->value), text_trim(tzid)))
            return begin;
        else if (line->depth <= 2 && content_is(line, "END"))
            begin = content->count;
    }
    return content->count;
}

static bool is_of(struct text value, const char *bytes, size_t least, size_t most)
{
    if (value.size < least || value.size > most)
        return false;
    for (size_t i = 0; i < value.size; i++)
        if (strchr(bytes, value.at[i]) == NULL)
            return false;
    return true;
}

static void copy(struct making *making, const char *name, struct text value)
{
    g_string_append_printf(making->text, "%s:%.*s\r\n", name, (int)value.size, value.at);
}

static bool copy_dates(struct making *making, struct text list, GError **error)
{
    struct text date;

    while (text_next_piece(&list, ',', &date)) {
        if (!is_of(date, "0123456789TZ", 8, 16))
            return error_set(error, TOCSIN_ERROR_INPUT, "its time zone has a wrong RDATE");
        if (making->dates++ == RDATES_MOST)
            return error_set(error, TOCSIN_ERROR_LIMIT, "its time zone changes too often");
        copy(making, "RDATE", date);
    }
    return true;
}

static bool copy_property(struct arena *arena, struct making *making,
                          const struct content_line *line, GError **error)
{
    const struct text value = text_trim(line->value);

    if (content_is(line, "RRULE")) {
        const char *rule = recurrence_check_zone(arena, value, error);
        if (rule != NULL)
            copy(making, "RRULE", text_of(rule));
        return rule != NULL;
    }
    if (content_is(line, "RDATE"))
        return copy_dates(making, value, error);
    if (content_is(line, "DTSTART")) {
        making->has_start = is_of(value, "0123456789TZ", 8, 16);
        copy(making, "DTSTART", making->has_start ? value : TEXT(""));
    } else if (content_is(line, "TZOFFSETFROM")) {
        making->has_from = is_of(value, "+-0123456789", 5, 7);
        copy(making, "TZOFFSETFROM", making->has_from ? value : TEXT(""));
    } else if (content_is(line, "TZOFFSETTO")) {
        making->has_to = is_of(value, "+-0123456789", 5, 7);
        copy(making, "TZOFFSETTO", making->has_to ? value : TEXT(""));
    }
    return true;
}

/* STANDARD or DAYLIGHT, from its BEGIN to its END. */
static bool copy_border(struct making *making, const struct content_line *line, GError **error)
{
    const char *name =
        text_is_equal_any_case(text_trim(line->value), TEXT("DAYLIGHT")) ? "DAYLIGHT" : "STANDARD";

    if (content_is(line, "BEGIN")) {
        if (making->rules++ == RULES_MOST)
            return error_set(error, TOCSIN_ERROR_LIMIT, "its time zone has too many rules");
        making->has_start = making->has_from = making->has_to = false;
        copy(making, "BEGIN", text_of(name));
        return true;
    }
    copy(making, "END", text_of(name));
    if (!making->has_start || !making->has_from || !making->has_to)
        return error_set(error, TOCSIN_ERROR_INPUT, "its time zone is not complete");
    return true;
}

static bool make_text(struct arena *arena, const struct content *content, size_t begin,
                      struct making *making, GError **error)
{
    g_string_append(making->text, "BEGIN:VTIMEZONE\r\nTZID:brought\r\n");
    for (size_t i = begin + 1; i < content->count; i++) {
        const struct content_line *line = &content->lines[i];
        if (line->depth == 2 && content_is(line, "END"))
            break;
        if (line->depth != 3)
            continue;
        const bool is_border = content_is(line, "BEGIN") || content_is(line, "END");
        if (!(is_border ? copy_border(making, line, error)
                        : copy_property(arena, making, line, error)))
            return false;
    }
    g_string_append(making->text, "END:VTIMEZONE\r\n");
    if (making->rules == 0)
        return error_set(error, TOCSIN_ERROR_INPUT, "its time zone has no rule");
    return true;
}

struct vtimezone *vtimezone_open(struct arena *arena, const struct content *content,
                                 struct text tzid, GError **error)
{
    const size_t begin = find_zone(content, tzid);
    g_autoptr(GString) text = g_string_new(NULL);
    struct making making = {.text = text};

    if (begin == content->count || !make_text(arena, content, begin, &making, error))
        return NULL;
    icalcomponent *component = icalparser_parse_string(text->str);
    icaltimezone *zone = icaltimezone_new();
    if (component == NULL || icaltimezone_set_component(zone, component) == 0) {
        if (component != NULL)
            icalcomponent_free(component);
        icaltimezone_free(zone, 1);
        (void)error_set(error, TOCSIN_ERROR_INPUT, "its time zone cannot be read");
        return NULL;
    }
    struct vtimezone *opened = ARENA_NEW(arena, struct vtimezone);
    opened->zone = zone;
    return opened;
}

void vtimezone_close(struct vtimezone *zone)
{
    if (zone != NULL && zone->zone != NULL)
        icaltimezone_free(zone->zone, 1);
    if (zone != NULL)
        zone->zone = NULL;
}

int64_t vtimezone_offset(void *zone, int64_t at)
{
    struct vtimezone *vtimezone = zone;
    const int64_t second = (at - (at % SECOND_MS + SECOND_MS) % SECOND_MS) / SECOND_MS;
    int is_daylight = 0;
    struct icaltimetype time =
        icaltime_from_timet_with_zone((time_t)second, 0, icaltimezone_get_utc_timezone());

    return icaltimezone_get_utc_offset_of_utc_time(vtimezone->zone, &time, &is_daylight) *
           SECOND_MS;
}
