#include "gateway/grammar/command_fields.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#define PEOPLE "title, status, severity, components, message, note, notify, preview"

/* What later commands need has its row already, so that grammars written for them load. */
static const char *const lists[] = {
    [COMMAND_OPEN] = PEOPLE,
    [COMMAND_UPDATE] = PEOPLE,
    [COMMAND_ALERT] = "key, title, severity, components, message, url, at",
    [COMMAND_CLEAR] = "key, title, message, url, at",
    [COMMAND_ACKNOWLEDGE] = "key, title, message, url, at, who",
    [COMMAND_MAINTAIN] = "key, title, status, components, message, starts, ends, notify, preview",
    [COMMAND_POSTMORTEM] = "title, timeline, root_cause, impact, resolution, action_items",
    [COMMAND_SUBSCRIBE] = "components, severity, format, language, time_zone",
    [COMMAND_UNSUBSCRIBE] = "",
    [COMMAND_CONFIRM] = "",
    [COMMAND_PREFERENCES] = "components, severity, format, language, time_zone",
    [COMMAND_HELP] = "",
    [COMMAND_IGNORE] = "",
};
static_assert(G_N_ELEMENTS(lists) == COMMAND_KIND_COUNT, "a command has no row");

const char *command_field_list(enum command_kind kind)
{
    assert((size_t)kind < COMMAND_KIND_COUNT);
    return lists[kind];
}

bool command_field_is_of(enum command_kind kind, const char *name)
{
    struct text rest = text_of(command_field_list(kind));
    struct text one;

    while (text_next_piece(&rest, ',', &one))
        if (text_is_equal(text_trim(one), text_of(name)))
            return true;
    return false;
}

const char *command_field_judge(enum command_kind kind, const char *name, const char *value)
{
    enum incident_severity severity;
    enum incident_status status;

    if (strcmp(name, "severity") == 0 && !incident_severity_parse(text_of(value), &severity))
        return "minor, major or critical";
    if (strcmp(name, "status") == 0 && kind != COMMAND_MAINTAIN &&
        !incident_status_parse(text_of(value), &status))
        return "investigating, identified, monitoring or resolved";
    if ((strcmp(name, "notify") == 0 || strcmp(name, "preview") == 0) &&
        strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        return "yes or no";
    return NULL;
}
