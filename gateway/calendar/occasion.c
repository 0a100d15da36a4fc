#include "gateway/calendar/occasion.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/calendar/recurrence.h"

#include <string.h>

#define DATES_MOST 400

struct date {
    int64_t at;
    int64_t local_ms; /* of a whole day */
    bool is_day;
};

struct spread {
    const struct event_desk *desk;
    const struct event *event;
    struct occurrence *occurrences;
    size_t most;
    struct date *excluded;
    size_t excluded_count;
    bool has_until;
    struct calendar_time until;
};

/* The dates of one EXDATE or RDATE line; of a period its start. */
static bool read_dates(const struct spread *spread, const struct content_line *line,
                       struct date *dates, size_t *count, GError **error)
{
    struct text rest = line->value;
    struct text piece;

    while (text_next_piece(&rest, ',', &piece)) {
        const ptrdiff_t slash = text_find_byte(piece, '/');
        const struct text value = slash < 0 ? piece : text_first(piece, (size_t)slash);
        struct calendar_time time;
        if (*count == DATES_MOST)
            return error_set(error, TOCSIN_ERROR_LIMIT, "it has more than %d dates of its own",
                             DATES_MOST);
        struct date *date = &dates[*count];
        if (!event_find_moment(spread->desk, line, value, &date->at, error))
            return false;
        (void)calendar_time_parse(value, &time);
        date->is_day = time.is_date;
        date->local_ms = time.local_ms;
        (*count)++;
    }
    return true;
}

static bool is_excluded(const struct spread *spread, int64_t at)
{
    const int64_t local_ms = calendar_time_local(at, spread->event->zone);

    for (size_t i = 0; i < spread->excluded_count; i++) {
        const struct date *date = &spread->excluded[i];
        if (date->is_day ? local_ms >= date->local_ms && local_ms < date->local_ms + DAY_MS
                         : at == date->at)
            return true;
    }
    return false;
}

/* False: no more are wanted. */
static bool add(struct spread *spread, int64_t at)
{
    struct invitation *invitation = spread->event->invitation;
    const int64_t span_ms = invitation->ends_at - invitation->starts_at;
    const struct calendar_frame *frame = spread->desk->frame;

    if (at > frame->now + frame->limits->horizon_ms) {
        invitation->is_cut = true;
        return false;
    }
    if (at + span_ms <= frame->now || is_excluded(spread, at))
        return true;
    for (size_t i = 0; i < invitation->occurrence_count; i++)
        if (spread->occurrences[i].original_at == at)
            return true;
    if (invitation->occurrence_count == spread->most) {
        invitation->is_cut = true;
        return false;
    }
    spread->occurrences[invitation->occurrence_count++] =
        (struct occurrence){.starts_at = at, .ends_at = at + span_ms, .original_at = at};
    return true;
}

static bool is_behind_until(const struct spread *spread, int64_t at, int64_t local_ms)
{
    if (!spread->has_until)
        return false;
    if (spread->until.is_utc)
        return at > spread->until.local_ms;
    return local_ms > spread->until.local_ms + (spread->until.is_date ? DAY_MS - 1 : 0);
}

static bool add_by_rule(struct spread *spread, GError **error)
{
    const struct event *event = spread->event;
    const struct recurrence *recurrence =
        recurrence_check(spread->desk->arena, event->rule->value, error);
    int64_t local_ms = 0;

    if (recurrence == NULL)
        return false;
    spread->has_until = recurrence->until.size > 0;
    if (spread->has_until && !calendar_time_parse(recurrence->until, &spread->until))
        return error_set(error, TOCSIN_ERROR_INPUT, "it recurs until no date");
    if (moment_monotonic() >= spread->desk->until) {
        event->invitation->is_cut = true;
        return true;
    }
    OWN(recurrence_run)
    run = recurrence_run_open(spread->desk->arena, recurrence, event->start_time.local_ms,
                              event->start_time.is_date);
    while (true) {
        if (moment_monotonic() >= spread->desk->until) {
            event->invitation->is_cut = true;
            return true;
        }
        if (!recurrence_run_next(run, &local_ms))
            return true;
        struct calendar_time time = event->start_time;
        time.local_ms = local_ms;
        const int64_t at = calendar_time_find(&time, event->zone);
        if (is_behind_until(spread, at, local_ms) || !add(spread, at))
            return true;
    }
}

static bool add_dates(struct spread *spread, GError **error)
{
    struct date *dates = ARENA_ARRAY(spread->desk->arena, struct date, DATES_MOST);
    const struct event *event = spread->event;
    size_t count = 0;

    for (size_t i = 0; i < event->line_count; i++) {
        const struct content_line *line = &event->lines[i];
        if (line->depth != 2)
            continue;
        if (content_is(line, "EXDATE") &&
            !read_dates(spread, line, spread->excluded, &spread->excluded_count, error))
            return false;
        if (content_is(line, "RDATE") && !read_dates(spread, line, dates, &count, error))
            return false;
    }
    if (count > 0)
        (void)add(spread, event->invitation->starts_at);
    for (size_t i = 0; i < count; i++)
        (void)add(spread, dates[i].at);
    event->invitation->is_recurring = event->invitation->is_recurring || count > 0;
    return true;
}

static int compare(const void *one, const void *other)
{
    const int64_t first = ((const struct occurrence *)one)->starts_at;
    const int64_t second = ((const struct occurrence *)other)->starts_at;

    return (first > second) - (first < second);
}

/* "This one is at another time, or is not." */
static void apply_exception(const struct spread *spread, const struct invitation *exception)
{
    const struct invitation *invitation = spread->event->invitation;

    for (size_t i = 0; i < invitation->occurrence_count; i++) {
        struct occurrence *occurrence = &spread->occurrences[i];
        if (occurrence->original_at != exception->recurrence_at)
            continue;
        occurrence->is_cancelled = exception->status == EVENT_CANCELLED;
        if (exception->starts_at == 0)
            continue;
        occurrence->starts_at = exception->starts_at;
        occurrence->ends_at = exception->ends_at;
    }
}

void occasion_expand(const struct event_desk *desk, const struct event *events, size_t count,
                     size_t master)
{
    const struct event *event = &events[master];
    struct invitation *invitation = event->invitation;
    struct spread spread = {.desk = desk, .event = event};
    g_autoptr(GError) error = NULL;

    if (event->start == NULL || invitation->recurrence_at != 0)
        return;
    spread.most = MIN(desk->frame->limits->occurrences_most, CALENDAR_OCCURRENCES_MOST);
    spread.occurrences = ARENA_ARRAY(desk->arena, struct occurrence, CALENDAR_OCCURRENCES_MOST);
    spread.excluded = ARENA_ARRAY(desk->arena, struct date, DATES_MOST);
    if (!add_dates(&spread, &error) || (event->rule != NULL && !add_by_rule(&spread, &error))) {
        invitation->trouble = arena_string(desk->arena, error->message);
        invitation->occurrence_count = 0;
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (events[i].invitation->recurrence_at != 0 &&
            strcmp(events[i].invitation->uid, invitation->uid) == 0)
            apply_exception(&spread, events[i].invitation);
    if (invitation->occurrence_count > 1)
        qsort(spread.occurrences, invitation->occurrence_count, sizeof *spread.occurrences,
              compare);
    invitation->occurrences = spread.occurrences;
}
