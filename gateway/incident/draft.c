#include "gateway/incident/draft.h"

#include "gateway/base/moment.h"

#include <string.h>

struct draft {
    struct arena *arena;
    const struct facts *facts;
    const struct command *command;
    struct incident *incident;     /* as it is to be */
    const struct incident *before; /* NULL: opened */
    struct affected *affected;     /* incident->affected, still to be written */
    struct change *changes;
    size_t change_count;
};

static void note_change(struct draft *draft, enum change_field field, const char *from,
                        const char *to)
{
    draft->changes[draft->change_count++] = (struct change){field, from, to};
}

static void begin(struct draft *draft, int64_t now)
{
    const struct command *command = draft->command;
    const struct incident *before = draft->before;
    struct incident *incident = draft->incident;

    if (before == NULL) {
        *incident = (struct incident){
            .page_id = command->page_id,
            .title = command->title,
            .first_title = command->title,
            .status = command->has_status ? command->status : INCIDENT_INVESTIGATING,
            .severity = command->has_severity ? command->severity : SEVERITY_MINOR,
            .created_at = now,
            .updated_at = now,
        };
        incident->highest_severity = incident->severity;
        note_change(draft, CHANGE_OPENED, "", command->title);
        return;
    }
    *incident = *before;
    /* The clock may have stepped back: an incident's own time does not. */
    incident->updated_at = MAX(now, before->updated_at);
    for (size_t i = 0; i < before->affected_count; i++)
        draft->affected[i] = before->affected[i];
}

static void set_title(struct draft *draft)
{
    const char *title = draft->command->title;

    if (draft->before == NULL || title == NULL || title[0] == '\0' ||
        strcmp(title, draft->before->title) == 0)
        return;
    note_change(draft, CHANGE_TITLE, draft->before->title, title);
    draft->incident->title = title;
}

static void set_status(struct draft *draft)
{
    const struct command *command = draft->command;
    struct incident *incident = draft->incident;

    if (draft->before != NULL && command->has_status && command->status != incident->status) {
        note_change(draft, CHANGE_STATUS, incident_status_label(incident->status),
                    incident_status_label(command->status));
        incident->status = command->status;
    }
    if (incident->status != INCIDENT_RESOLVED)
        incident->resolved_at = 0;
    else if (incident->resolved_at == 0)
        incident->resolved_at = incident->updated_at;
}

/* Components whose state was what the old severity made of them follow the new one. */
static void set_severity(struct draft *draft)
{
    const struct command *command = draft->command;
    struct incident *incident = draft->incident;
    const enum component_state usual = incident_component_state(incident->severity);

    if (draft->before == NULL || !command->has_severity || command->severity == incident->severity)
        return;
    note_change(draft, CHANGE_SEVERITY, incident_severity_label(incident->severity),
                incident_severity_label(command->severity));
    incident->severity = command->severity;
    incident->highest_severity = MAX(incident->highest_severity, command->severity);
    for (size_t i = 0; i < incident->affected_count; i++)
        if (draft->affected[i].is_current && draft->affected[i].state == usual)
            draft->affected[i].state = incident_component_state(command->severity);
}

static void note_moment(struct draft *draft, enum change_field field, int64_t from, int64_t to)
{
    if (from != to)
        note_change(draft, field, from != 0 ? moment_write_iso(draft->arena, from) : "",
                    moment_write_iso(draft->arena, to));
}

/* Of a maintenance: what its status is made of. */
static void set_stage(struct draft *draft, const struct maintenance *after)
{
    const struct maintenance *before = draft->before != NULL ? draft->before->maintenance : NULL;
    struct incident *incident = draft->incident;

    incident->maintenance = after;
    incident->status = maintenance_is_over(after) ? INCIDENT_RESOLVED : INCIDENT_INVESTIGATING;
    incident->resolved_at =
        maintenance_is_over(after) ? MAX(after->ended_at, incident->created_at) : 0;
    note_moment(draft, CHANGE_STARTS, before != NULL ? before->starts_at : 0, after->starts_at);
    note_moment(draft, CHANGE_ENDS, before != NULL ? before->ends_at : 0, after->ends_at);
    if (before == NULL)
        return;
    if (before->state != after->state)
        note_change(draft, CHANGE_STATUS, maintenance_state_label(before->state),
                    maintenance_state_label(after->state));
    if (before->reminded_at != after->reminded_at && after->reminded_at != 0)
        note_moment(draft, CHANGE_REMINDED, 0, after->reminded_at);
}

/* What a maintenance makes of its components, whatever its author says. */
static void follow_stage(struct draft *draft)
{
    const struct maintenance *maintenance = draft->incident->maintenance;
    const bool is_running = maintenance->state == MAINTENANCE_IN_PROGRESS ||
                            maintenance->state == MAINTENANCE_VERIFYING;

    for (size_t i = 0; i < draft->incident->affected_count; i++)
        draft->affected[i].state = is_running ? COMPONENT_UNDER_MAINTENANCE : COMPONENT_OPERATIONAL;
}

static struct affected *find_affected(const struct draft *draft, const char *component_id)
{
    for (size_t i = 0; i < draft->incident->affected_count; i++)
        if (strcmp(draft->affected[i].component_id, component_id) == 0)
            return &draft->affected[i];
    return NULL;
}

static void add_component(struct draft *draft, const struct component_change *change)
{
    struct affected *affected = find_affected(draft, change->component_id);
    const bool is_known = affected != NULL && affected->is_current;

    if (affected == NULL) {
        affected = &draft->affected[draft->incident->affected_count++];
        affected->component_id = change->component_id;
    }
    if (change->has_state)
        affected->state = change->state;
    else if (!is_known)
        affected->state = incident_component_state(draft->incident->severity);
    affected->is_current = true;
}

static bool is_listed(const struct command *command, const char *component_id)
{
    for (size_t i = 0; i < command->component_count; i++)
        if (strcmp(command->components[i].component_id, component_id) == 0)
            return true;
    return false;
}

static void remove_unlisted(struct draft *draft)
{
    for (size_t i = 0; i < draft->incident->affected_count; i++)
        if (!is_listed(draft->command, draft->affected[i].component_id))
            draft->affected[i].is_current = false;
}

static void set_components(struct draft *draft)
{
    const struct command *command = draft->command;

    for (size_t i = 0; i < command->component_count; i++) {
        const struct component_change *change = &command->components[i];
        struct affected *affected;

        if (change->action == COMPONENT_ADD) {
            add_component(draft, change);
            continue;
        }
        affected = find_affected(draft, change->component_id);
        if (affected != NULL)
            affected->is_current = false;
    }
    if (command->replaces_components)
        remove_unlisted(draft);
}

/* "API: partial_outage"; operational where the incident says nothing of it. */
static const char *describe(const struct draft *draft, const char *component_id,
                            enum component_state state)
{
    const struct component *component = page_find_component(draft->facts->page, component_id);

    return arena_format(draft->arena, "%s: %s", component != NULL ? component->name : component_id,
                        component_state_name(state));
}

static const struct affected *find_before(const struct draft *draft, const char *component_id)
{
    if (draft->before == NULL)
        return NULL;
    for (size_t i = 0; i < draft->before->affected_count; i++)
        if (strcmp(draft->before->affected[i].component_id, component_id) == 0)
            return &draft->before->affected[i];
    return NULL;
}

static void note_components(struct draft *draft)
{
    for (size_t i = 0; i < draft->incident->affected_count; i++) {
        const struct affected *after = &draft->affected[i];
        const struct affected *before = find_before(draft, after->component_id);
        const bool was_current = before != NULL && before->is_current;
        const enum component_state from = was_current ? before->state : COMPONENT_OPERATIONAL;
        const enum component_state to = after->is_current ? after->state : COMPONENT_OPERATIONAL;

        if (was_current == after->is_current && from == to)
            continue;
        note_change(draft, CHANGE_COMPONENT,
                    was_current ? describe(draft, after->component_id, from) : "",
                    describe(draft, after->component_id, to));
    }
}

/* What an incident makes of one of its components: nothing, once it is resolved. */
static enum component_state share(const struct incident *incident, const struct affected *affected)
{
    if (incident == NULL || affected == NULL || incident->status == INCIDENT_RESOLVED ||
        !affected->is_current)
        return COMPONENT_OPERATIONAL;
    return affected->state;
}

static enum component_state worst_of_others(const struct facts *facts, const char *component_id)
{
    for (size_t i = 0; i < facts->other_count; i++)
        if (strcmp(facts->others[i].component_id, component_id) == 0)
            return facts->others[i].state;
    return COMPONENT_OPERATIONAL;
}

static void judge_states(const struct draft *draft, struct decision *decision)
{
    struct standing *states =
        ARENA_ARRAY(draft->arena, struct standing, draft->incident->affected_count);

    for (size_t i = 0; i < draft->incident->affected_count; i++) {
        const struct affected *after = &draft->affected[i];
        const struct affected *before = find_before(draft, after->component_id);
        const enum component_state others = worst_of_others(draft->facts, after->component_id);
        const enum component_state is = MAX(share(draft->before, before), others);
        const enum component_state becomes = MAX(share(draft->incident, after), others);

        if (is != becomes)
            states[decision->state_count++] = (struct standing){after->component_id, becomes};
    }
    decision->states = states;
}

bool draft_decision(struct arena *arena, const struct draft_request *request,
                    struct decision *decision)
{
    const struct command *command = request->command;
    const struct incident *before =
        command->kind == COMMAND_UPDATE ? request->facts->incident : NULL;
    const size_t affected_most =
        command->component_count + (before != NULL ? before->affected_count : 0);
    struct draft draft = {
        .arena = arena,
        .facts = request->facts,
        .command = command,
        .incident = ARENA_NEW(arena, struct incident),
        .before = before,
        .affected = ARENA_ARRAY(arena, struct affected, affected_most),
        .changes = ARENA_ARRAY(arena, struct change, affected_most + CHANGE_FIELD_COUNT),
    };
    bool is_public;

    begin(&draft, request->now);
    set_title(&draft);
    if (request->maintenance != NULL)
        set_stage(&draft, request->maintenance);
    else
        set_status(&draft);
    set_severity(&draft);
    set_components(&draft);
    if (request->maintenance != NULL)
        follow_stage(&draft);
    note_components(&draft);
    if (command->message[0] != '\0')
        note_change(&draft, CHANGE_MESSAGE, "", command->message);
    is_public = draft.change_count > 0;
    if (command->note[0] != '\0')
        note_change(&draft, CHANGE_NOTE, "", command->note);

    draft.incident->affected = draft.affected;
    decision->incident = draft.incident;
    decision->changes = draft.changes;
    decision->change_count = draft.change_count;
    judge_states(&draft, decision);
    return is_public;
}
