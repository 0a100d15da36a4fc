#include "gateway/incident/alert_target.h"

#include "gateway/incident/alert_words.h"

#include <string.h>

/* Those that speak: all whose alerts are ripe, or the one that is judged. */
static size_t count_speakers(const struct alert_facts *facts)
{
    return MAX(facts->member_count, 1);
}

static const struct alert_policy *policy_of(const struct alert_facts *facts, size_t n)
{
    return facts->member_count > 0 ? &facts->members[n]->policy : &facts->monitor->policy;
}

static enum incident_severity severity_by(const struct alert_policy *policy,
                                          const struct alert_facts *facts)
{
    const enum incident_severity own = facts->has_severity ? facts->severity : SEVERITY_MAJOR;

    if (!policy->has_severity)
        return own;
    if (policy->updates_on_change && facts->has_severity)
        return MAX(policy->severity, own);
    return policy->severity;
}

enum incident_severity alert_target_severity(const struct alert_facts *facts)
{
    enum incident_severity target = SEVERITY_MINOR;

    for (size_t i = 0; i < count_speakers(facts); i++)
        target = MAX(target, severity_by(policy_of(facts, i), facts));
    return target;
}

static bool has_had(const struct incident *incident, const char *component_id)
{
    for (size_t i = 0; incident != NULL && i < incident->affected_count; i++)
        if (strcmp(incident->affected[i].component_id, component_id) == 0)
            return true;
    return false;
}

static bool is_listed(const struct command *command, const char *component_id)
{
    for (size_t i = 0; i < command->component_count; i++)
        if (strcmp(command->components[i].component_id, component_id) == 0)
            return true;
    return false;
}

static size_t count_all(const struct alert_facts *facts)
{
    size_t count = 0;

    for (size_t i = 0; i < count_speakers(facts); i++)
        count += policy_of(facts, i)->component_count;
    return count;
}

void alert_target_affect(struct arena *arena, const struct alert_facts *facts,
                         struct command *command)
{
    struct component_change *changes =
        ARENA_ARRAY(arena, struct component_change, count_all(facts));

    command->components = changes;
    for (size_t i = 0; i < count_speakers(facts); i++) {
        const struct alert_policy *policy = policy_of(facts, i);

        for (size_t n = 0; n < policy->component_count; n++)
            if (!has_had(facts->incident, policy->component_ids[n]) &&
                !is_listed(command, policy->component_ids[n]))
                changes[command->component_count++] =
                    (struct component_change){COMPONENT_ADD, policy->component_ids[n], false, 0};
    }
}

bool alert_target_joins(const struct alert_facts *facts)
{
    for (size_t i = 0; i < facts->member_count; i++)
        for (size_t n = 0; n < facts->members[i]->policy.component_count; n++)
            if (!has_had(facts->incident, facts->members[i]->policy.component_ids[n]))
                return true;
    return false;
}

const char *alert_target_join(struct arena *arena, const struct alert_facts *facts,
                              struct command *command)
{
    const enum incident_severity target = alert_target_severity(facts);
    const char *text = "";

    alert_target_affect(arena, facts, command);
    if (target > facts->incident->highest_severity) {
        command->has_severity = true;
        command->severity = target;
    }
    for (size_t i = 0; i < command->component_count; i++) {
        const struct component *component =
            page_find_component(facts->page, command->components[i].component_id);

        if (component != NULL)
            text = arena_format(
                arena, "%s%s%s", text, text[0] != '\0' ? "\n\n" : "",
                alert_words(arena, facts->page->language, ALERT_TEXT_REPORTED, component->name));
    }
    return text;
}
