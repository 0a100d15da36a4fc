/* gateway/calendar/event.h: one VEVENT while its part is read. */
#pragma once

#include "gateway/calendar/calendar_time.h"
#include "gateway/calendar/invitation.h"

struct event {
    struct invitation *invitation;
    const struct content_line *lines; /* from its BEGIN on */
    size_t line_count;
    const struct content_line *start; /* the lines of its times; NULL: none */
    const struct content_line *end;
    const struct content_line *span;
    const struct content_line *rule;
    const struct content_line *instance;
    struct calendar_time start_time;
    const struct calendar_zone *zone; /* of the start */
};

struct event_desk {
    struct arena *arena;
    const struct calendar_frame *frame;
    struct zone_shelf *shelf;
    int64_t until; /* moment_monotonic() at which recurrence is cut */
};

/* What its lines say, but times. */
void event_read_words(struct arena *arena, struct event *event);

/* Its start, end and RECURRENCE-ID, or its trouble. */
void event_read_times(const struct event_desk *desk, struct event *event);

/* The moment of one value of a line. */
bool event_find_moment(const struct event_desk *desk, const struct content_line *line,
                       struct text value, int64_t *at, GError **error);
