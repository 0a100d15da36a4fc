#include "gateway/grammar/timing.h"

#include "gateway/base/moment.h"
#include "gateway/base/when.h"

#include <string.h>

void timing_open(struct said *said, const struct maintenance *before, int64_t now)
{
    said->timing = ARENA_NEW(said->arena, struct timing);
    *said->timing = (struct timing){.now = now, .before = before};
}

static bool is_timed(const struct timing *timing, enum timing_kind kind)
{
    return timing->times[kind].before != NULL;
}

bool timing_is_said(const struct said *said)
{
    const struct timing *timing = said->timing;

    for (int kind = 0; timing != NULL && kind < TIMING_KIND_COUNT; kind++)
        if (is_timed(timing, (enum timing_kind)kind))
            return true;
    return timing != NULL && (timing->schedule.has_state || timing->schedule.has_completes);
}

void timing_ask_step(struct said *said, struct text word, struct text line)
{
    const bool is_new = said->timing->before == NULL;
    const char *const steps[] = {"start now", "verifying", "completed", "cancel: the reason", NULL};
    const char *const lines[] = {"Start: 2026-12-01 02:00 Europe/Berlin", "Duration: 2h", NULL};

    said_ask(
        said, QUESTION_STEP, line, is_new ? lines : steps,
        is_new ? "\"%s\" is no step of a maintenance that is only announced: it begins at its "
                 "start, and then replies say how it goes"
               : "\"%s\" is no step of a maintenance, which is scheduled, in progress, verifying, "
                 "completed or cancelled",
        text_clean_line(said->arena, word, 40));
}

/* In which zone a time is read, and after what. */
struct reckoning {
    const char *zone;
    int64_t base;
};

static struct when read_when(struct said *said, enum timing_kind kind,
                             const struct reckoning *reckoning)
{
    const struct when_frame frame = {reckoning->zone, said->timing->now, reckoning->base};

    return when_read(said->arena, said->timing->times[kind].value, &frame);
}

static void ask_time(struct said *said, enum timing_kind kind, const struct when *when,
                     const char *problem)
{
    const struct timed *timed = &said->timing->times[kind];
    const char *suggestions[WHEN_CANDIDATES_MOST + 1] = {NULL};

    for (size_t i = 0; i < when->candidate_count; i++)
        suggestions[i] =
            arena_format(said->arena, "%s %s", timed->before, when->candidates[i].text);
    said_ask(said, QUESTION_TIME, timed->line, suggestions, "%s", problem);
}

/* "End: 2h": two o'clock, or after two hours? */
static void ask_span_or_time(struct said *said, enum timing_kind kind)
{
    const struct timed *timed = &said->timing->times[kind];
    const int size = (int)timed->value.size;
    const char *const span = arena_format(said->arena, "Duration: %.*s", size, timed->value.at);
    const char *const suggestions[] = {
        kind == TIMING_END
            ? span
            : arena_format(said->arena, "%s in %.*s", timed->before, size, timed->value.at),
        NULL};

    said_ask(said, QUESTION_TIME, timed->line, suggestions,
             "\"%s\" is a span of time: a time of day is written like 02:00",
             text_clean_line(said->arena, timed->value, 40));
}

/* False: it was asked. */
static bool read_moment(struct said *said, enum timing_kind kind, struct reckoning *reckoning,
                        int64_t *at)
{
    const struct when when = read_when(said, kind, reckoning);

    if (when.outcome == WHEN_MOMENT) {
        *at = when.at;
        reckoning->base = when.at;
        reckoning->zone = when.zone;
        return true;
    }
    if (when.outcome == WHEN_SPAN)
        ask_span_or_time(said, kind);
    else
        ask_time(said, kind, &when, when.trouble);
    return false;
}

static bool read_span(struct said *said, enum timing_kind kind, const struct reckoning *reckoning,
                      int64_t *span_ms)
{
    const struct when when = read_when(said, kind, reckoning);
    const struct timed *timed = &said->timing->times[kind];
    const char *const suggestions[] = {arena_format(said->arena, "%s 2h", timed->before), NULL};

    *span_ms = when.span_ms;
    if (when.outcome == WHEN_SPAN && when.span_ms > 0)
        return true;
    said_ask(said, QUESTION_TIME, timed->line, suggestions,
             "\"%s\" is no span of time: one is written like 30m, 2h or 1h30m",
             text_clean_line(said->arena, timed->value, 40));
    return false;
}

static void ask_missing(struct said *said)
{
    const struct timing *timing = said->timing;
    const char *const starts[] = {"Start: 2026-12-01 02:00 Europe/Berlin", NULL};
    const char *const ends[] = {"End: 04:00", "Duration: 2h", NULL};
    const struct text line =
        is_timed(timing, TIMING_START) ? timing->times[TIMING_START].line : TEXT("");

    if (!is_timed(timing, TIMING_START))
        said_ask(said, QUESTION_NO_START, line, starts,
                 "when does the maintenance begin? That is a line above the text");
    else if (!is_timed(timing, TIMING_END) && !is_timed(timing, TIMING_DURATION))
        said_ask(
            said, QUESTION_NO_END, line, ends,
            "when does the maintenance end, or how long does it take? That is a line above the "
            "text");
}

static bool read_start(struct said *said, struct reckoning *reckoning)
{
    struct schedule *schedule = &said->timing->schedule;

    if (!is_timed(said->timing, TIMING_START))
        return true;
    schedule->has_starts = true;
    return read_moment(said, TIMING_START, reckoning, &schedule->starts_at);
}

static void ask_two_ends(struct said *said, enum timing_kind kind)
{
    said_ask(said, QUESTION_TWICE, said->timing->times[kind].line, NULL,
             "the end is said twice, differently");
}

/* What lasts as long as before unless something else is said. */
static bool read_length(struct said *said, const struct reckoning *reckoning)
{
    const struct timing *timing = said->timing;
    const struct maintenance *before = timing->before;
    struct schedule *schedule = &said->timing->schedule;
    const int64_t starts_at =
        schedule->has_starts || before == NULL ? schedule->starts_at : before->starts_at;
    int64_t length_ms = before != NULL ? before->ends_at - before->starts_at : 0;

    if (is_timed(timing, TIMING_DURATION) &&
        !read_span(said, TIMING_DURATION, reckoning, &length_ms))
        return false;
    if (!is_timed(timing, TIMING_DURATION) && (!schedule->has_starts || schedule->has_ends))
        return true;
    if (schedule->has_ends && schedule->ends_at != starts_at + length_ms) {
        ask_two_ends(said, TIMING_DURATION);
        return false;
    }
    schedule->has_ends = true;
    schedule->ends_at = starts_at + length_ms;
    return true;
}

static bool read_extension(struct said *said, const struct reckoning *reckoning)
{
    struct schedule *schedule = &said->timing->schedule;
    const bool has_end =
        is_timed(said->timing, TIMING_END) || is_timed(said->timing, TIMING_DURATION);

    if (!is_timed(said->timing, TIMING_EXTENSION))
        return true;
    if (has_end) {
        ask_two_ends(said, TIMING_EXTENSION);
        return false;
    }
    schedule->has_extension = true;
    return read_span(said, TIMING_EXTENSION, reckoning, &schedule->extension_ms);
}

static bool read_times(struct said *said)
{
    const struct maintenance *before = said->timing->before;
    struct schedule *schedule = &said->timing->schedule;
    struct reckoning reckoning = {said->page->time_zone, 0};

    if (!read_start(said, &reckoning))
        return false;
    if (!schedule->has_starts && before != NULL)
        reckoning.base = before->state == MAINTENANCE_SCHEDULED
                             ? before->starts_at
                             : MAX(before->starts_at, said->timing->now);
    if (is_timed(said->timing, TIMING_END)) {
        schedule->has_ends = true;
        if (!read_moment(said, TIMING_END, &reckoning, &schedule->ends_at))
            return false;
    }
    return read_length(said, &reckoning) && read_extension(said, &reckoning);
}

/* The line that a rule's refusal is about: the start where it is past, else what set the end. */
static struct text find_culprit(const struct timing *timing)
{
    static const enum timing_kind order[] = {TIMING_END, TIMING_DURATION, TIMING_EXTENSION,
                                             TIMING_START};
    const struct schedule *schedule = &timing->schedule;

    if (is_timed(timing, TIMING_START) && schedule->starts_at < timing->now - MAINTENANCE_PAST_MS)
        return timing->times[TIMING_START].line;
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        if (is_timed(timing, order[i]))
            return timing->times[order[i]].line;
    return TEXT("");
}

/* The rules say no before anything is asked of the store, so that the question quotes the line. */
static void check_rules(struct said *said)
{
    const struct timing *timing = said->timing;
    struct maintenance after;
    bool is_moved = false;
    g_autoptr(GError) error = NULL;

    if (!maintenance_apply(timing->before, &timing->schedule, timing->now, &after, &is_moved,
                           &error))
        said_ask(said, timing->schedule.has_state ? QUESTION_STEP : QUESTION_WINDOW,
                 find_culprit(timing), NULL, "%s", error->message);
}

void timing_settle(struct said *said)
{
    if (said->question != NULL)
        return;
    if (said->timing->before == NULL)
        ask_missing(said);
    else if (!timing_is_said(said))
        return;
    if (said->question != NULL || !read_times(said))
        return;
    check_rules(said);
    said->command.schedule = &said->timing->schedule;
}
