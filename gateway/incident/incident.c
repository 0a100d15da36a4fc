#include "gateway/incident/incident.h"

#include <assert.h>

struct word {
    const char *name;
    const char *label;
};

static const struct word statuses[] = {
    [INCIDENT_INVESTIGATING] = {"investigating", "Investigating"},
    [INCIDENT_IDENTIFIED] = {"identified", "Identified"},
    [INCIDENT_MONITORING] = {"monitoring", "Monitoring"},
    [INCIDENT_RESOLVED] = {"resolved", "Resolved"},
};
static_assert(G_N_ELEMENTS(statuses) == INCIDENT_STATUS_COUNT, "a status has no name");

static const struct word severities[] = {
    [SEVERITY_MINOR] = {"minor", "Minor"},
    [SEVERITY_MAJOR] = {"major", "Major"},
    [SEVERITY_CRITICAL] = {"critical", "Critical"},
};
static_assert(G_N_ELEMENTS(severities) == INCIDENT_SEVERITY_COUNT, "a severity has no name");

static bool find_word(const struct word *words, size_t count, struct text name, size_t *found)
{
    for (size_t i = 0; i < count; i++)
        if (text_is_equal_any_case(name, text_of(words[i].name))) {
            *found = i;
            return true;
        }
    return false;
}

const char *incident_status_name(enum incident_status status)
{
    assert((size_t)status < INCIDENT_STATUS_COUNT);
    return statuses[status].name;
}

const char *incident_status_label(enum incident_status status)
{
    assert((size_t)status < INCIDENT_STATUS_COUNT);
    return statuses[status].label;
}

bool incident_status_parse(struct text name, enum incident_status *status)
{
    size_t found;

    if (!find_word(statuses, INCIDENT_STATUS_COUNT, name, &found))
        return false;
    *status = (enum incident_status)found;
    return true;
}

const char *incident_severity_name(enum incident_severity severity)
{
    assert((size_t)severity < INCIDENT_SEVERITY_COUNT);
    return severities[severity].name;
}

const char *incident_severity_label(enum incident_severity severity)
{
    assert((size_t)severity < INCIDENT_SEVERITY_COUNT);
    return severities[severity].label;
}

bool incident_severity_parse(struct text name, enum incident_severity *severity)
{
    size_t found;

    if (!find_word(severities, INCIDENT_SEVERITY_COUNT, name, &found))
        return false;
    *severity = (enum incident_severity)found;
    return true;
}

enum component_state incident_component_state(enum incident_severity severity)
{
    static const enum component_state states[] = {
        [SEVERITY_MINOR] = COMPONENT_DEGRADED_PERFORMANCE,
        [SEVERITY_MAJOR] = COMPONENT_PARTIAL_OUTAGE,
        [SEVERITY_CRITICAL] = COMPONENT_MAJOR_OUTAGE,
    };

    assert((size_t)severity < G_N_ELEMENTS(states));
    return states[severity];
}
