/* gateway/incident/maintenance.h: scheduled maintenance: an incident that was announced.
 *
 * It shares number, updates, threads and notifications with incidents: struct incident has a pointer to
 * this where it is one. Its incident_status is INVESTIGATING until it is over and RESOLVED from then on;
 * what people are shown is the state here. Components are under maintenance only while it runs. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

enum maintenance_state {
    MAINTENANCE_SCHEDULED,
    MAINTENANCE_IN_PROGRESS,
    MAINTENANCE_VERIFYING,
    MAINTENANCE_COMPLETED,
    MAINTENANCE_CANCELLED,
};
#define MAINTENANCE_STATE_COUNT 5

/* The longest that is taken, and how long ago one may have begun when it is announced. */
#define MAINTENANCE_MOST_MS (31 * INT64_C(24) * 3600 * 1000)
#define MAINTENANCE_PAST_MS (INT64_C(3600) * 1000)

struct maintenance {
    enum maintenance_state state;
    int64_t starts_at; /* as announced */
    int64_t ends_at;
    int64_t began_at;       /* as it was; 0 not yet */
    int64_t ended_at;       /* completed or cancelled; 0 not yet */
    bool completes_by_time; /* the clock completes it at ends_at */
    int64_t announced_at; /* when starts_at was told; a reminder is for who was told long before */
    int64_t reminded_at;  /* last reminder of this starts_at; 0 none */
    int64_t
        sequence; /* of its calendar entry: rises with each change of time, and at the end of all */
    const char *invitation; /* UID of the invitation that made it; "" none */
    int64_t invited;        /* highest SEQUENCE of that which was obeyed */
};

/* What somebody wants of one; what is not said (has_…) stays as it is. */
struct schedule {
    bool has_starts;
    int64_t starts_at;
    bool has_ends;
    int64_t ends_at;
    bool has_extension;
    int64_t
        extension_ms; /* the end, later by this; with a start: how long it takes from there. A start
                             alone keeps the length */
    bool has_state;
    enum maintenance_state state;
    bool has_completes;
    bool completes_by_time;
    bool is_reminder; /* the clock's */
    bool is_by_time;  /* the clock's: it begins and ends as announced, however late that is said */
    const char *invitation; /* NULL: not by one */
    int64_t invited;
};

/* Is it over? */
bool maintenance_is_over(const struct maintenance *maintenance);

/* `before` NULL: a new one, which needs starts and ends. False: `error` is INPUT (an end before the start,
 * a start in the past, longer than 31 days, a step that is none) and says what would work. Says in
 * *is_moved whether its time became another. */
bool maintenance_apply(const struct maintenance *before, const struct schedule *schedule,
                       int64_t now, struct maintenance *after, bool *is_moved, GError **error);

/* What a clock has to do. */
enum maintenance_step {
    MAINTENANCE_WAIT,
    MAINTENANCE_REMIND,
    MAINTENANCE_BEGIN,
    MAINTENANCE_COMPLETE, /* also of one that is over before it was said to begin */
};
/* *next_at: when to ask again; 0 never. `reminders` are spans before the start, in any order; each is for
 * who was told of this start before that moment. */
enum maintenance_step maintenance_due(const struct maintenance *maintenance,
                                      const int64_t *reminders, size_t reminder_count, int64_t now,
                                      int64_t *next_at);

/* "scheduled", "in_progress"; "Scheduled", "In progress" for people. */
const char *maintenance_state_name(enum maintenance_state state);
const char *maintenance_state_label(enum maintenance_state state);
bool maintenance_state_parse(struct text name, enum maintenance_state *state);
