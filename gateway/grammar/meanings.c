#include "gateway/grammar/meanings.h"

#include "gateway/grammar/subscribing.h"
#include "gateway/grammar/timing.h"

#include <assert.h>
#include <string.h>

static const struct section operators[] = {
    {"statuses", "investigating", MEANS_STATUS, INCIDENT_INVESTIGATING},
    {"statuses", "identified", MEANS_STATUS, INCIDENT_IDENTIFIED},
    {"statuses", "monitoring", MEANS_STATUS, INCIDENT_MONITORING},
    {"statuses", "resolved", MEANS_STATUS, INCIDENT_RESOLVED},
    {"severities", "minor", MEANS_SEVERITY, SEVERITY_MINOR},
    {"severities", "major", MEANS_SEVERITY, SEVERITY_MAJOR},
    {"severities", "critical", MEANS_SEVERITY, SEVERITY_CRITICAL},
    {"lines", "status", MEANS_LINE, LINE_STATUS},
    {"lines", "severity", MEANS_LINE, LINE_SEVERITY},
    {"lines", "components", MEANS_LINE, LINE_COMPONENTS},
    {"lines", "title", MEANS_LINE, LINE_TITLE},
    {"lines", "notify", MEANS_LINE, LINE_NOTIFY},
    {"lines", "private", MEANS_LINE, LINE_PRIVATE},
    {"lines", "preview", MEANS_LINE, LINE_PREVIEW},
    {"foreign_states", "investigating", MEANS_FOREIGN, INCIDENT_INVESTIGATING},
    {"foreign_states", "identified", MEANS_FOREIGN, INCIDENT_IDENTIFIED},
    {"foreign_states", "monitoring", MEANS_FOREIGN, INCIDENT_MONITORING},
    {"foreign_states", "resolved", MEANS_FOREIGN, INCIDENT_RESOLVED},
    {"answers", "yes", MEANS_YES, 0},
    {"answers", "no", MEANS_NO, 0},
    {"answers", "all", MEANS_ALL, 0},
    {"brackets", "maintenance", MEANS_MAINTENANCE, 0},
    {"times", "start", MEANS_TIMING, TIMING_START},
    {"times", "end", MEANS_TIMING, TIMING_END},
    {"times", "duration", MEANS_TIMING, TIMING_DURATION},
    {"times", "auto_complete", MEANS_TIMING, TIMING_COMPLETES},
    {"orders", "start", MEANS_ORDER, TIMING_BEGIN},
    {"orders", "extend", MEANS_ORDER, TIMING_EXTEND},
    {"orders", "until", MEANS_ORDER, TIMING_UNTIL},
    {"orders", "move", MEANS_ORDER, TIMING_MOVE},
    {"orders", "verify", MEANS_ORDER, TIMING_VERIFY},
    {"orders", "complete", MEANS_ORDER, TIMING_COMPLETE},
    {"orders", "cancel", MEANS_ORDER, TIMING_CANCEL},
    {"stages", "in_progress", MEANS_STAGE, MAINTENANCE_IN_PROGRESS},
    {"stages", "verifying", MEANS_STAGE, MAINTENANCE_VERIFYING},
    {"stages", "completed", MEANS_STAGE, MAINTENANCE_COMPLETED},
    {"stages", "cancelled", MEANS_STAGE, MAINTENANCE_CANCELLED},
    {"prefixes", "reply", MEANS_REPLY, 0},
    {"prefixes", "forward", MEANS_FORWARD, 0},
    {"brief", "acknowledge", MEANS_ACKNOWLEDGE, 0},
};

static const struct section subscribers[] = {
    {"words", "subscribe", MEANS_WORD, SUBSCRIBING_SUBSCRIBE},
    {"words", "unsubscribe", MEANS_WORD, SUBSCRIBING_UNSUBSCRIBE},
    {"words", "confirm", MEANS_WORD, SUBSCRIBING_CONFIRM},
    {"words", "preferences", MEANS_WORD, SUBSCRIBING_PREFERENCES},
    {"words", "help", MEANS_WORD, SUBSCRIBING_HELP},
    {"preferences", "components", MEANS_PREFERENCE, PREFERENCE_COMPONENTS},
    {"preferences", "severity", MEANS_PREFERENCE, PREFERENCE_SEVERITY},
    {"preferences", "kinds", MEANS_PREFERENCE, PREFERENCE_KINDS},
    {"preferences", "format", MEANS_PREFERENCE, PREFERENCE_FORMAT},
    {"preferences", "delivery", MEANS_PREFERENCE, PREFERENCE_DELIVERY},
    {"preferences", "critical", MEANS_PREFERENCE, PREFERENCE_CRITICAL},
    {"preferences", "time_zone", MEANS_PREFERENCE, PREFERENCE_TIME_ZONE},
    {"preferences", "language", MEANS_PREFERENCE, PREFERENCE_LANGUAGE},
    {"preferences", "pause", MEANS_PREFERENCE, PREFERENCE_PAUSE},
    {"preferences", "resume", MEANS_PREFERENCE, PREFERENCE_RESUME},
    {"preferences", "mute", MEANS_PREFERENCE, PREFERENCE_MUTE},
    {"preferences", "unmute", MEANS_PREFERENCE, PREFERENCE_UNMUTE},
    {"preferences", "follow", MEANS_PREFERENCE, PREFERENCE_FOLLOW},
    {"severities", "minor", MEANS_SEVERITY, SEVERITY_MINOR},
    {"severities", "major", MEANS_SEVERITY, SEVERITY_MAJOR},
    {"severities", "critical", MEANS_SEVERITY, SEVERITY_CRITICAL},
    {"kinds", "incidents", MEANS_KIND, NEWS_INCIDENTS},
    {"kinds", "maintenance", MEANS_KIND, NEWS_MAINTENANCE},
    {"kinds", "postmortems", MEANS_KIND, NEWS_POSTMORTEMS},
    {"formats", "html", MEANS_FORMAT, FORMAT_HTML},
    {"formats", "text", MEANS_FORMAT, FORMAT_TEXT},
    {"formats", "pager", MEANS_FORMAT, FORMAT_PAGER},
    {"deliveries", "immediate", MEANS_DELIVERY, DELIVERY_IMMEDIATE},
    {"deliveries", "daily", MEANS_DELIVERY, DELIVERY_DAILY},
    {"deliveries", "weekly", MEANS_DELIVERY, DELIVERY_WEEKLY},
    {"weekdays", "mon", MEANS_WEEKDAY, 1},
    {"weekdays", "tue", MEANS_WEEKDAY, 2},
    {"weekdays", "wed", MEANS_WEEKDAY, 3},
    {"weekdays", "thu", MEANS_WEEKDAY, 4},
    {"weekdays", "fri", MEANS_WEEKDAY, 5},
    {"weekdays", "sat", MEANS_WEEKDAY, 6},
    {"weekdays", "sun", MEANS_WEEKDAY, 7},
    {"languages", NULL, MEANS_LANGUAGE, 0},
    {"units", "hours", MEANS_UNIT, 1},
    {"units", "days", MEANS_UNIT, 24},
    {"units", "weeks", MEANS_UNIT, 7 * 24},
    {"units", "months", MEANS_UNIT, 30 * 24},
    {"answers", "yes", MEANS_YES, 0},
    {"answers", "no", MEANS_NO, 0},
    {"answers", "all", MEANS_ALL, 0},
    {"answers", "default", MEANS_DEFAULT, 0},
    {"answers", "until", MEANS_UNTIL, 0},
    {"answers", "group", MEANS_GROUP, 0},
    {"answers", "followed", MEANS_FOLLOWED, 0},
    {"around", "fillers", MEANS_FILLER, 0},
    {"around", "polite", MEANS_POLITE, 0},
};

static const struct {
    const struct section *sections;
    size_t count;
} languages[] = {
    [LANGUAGE_OF_OPERATORS] = {operators, G_N_ELEMENTS(operators)},
    [LANGUAGE_OF_SUBSCRIBERS] = {subscribers, G_N_ELEMENTS(subscribers)},
};
static_assert(G_N_ELEMENTS(languages) == LANGUAGE_KIND_COUNT, "a kind of language has no sections");

const struct section *meanings_find(enum language_kind kind, const char *group, const char *key)
{
    for (size_t i = 0; i < languages[kind].count; i++) {
        const struct section *one = &languages[kind].sections[i];
        if (strcmp(one->group, group) == 0 && (one->key == NULL || strcmp(one->key, key) == 0))
            return one;
    }
    return NULL;
}

bool meanings_have_group(enum language_kind kind, const char *group)
{
    for (size_t i = 0; i < languages[kind].count; i++)
        if (strcmp(languages[kind].sections[i].group, group) == 0)
            return true;
    return false;
}

const struct section *meanings_of(enum language_kind kind, size_t *count)
{
    *count = languages[kind].count;
    return languages[kind].sections;
}
