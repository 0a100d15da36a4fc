#include "gateway/incident/maintenance.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"

#include <assert.h>

static const struct {
    const char *name;
    const char *label;
    unsigned next; /* states that may follow */
} states[] = {
#define TO(state) (1U << (state))
    [MAINTENANCE_SCHEDULED] = {"scheduled", "Scheduled",
                               TO(MAINTENANCE_IN_PROGRESS) | TO(MAINTENANCE_COMPLETED) |
                                   TO(MAINTENANCE_CANCELLED)},
    [MAINTENANCE_IN_PROGRESS] = {"in_progress", "In progress",
                                 TO(MAINTENANCE_VERIFYING) | TO(MAINTENANCE_COMPLETED) |
                                     TO(MAINTENANCE_CANCELLED)},
    [MAINTENANCE_VERIFYING] = {"verifying", "Verifying",
                               TO(MAINTENANCE_IN_PROGRESS) | TO(MAINTENANCE_COMPLETED) |
                                   TO(MAINTENANCE_CANCELLED)},
    [MAINTENANCE_COMPLETED] = {"completed", "Completed", 0},
    [MAINTENANCE_CANCELLED] = {"cancelled", "Cancelled", 0},
#undef TO
};
static_assert(G_N_ELEMENTS(states) == MAINTENANCE_STATE_COUNT, "a state has no name");

const char *maintenance_state_name(enum maintenance_state state)
{
    assert((size_t)state < MAINTENANCE_STATE_COUNT);
    return states[state].name;
}

const char *maintenance_state_label(enum maintenance_state state)
{
    assert((size_t)state < MAINTENANCE_STATE_COUNT);
    return states[state].label;
}

bool maintenance_state_parse(struct text name, enum maintenance_state *state)
{
    for (size_t i = 0; i < MAINTENANCE_STATE_COUNT; i++)
        if (text_is_equal_any_case(name, text_of(states[i].name)) ||
            text_is_equal_any_case(name, text_of(states[i].label))) {
            *state = (enum maintenance_state)i;
            return true;
        }
    return false;
}

bool maintenance_is_over(const struct maintenance *maintenance)
{
    return maintenance->state == MAINTENANCE_COMPLETED ||
           maintenance->state == MAINTENANCE_CANCELLED;
}

/* May it be at this time? What is over is not asked. */
static bool check_time(const struct maintenance *after, int64_t now, GError **error)
{
    if (after->ends_at <= after->starts_at)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "a maintenance ends after it starts: this one would end first");
    if (after->ends_at - after->starts_at > MAINTENANCE_MOST_MS)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "a maintenance lasts 31 days at most: announce a longer one in parts");
    if (after->began_at == 0 && after->starts_at < now - MAINTENANCE_PAST_MS)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "the start is in the past, by more than an hour");
    if (after->ends_at <= now)
        return error_set(error, TOCSIN_ERROR_INPUT, "the end is in the past");
    return true;
}

static bool set_time(const struct maintenance *before, const struct schedule *schedule,
                     struct maintenance *after, GError **error)
{
    if (before != NULL && maintenance_is_over(before))
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "it is over, and its time can no longer be changed");
    if (schedule->has_starts && schedule->starts_at != after->starts_at) {
        if (after->began_at != 0)
            return error_set(error, TOCSIN_ERROR_INPUT,
                             "it has begun, and can be extended, but no longer moved");
        if (!schedule->has_extension)
            after->ends_at += schedule->starts_at - after->starts_at;
        after->starts_at = schedule->starts_at;
    }
    if (schedule->has_starts && schedule->has_extension)
        after->ends_at = after->starts_at;
    if (schedule->has_ends)
        after->ends_at = schedule->ends_at;
    if (schedule->has_extension)
        after->ends_at += schedule->extension_ms;
    return true;
}

static bool set_state(const struct schedule *schedule, int64_t now, struct maintenance *after,
                      GError **error)
{
    const enum maintenance_state state = schedule->state;

    if (!schedule->has_state || state == after->state)
        return true;
    if ((states[after->state].next & (1U << state)) == 0)
        return error_set(error, TOCSIN_ERROR_INPUT, "a maintenance that is %s cannot become %s",
                         states[after->state].name, states[state].name);
    after->state = state;
    if (state != MAINTENANCE_CANCELLED && after->began_at == 0)
        after->began_at = schedule->is_by_time ? after->starts_at : now;
    if (maintenance_is_over(after))
        after->ended_at = schedule->is_by_time ? MAX(after->ends_at, after->began_at) : now;
    return true;
}

/* One that begins before its time has that as its start. */
static void begin_early(struct maintenance *after)
{
    if (after->state == MAINTENANCE_IN_PROGRESS && after->began_at < after->starts_at)
        after->starts_at = after->began_at;
}

static bool is_time_said(const struct schedule *schedule)
{
    return schedule->has_starts || schedule->has_ends || schedule->has_extension;
}

static bool begin(const struct maintenance *before, const struct schedule *schedule, int64_t now,
                  struct maintenance *after, GError **error)
{
    if (before != NULL) {
        *after = *before;
        return true;
    }
    *after = (struct maintenance){
        .completes_by_time = true,
        .announced_at = now,
        .invitation = "",
    };
    if (!schedule->has_starts || (!schedule->has_ends && !schedule->has_extension))
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "a maintenance needs a start and an end: Start: 2026-12-01 02:00, and "
                         "End: 04:00 or Duration: 2h");
    return true;
}

static void note_invitation(const struct schedule *schedule, struct maintenance *after)
{
    if (schedule->invitation == NULL)
        return;
    after->invitation = schedule->invitation;
    after->invited = MAX(after->invited, schedule->invited);
}

bool maintenance_apply(const struct maintenance *before, const struct schedule *schedule,
                       int64_t now, struct maintenance *after, bool *is_moved, GError **error)
{
    if (!begin(before, schedule, now, after, error))
        return false;
    if (is_time_said(schedule) &&
        (!set_time(before, schedule, after, error) || !check_time(after, now, error)))
        return false;
    if (!set_state(schedule, now, after, error))
        return false;
    if (before == NULL && after->state == MAINTENANCE_SCHEDULED && after->starts_at <= now) {
        after->state = MAINTENANCE_IN_PROGRESS;
        after->began_at = after->starts_at;
    }
    begin_early(after);
    if (schedule->has_completes)
        after->completes_by_time = schedule->completes_by_time;
    if (schedule->is_reminder)
        after->reminded_at = now;
    note_invitation(schedule, after);
    *is_moved = before != NULL &&
                (before->starts_at != after->starts_at || before->ends_at != after->ends_at);
    if (*is_moved ||
        (before != NULL && after->state != before->state && maintenance_is_over(after)))
        after->sequence++;
    if (*is_moved && before->starts_at != after->starts_at) {
        after->announced_at = now;
        after->reminded_at = 0;
    }
    return true;
}

/* The latest reminder whose moment has come, of those that are for who was told before; 0: none. */
static int64_t find_reminder(const struct maintenance *maintenance, const int64_t *reminders,
                             size_t count, int64_t now, int64_t *next_at)
{
    int64_t found = 0;

    for (size_t i = 0; i < count; i++) {
        const int64_t at = maintenance->starts_at - reminders[i];
        if (at <= maintenance->announced_at || at <= maintenance->reminded_at)
            continue;
        if (at <= now)
            found = MAX(found, at);
        else
            *next_at = MIN(*next_at, at);
    }
    return found;
}

enum maintenance_step maintenance_due(const struct maintenance *maintenance,
                                      const int64_t *reminders, size_t reminder_count, int64_t now,
                                      int64_t *next_at)
{
    const bool is_past = maintenance->completes_by_time && maintenance->ends_at <= now;

    *next_at = 0;
    if (maintenance_is_over(maintenance))
        return MAINTENANCE_WAIT;
    if (is_past)
        return MAINTENANCE_COMPLETE;
    if (maintenance->state != MAINTENANCE_SCHEDULED) {
        *next_at = maintenance->completes_by_time ? maintenance->ends_at : 0;
        return MAINTENANCE_WAIT;
    }
    if (maintenance->starts_at <= now)
        return MAINTENANCE_BEGIN;
    *next_at = maintenance->starts_at;
    return find_reminder(maintenance, reminders, reminder_count, now, next_at) != 0
               ? MAINTENANCE_REMIND
               : MAINTENANCE_WAIT;
}
