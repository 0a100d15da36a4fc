#include "gateway/calendar/event.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"

#include <assert.h>
#include <string.h>

#define ATTENDEES_MOST 100
#define ADDRESS_MOST   254
#define NAME_MOST      200
#define UID_MOST       1000
#define SUMMARY_MOST   500
#define SHOWN          40
#define SPAN_MOST_MS   (3660 * DAY_MS)

static const char *const statuses[] = {
    [EVENT_TENTATIVE] = "TENTATIVE",
    [EVENT_CONFIRMED] = "CONFIRMED",
    [EVENT_CANCELLED] = "CANCELLED",
};
static_assert(G_N_ELEMENTS(statuses) == EVENT_STATUS_COUNT, "a status has no name");

const char *event_status_name(enum event_status status)
{
    return statuses[status];
}

/* "mailto:ada@example.com"; what is no address is "". */
static const char *read_address(struct arena *arena, struct text value)
{
    value = text_trim(value);
    if (text_has_prefix_any_case(value, TEXT("mailto:")))
        value = text_trim(text_skip(value, strlen("mailto:")));
    const char *address = text_clean_line(arena, value, ADDRESS_MOST + 1);
    return value.size <= ADDRESS_MOST && strchr(address, '@') != NULL &&
                   strchr(address, ' ') == NULL
               ? address
               : "";
}

static struct calendar_person read_person(struct arena *arena, const struct content_line *line)
{
    char *state = content_read_line(arena, content_parameter(line, "PARTSTAT"), SHOWN);

    for (char *at = state; *at != '\0'; at++)
        *at = g_ascii_toupper(*at);
    return (struct calendar_person){
        .address = read_address(arena, line->value),
        .name = content_read_line(arena, content_parameter(line, "CN"), NAME_MOST),
        .state = state,
    };
}

static enum event_status read_status(struct text value)
{
    for (size_t i = 1; i < EVENT_STATUS_COUNT; i++)
        if (text_is_equal_any_case(text_trim(value), text_of(statuses[i])))
            return (enum event_status)i;
    return EVENT_STATUS_UNSAID;
}

static void read_attendees(struct arena *arena, struct event *event)
{
    struct calendar_person *people = ARENA_ARRAY(arena, struct calendar_person, ATTENDEES_MOST);
    struct invitation *invitation = event->invitation;

    for (size_t i = 0; i < event->line_count; i++) {
        const struct content_line *line = &event->lines[i];
        if (line->depth == 2 && content_is(line, "ATTENDEE") &&
            invitation->attendee_count < ATTENDEES_MOST)
            people[invitation->attendee_count++] = read_person(arena, line);
    }
    invitation->attendees = people;
}

static void read_sequence(struct invitation *invitation, const struct content_line *line)
{
    invitation->has_sequence =
        number_parse(text_trim(line->value), 0, INT32_MAX, &invitation->sequence);
}

/* Where each property goes: a string of a line, of many lines, or a line that is read later. */
static const struct word {
    const char *name;
    size_t offset;
    size_t line_most; /* 0: many lines */
} words[] = {
    {"UID", offsetof(struct invitation, uid), UID_MOST},
    {"SUMMARY", offsetof(struct invitation, summary), SUMMARY_MOST},
    {"LOCATION", offsetof(struct invitation, location), SUMMARY_MOST},
    {"DESCRIPTION", offsetof(struct invitation, description), 0},
    {"COMMENT", offsetof(struct invitation, comment), 0},
};

static const struct line_of_time {
    const char *name;
    size_t offset;
} times[] = {
    {"DTSTART", offsetof(struct event, start)},          {"DTEND", offsetof(struct event, end)},
    {"DURATION", offsetof(struct event, span)},          {"RRULE", offsetof(struct event, rule)},
    {"RECURRENCE-ID", offsetof(struct event, instance)},
};

/* Of each the first counts. */
static void read_word(struct arena *arena, struct event *event, const struct content_line *line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        const char **word = (const char **)((char *)event->invitation + words[i].offset);
        if (!content_is(line, words[i].name) || **word != '\0')
            continue;
        *word = words[i].line_most > 0 ? content_read_line(arena, line->value, words[i].line_most)
                                       : content_read_text(arena, line->value);
    }
}

static void keep_line(struct event *event, const struct content_line *line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        const struct content_line **time =
            (const struct content_line **)((char *)event + times[i].offset);
        if (content_is(line, times[i].name) && *time == NULL)
            *time = line;
    }
}

static void read_line(struct arena *arena, struct event *event, const struct content_line *line)
{
    struct invitation *invitation = event->invitation;
    struct calendar_time stamp;

    read_word(arena, event, line);
    keep_line(event, line);
    if (content_is(line, "ORGANIZER"))
        invitation->organizer = read_person(arena, line);
    else if (content_is(line, "STATUS"))
        invitation->status = read_status(line->value);
    else if (content_is(line, "SEQUENCE"))
        read_sequence(invitation, line);
    else if (content_is(line, "DTSTAMP") && calendar_time_parse(line->value, &stamp))
        invitation->stamped_at = stamp.local_ms; /* always UTC */
}

void event_read_words(struct arena *arena, struct event *event)
{
    struct invitation *invitation = event->invitation;

    invitation->uid = invitation->summary = invitation->description = invitation->location =
        invitation->comment = invitation->zone = invitation->recurrence_day = "";
    invitation->organizer = (struct calendar_person){"", "", ""};
    for (size_t i = 0; i < event->line_count; i++)
        if (event->lines[i].depth == 2)
            read_line(arena, event, &event->lines[i]);
    read_attendees(arena, event);
    invitation->maintnote = maintnote_read(arena, event->lines, event->line_count, 2);
}

static bool find_time(const struct event_desk *desk, const struct content_line *line,
                      struct text value, struct calendar_time *time,
                      const struct calendar_zone **zone, GError **error)
{
    if (!calendar_time_parse(value, time))
        return error_set(error, TOCSIN_ERROR_INPUT, "%.*s \"%s\" is no date or time",
                         (int)line->name.size, line->name.at,
                         text_clean_line(desk->arena, value, SHOWN));
    *zone = zone_shelf_find(
        desk->shelf, time->is_date || time->is_utc ? TEXT("") : content_parameter(line, "TZID"),
        error);
    return *zone != NULL;
}

bool event_find_moment(const struct event_desk *desk, const struct content_line *line,
                       struct text value, int64_t *at, GError **error)
{
    struct calendar_time time;
    const struct calendar_zone *zone = NULL;

    if (!find_time(desk, line, value, &time, &zone, error))
        return false;
    *at = calendar_time_find(&time, zone);
    return true;
}

static bool take_count(struct text *rest, char unit, int64_t unit_ms, int64_t *ms)
{
    size_t digits = 0;
    int64_t count = 0;

    while (digits < rest->size && g_ascii_isdigit(rest->at[digits]))
        digits++;
    if (digits == 0 || digits > 6 || digits == rest->size || rest->at[digits] != unit)
        return false;
    (void)number_parse(text_first(*rest, digits), 0, INT32_MAX, &count);
    *ms += count * unit_ms;
    *rest = text_skip(*rest, digits + 1);
    return true;
}

/* "P1DT2H": the days are the calendar's, the rest is exact (RFC 5545 section 3.3.6). */
static bool parse_span(struct text value, int64_t *days_ms, int64_t *exact_ms)
{
    struct text rest = text_trim(value);

    *days_ms = *exact_ms = 0;
    if (text_has_prefix(rest, TEXT("+")))
        rest = text_skip(rest, 1);
    if (!text_has_prefix(rest, TEXT("P")))
        return false;
    rest = text_skip(rest, 1);
    (void)take_count(&rest, 'W', 7 * DAY_MS, days_ms);
    (void)take_count(&rest, 'D', DAY_MS, days_ms);
    if (text_has_prefix(rest, TEXT("T"))) {
        rest = text_skip(rest, 1);
        (void)take_count(&rest, 'H', HOUR_MS, exact_ms);
        (void)take_count(&rest, 'M', MINUTE_MS, exact_ms);
        (void)take_count(&rest, 'S', SECOND_MS, exact_ms);
    }
    return rest.size == 0 && *days_ms + *exact_ms <= SPAN_MOST_MS;
}

static bool read_span(struct event *event, GError **error)
{
    struct calendar_time end = event->start_time;
    int64_t days_ms = 0;
    int64_t exact_ms = 0;

    if (!parse_span(event->span->value, &days_ms, &exact_ms))
        return error_set(error, TOCSIN_ERROR_INPUT, "its DURATION is none");
    end.local_ms += days_ms;
    event->invitation->ends_at = calendar_time_find(&end, event->zone) + exact_ms;
    event->invitation->has_end = true;
    return true;
}

static bool read_end(const struct event_desk *desk, struct event *event, GError **error)
{
    struct invitation *invitation = event->invitation;
    struct calendar_time day = event->start_time;

    invitation->ends_at = invitation->starts_at;
    if (event->end == NULL && event->span != NULL)
        return read_span(event, error);
    if (event->end != NULL &&
        !event_find_moment(desk, event->end, event->end->value, &invitation->ends_at, error))
        return false;
    invitation->has_end = event->end != NULL;
    if (invitation->is_all_day && invitation->ends_at <= invitation->starts_at) {
        day.local_ms += DAY_MS;
        invitation->ends_at = calendar_time_find(&day, event->zone);
    }
    return invitation->ends_at >= invitation->starts_at ||
           error_set(error, TOCSIN_ERROR_INPUT, "it ends before it begins");
}

static bool read_times(const struct event_desk *desk, struct event *event, GError **error)
{
    struct invitation *invitation = event->invitation;

    if (event->instance != NULL) {
        invitation->is_from_then_on = text_is_equal_any_case(
            content_parameter(event->instance, "RANGE"), TEXT("THISANDFUTURE"));
        if (!event_find_moment(desk, event->instance, event->instance->value,
                               &invitation->recurrence_at, error))
            return false;
        const struct text value = text_trim(event->instance->value);
        if (value.size == strlen("20261201"))
            invitation->recurrence_day = arena_copy(desk->arena, value.at, value.size);
    }
    if (event->start == NULL)
        return true;
    if (!find_time(desk, event->start, event->start->value, &event->start_time, &event->zone,
                   error))
        return false;
    const struct calendar_time *start = &event->start_time;
    invitation->starts_at = calendar_time_find(start, event->zone);
    invitation->is_all_day = start->is_date;
    invitation->is_floating =
        !start->is_date && !start->is_utc && content_parameter(event->start, "TZID").size == 0;
    invitation->zone = start->is_utc ? "UTC" : calendar_zone_name(event->zone);
    return read_end(desk, event, error);
}

void event_read_times(const struct event_desk *desk, struct event *event)
{
    struct invitation *invitation = event->invitation;
    g_autoptr(GError) error = NULL;

    if (read_times(desk, event, &error))
        return;
    invitation->trouble = arena_string(desk->arena, error->message);
    invitation->starts_at = invitation->ends_at = 0;
    event->start = NULL;
}
