#include "gateway/calendar/invitation.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/calendar/occasion.h"

#include <assert.h>

#define SHOWN 40

const struct calendar_limits calendar_limits_default = {
    .bytes_most = (size_t)64 * 1024,
    .lines_most = 2000,
    .events_most = 20,
    .occurrences_most = CALENDAR_OCCURRENCES_MOST,
    .horizon_ms = 180 * DAY_MS,
    .deadline_ms = 500,
};

static const char *const methods[] = {
    [CALENDAR_PUBLISH] = "PUBLISH", [CALENDAR_REQUEST] = "REQUEST",
    [CALENDAR_REPLY] = "REPLY",     [CALENDAR_ADD] = "ADD",
    [CALENDAR_CANCEL] = "CANCEL",   [CALENDAR_REFRESH] = "REFRESH",
    [CALENDAR_COUNTER] = "COUNTER", [CALENDAR_DECLINECOUNTER] = "DECLINECOUNTER",
};
static_assert(G_N_ELEMENTS(methods) == CALENDAR_METHOD_COUNT, "a method has no name");

const char *calendar_method_name(enum calendar_method method)
{
    return methods[method];
}

static bool find_method(struct arena *arena, struct text name, enum calendar_method *method,
                        GError **error)
{
    *method = CALENDAR_NO_METHOD;
    if (name.size == 0)
        return true;
    for (size_t i = 1; i < CALENDAR_METHOD_COUNT; i++)
        if (text_is_equal_any_case(name, text_of(methods[i]))) {
            *method = (enum calendar_method)i;
            return true;
        }
    return error_set(error, TOCSIN_ERROR_INPUT, "its method \"%s\" is unknown",
                     text_clean_line(arena, name, SHOWN));
}

/* The METHOD inside and that of the part are one (RFC 6047 section 2.4); where one is missing, the other counts. */
static bool read_method(struct arena *arena, const struct content *content, struct text parameter,
                        struct calendar *calendar, GError **error)
{
    enum calendar_method said = CALENDAR_NO_METHOD;

    if (!find_method(arena, text_trim(parameter), &calendar->method, error))
        return false;
    for (size_t i = 0; i < content->count; i++) {
        const struct content_line *line = &content->lines[i];
        if (line->depth != 1 || !content_is(line, "METHOD"))
            continue;
        if (!find_method(arena, text_trim(line->value), &said, error))
            return false;
        if (calendar->method != CALENDAR_NO_METHOD && said != calendar->method)
            return error_set(error, TOCSIN_ERROR_INPUT, "it says %s and %s at once",
                             methods[calendar->method],
                             said == CALENDAR_NO_METHOD ? "none" : methods[said]);
        calendar->method = said;
    }
    return true;
}

static size_t count_events(const struct content *content, struct calendar *calendar)
{
    static const char *const others[] = {"VTODO", "VJOURNAL", "VFREEBUSY"};
    size_t count = 0;

    for (size_t i = 0; i < content->count; i++) {
        const struct content_line *line = &content->lines[i];
        if (line->depth != 2)
            continue;
        count += content_begins(line, "VEVENT") ? 1 : 0;
        for (size_t other = 0; other < G_N_ELEMENTS(others); other++)
            calendar->other_count += content_begins(line, others[other]) ? 1 : 0;
    }
    return count;
}

static struct event *split_events(struct arena *arena, const struct content *content, size_t count,
                                  struct invitation *invitations)
{
    struct event *events = ARENA_ARRAY(arena, struct event, count + 1);
    struct event *event = NULL;
    size_t taken = 0;

    for (size_t i = 0; i < content->count; i++) {
        const struct content_line *line = &content->lines[i];
        if (line->depth == 2 && content_begins(line, "VEVENT")) {
            event = &events[taken];
            event->lines = line;
            event->invitation = &invitations[taken++];
        }
        if (event != NULL)
            event->line_count++;
        if (line->depth == 2 && content_ends(line, "VEVENT"))
            event = NULL;
    }
    return events;
}

static void read_events(const struct event_desk *desk, struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        events[i].invitation->is_recurring = events[i].rule != NULL;
        event_read_times(desk, &events[i]);
    }
    for (size_t i = 0; i < count; i++)
        occasion_expand(desk, events, count, i);
}

const struct calendar *calendar_read(struct arena *arena, struct text text, struct text method,
                                     const struct calendar_frame *frame, GError **error)
{
    const struct calendar_limits *limits = frame->limits;
    const struct content *content =
        content_parse(arena, text, limits->bytes_most, limits->lines_most, error);
    struct calendar *calendar = ARENA_NEW(arena, struct calendar);

    if (content == NULL || !read_method(arena, content, method, calendar, error))
        return NULL;
    const size_t count = count_events(content, calendar);
    if (count > limits->events_most) {
        (void)error_set(error, TOCSIN_ERROR_LIMIT, "it has more than %zu events",
                        limits->events_most);
        return NULL;
    }
    struct invitation *invitations = ARENA_ARRAY(arena, struct invitation, count + 1);
    struct event *events = split_events(arena, content, count, invitations);
    OWN(zone_shelf) shelf = zone_shelf_open(arena, content, frame->zone);
    const struct event_desk desk = {
        .arena = arena,
        .frame = frame,
        .shelf = shelf,
        .until = moment_monotonic() + limits->deadline_ms,
    };
    for (size_t i = 0; i < count; i++)
        event_read_words(arena, &events[i]);
    read_events(&desk, events, count);
    calendar->invitations = invitations;
    calendar->count = count;
    return calendar;
}

bool calendar_check_maintnote(const struct invitation *invitation, GError **error)
{
    const struct maintnote *note = invitation->maintnote;
    const struct {
        const char *name;
        bool is_there;
    } wanted[] = {
        {"DTSTART", invitation->starts_at != 0},
        {"DTEND", invitation->has_end},
        {"DTSTAMP", invitation->stamped_at != 0},
        {"UID", *invitation->uid != '\0'},
        {"SUMMARY", *invitation->summary != '\0'},
        {"ORGANIZER", *invitation->organizer.address != '\0'},
        {"X-MAINTNOTE-PROVIDER", note != NULL && *note->provider != '\0'},
        {"X-MAINTNOTE-ACCOUNT", note != NULL && *note->account != '\0'},
        {"X-MAINTNOTE-MAINTENANCE-ID", note != NULL && *note->id != '\0'},
        {"X-MAINTNOTE-OBJECT-ID", note != NULL && note->object_count > 0},
    };

    if (invitation->trouble != NULL)
        return error_set(error, TOCSIN_ERROR_INPUT, "%s", invitation->trouble);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (!wanted[i].is_there)
            return error_set(error, TOCSIN_ERROR_INPUT, "it lacks %s", wanted[i].name);
    return true;
}
