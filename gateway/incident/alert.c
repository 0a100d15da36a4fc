#include "gateway/incident/alert.h"

#include "gateway/base/moment.h"

#include <assert.h>
#include <string.h>

static const char *const outcome_names[] = {
    [ALERT_OPENED] = "opened", [ALERT_COUNTED] = "counted",           [ALERT_WORSENED] = "worsened",
    [ALERT_CLOSED] = "closed", [ALERT_NOTHING_OPEN] = "nothing_open", [ALERT_STALE] = "stale",
    [ALERT_NOTED] = "noted",
};
static_assert(G_N_ELEMENTS(outcome_names) == ALERT_OUTCOME_COUNT, "an outcome has no name");

const char *alert_outcome_name(enum alert_outcome outcome)
{
    assert((size_t)outcome < ALERT_OUTCOME_COUNT);
    return outcome_names[outcome];
}

static bool is_named(const struct alert_report *report)
{
    return report->named_at != 0 && report->named_at <= report->arrived_at + ALERT_AHEAD_MOST &&
           report->named_at >= report->arrived_at - ALERT_BEHIND_MOST;
}

/* Of the last word that counted. One that lies ahead was heard before our clock stepped back: then what
 * arrives now is the newer. */
static int64_t said_before(const struct alert *before, const struct alert_report *report)
{
    if (before->said_at > report->arrived_at + ALERT_AHEAD_MOST)
        return 0;
    return before->said_at;
}

/* Mails name whole seconds mostly: such a moment may be any within its second. */
static bool is_stale(const struct alert *before, const struct alert_report *report)
{
    const int64_t slack = report->named_at % SECOND_MS == 0 ? SECOND_MS - 1 : 0;

    return is_named(report) && report->named_at + slack < said_before(before, report);
}

static int64_t moment_of(const struct alert *before, const struct alert_report *report)
{
    const int64_t said_at = said_before(before, report);
    const int64_t at = is_named(report) ? report->named_at : report->arrived_at;

    return MAX(at, said_at);
}

static bool is_unstable(const struct alert *alert, int64_t now)
{
    return alert->unstable_until > now;
}

/* How many of its changes of state lie within the span, the one of now included. */
static int64_t count_recent(const struct alert *alert, int64_t within_ms, int64_t now)
{
    int64_t count = 0;

    for (size_t i = 0; i < alert->change_count; i++)
        count += now - alert->changes[i] <= within_ms ? 1 : 0;
    return count;
}

static void note_change(const struct alert_policy *policy, struct alert *alert, int64_t now)
{
    const struct alert_limit *limit = &policy->flapping;

    if (alert->change_count < ALERT_CHANGES_MOST)
        alert->change_count++;
    memmove(&alert->changes[1], &alert->changes[0],
            (alert->change_count - 1) * sizeof alert->changes[0]);
    alert->changes[0] = now;
    if (limit->most > 0 &&
        count_recent(alert, limit->within_ms, now) >= MIN(limit->most, (int64_t)ALERT_CHANGES_MOST))
        alert->unstable_until = now + limit->within_ms;
}

/* Without a severity of its own it is taken for major. */
static enum incident_severity severity_of(const struct alert *alert)
{
    return alert->has_severity ? alert->severity : SEVERITY_MAJOR;
}

static bool raise_severity(struct alert *alert, const struct alert_report *report)
{
    const bool is_worse = report->has_severity && report->severity > severity_of(alert);

    if (!report->has_severity || (alert->has_severity && !is_worse))
        return false;
    alert->has_severity = true;
    alert->severity = report->severity;
    return is_worse;
}

static void take_words(struct alert *alert, const struct alert_report *report)
{
    alert->detail = report->detail;
    alert->title = report->title;
    alert->update = report->update;
}

/* One that is held open by its flapping goes on as it was: only its state is another. */
static struct alert_heard open_alert(const struct alert_policy *policy, struct alert alert,
                                     const struct alert_report *report)
{
    const int64_t now = report->arrived_at;

    if (is_unstable(&alert, now)) {
        alert.count++;
        (void)raise_severity(&alert, report);
    } else {
        alert.opened_at = now;
        alert.count = 1;
        alert.has_severity = report->has_severity;
        alert.severity = report->severity;
        alert.unstable_until = 0;
    }
    alert.is_open = true;
    take_words(&alert, report);
    note_change(policy, &alert, now);
    return (struct alert_heard){ALERT_OPENED, alert};
}

static struct alert_heard count_problem(struct alert alert, const struct alert_report *report)
{
    alert.count++;
    if (raise_severity(&alert, report)) {
        take_words(&alert, report);
        return (struct alert_heard){ALERT_WORSENED, alert};
    }
    take_words(&alert, report);
    return (struct alert_heard){ALERT_COUNTED, alert};
}

/* A problem that comes late to what is open still counts, unless it may be of before the last clear. */
static struct alert_heard hear_late(struct alert alert, const struct alert_report *report)
{
    if (report->word == ALERT_PROBLEM && alert.is_open && report->named_at > alert.cleared_at) {
        alert.count++;
        return (struct alert_heard){raise_severity(&alert, report) ? ALERT_WORSENED : ALERT_COUNTED,
                                    alert};
    }
    return (struct alert_heard){ALERT_STALE, alert};
}

static struct alert_heard clear(const struct alert_policy *policy, struct alert alert,
                                const struct alert_report *report)
{
    if (!alert.is_open)
        return (struct alert_heard){ALERT_NOTHING_OPEN, alert};
    alert.is_open = false;
    alert.cleared_at = report->arrived_at;
    alert.resolved = report->resolved;
    note_change(policy, &alert, report->arrived_at);
    return (struct alert_heard){ALERT_CLOSED, alert};
}

static struct alert unheard_of(const char *key)
{
    return (struct alert){
        .monitor = "", .key = key, .detail = "", .title = "", .update = "", .resolved = ""};
}

struct alert_heard alert_hear(const struct alert_policy *policy, const struct alert *before,
                              const struct alert_report *report)
{
    struct alert alert = before != NULL ? *before : unheard_of(report->key);

    if (report->word == ALERT_ACKNOWLEDGED)
        return (struct alert_heard){alert.is_open ? ALERT_NOTED : ALERT_NOTHING_OPEN, alert};
    if (is_stale(&alert, report))
        return hear_late(alert, report);
    alert.said_at = moment_of(&alert, report);
    if (report->word == ALERT_CLEARED)
        return clear(policy, alert, report);
    return alert.is_open ? count_problem(alert, report) : open_alert(policy, alert, report);
}

int64_t alert_ripe_at(const struct alert_policy *policy, const struct alert *alert)
{
    return alert->count >= policy->open_after_alerts ? alert->opened_at + policy->open_after_ms : 0;
}

char *alert_cluster(struct arena *arena, const struct monitor *monitor, const char *key)
{
    const char *asked = monitor->policy.creates_incident ? "" : " asked";

    switch (monitor->policy.group) {
    case ALERT_GROUP_NONE:
        return arena_format(arena, "alert %s %s", monitor->name, key);
    case ALERT_GROUP_COMPONENT:
        if (monitor->policy.component_count > 0)
            return arena_format(arena, "component %s%s", monitor->policy.component_ids[0], asked);
        break;
    case ALERT_GROUP_PAGE:
        return arena_format(arena, "page%s", asked);
    case ALERT_GROUP_MONITOR:
        break;
    }
    return arena_format(arena, "monitor %s", monitor->name);
}

char *alert_cluster_of_many(struct arena *arena, const struct monitor *monitor)
{
    return arena_format(arena, "many %s", monitor->name);
}
