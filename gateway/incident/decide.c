#include "gateway/incident/decide.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/incident/draft.h"
#include "gateway/incident/monitor.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const char *const notification_names[] = {
    [NOTIFICATION_NONE] = "none",           [NOTIFICATION_OPENED] = "opened",
    [NOTIFICATION_UPDATED] = "updated",     [NOTIFICATION_RESOLVED] = "resolved",
    [NOTIFICATION_REOPENED] = "reopened",   [NOTIFICATION_SCHEDULED] = "scheduled",
    [NOTIFICATION_REMINDED] = "reminded",   [NOTIFICATION_MOVED] = "moved",
    [NOTIFICATION_BEGAN] = "began",         [NOTIFICATION_COMPLETED] = "completed",
    [NOTIFICATION_CANCELLED] = "cancelled", [NOTIFICATION_POSTMORTEM] = "postmortem",
};
static_assert(G_N_ELEMENTS(notification_names) == NOTIFICATION_KIND_COUNT, "a kind has no name");

const char *notification_kind_name(enum notification_kind kind)
{
    assert((size_t)kind < NOTIFICATION_KIND_COUNT);
    return notification_names[kind];
}

bool notification_kind_parse(struct text name, enum notification_kind *kind)
{
    for (size_t i = 0; i < NOTIFICATION_KIND_COUNT; i++)
        if (text_is_equal(name, text_of(notification_names[i]))) {
            *kind = (enum notification_kind)i;
            return true;
        }
    return false;
}

/* What a role may do is decided here and never by a grammar (notes A23, A24). */
static bool may_act(const struct page *page, const struct command *command, GError **error)
{
    const struct actor *actor = &command->actor;

    switch (actor->role) {
    case ACTOR_OPERATOR:
        if (operator_is_of_page(actor->operator, page->id))
            return true;
        return error_set(error, TOCSIN_ERROR_DENIED, "%s is no operator of %s", actor->by,
                         page->address);
    case ACTOR_MONITOR: /* what its policy has made of an alert, on its own page */
        if (actor->monitor != NULL && strcmp(actor->monitor->policy.page_id, page->id) == 0)
            return true;
        return error_set(error, TOCSIN_ERROR_DENIED, "a monitor may raise and clear alerts only");
    case ACTOR_SHELL:
    case ACTOR_SYSTEM:
        return true;
    }
    return error_set(error, TOCSIN_ERROR_BUG, "an actor has no role");
}

static bool check_sizes(const struct command *command, GError **error)
{
    if (command->title != NULL && g_utf8_strlen(command->title, -1) > INCIDENT_TITLE_MOST)
        return error_set(error, TOCSIN_ERROR_LIMIT, "the title is longer than %d characters",
                         INCIDENT_TITLE_MOST);
    if (strlen(command->message) > INCIDENT_TEXT_MOST || strlen(command->note) > INCIDENT_TEXT_MOST)
        return error_set(error, TOCSIN_ERROR_LIMIT, "the text is longer than %d KiB",
                         INCIDENT_TEXT_MOST / 1024);
    return true;
}

static bool may_open(const struct command *command, GError **error)
{
    if (command->title != NULL && command->title[0] != '\0')
        return true;
    return error_set(error, TOCSIN_ERROR_INPUT,
                     "an incident needs a title: by mail, the subject is the title");
}

static bool says_something_public(const struct command *command)
{
    return command->title != NULL || command->has_status || command->has_severity ||
           command->schedule != NULL || command->replaces_components ||
           command->component_count > 0 || command->message[0] != '\0';
}

static bool may_update(const struct facts *facts, const struct command *command, int64_t now,
                       GError **error)
{
    const struct incident *incident = facts->incident;

    if (incident == NULL)
        return error_set(error, TOCSIN_ERROR_MISSING, "there is no such incident on %s",
                         facts->page->name);
    if (incident->status != INCIDENT_RESOLVED || !says_something_public(command) ||
        now - incident->resolved_at <= facts->page->reopen_ms)
        return true;
    return error_set(error, TOCSIN_ERROR_DENIED,
                     "#%" PRId64 " was resolved more than %" PRId64
                     " days ago and is closed: write a new mail to %s to open a new incident",
                     incident->number, facts->page->reopen_ms / DAY_MS, facts->page->address);
}

/* What is wanted of a maintenance; NULL: nothing, or it is none. */
static const struct schedule *find_schedule(struct arena *arena, const struct command *command)
{
    struct schedule *schedule;

    if (command->schedule != NULL || !command->has_status)
        return command->schedule;
    schedule = ARENA_NEW(arena, struct schedule);
    *schedule = (struct schedule){.has_state = true, .state = MAINTENANCE_COMPLETED};
    return schedule;
}

/* *after NULL: the command is about no maintenance. */
static bool plan_maintenance(struct arena *arena, const struct draft_request *request,
                             const struct maintenance **after, bool *is_moved, GError **error)
{
    const struct command *command = request->command;
    const struct incident *incident =
        command->kind == COMMAND_UPDATE ? request->facts->incident : NULL;
    const struct maintenance *before = incident != NULL ? incident->maintenance : NULL;
    const struct schedule none = {0};
    const struct schedule *schedule;
    struct maintenance *planned;

    if (before == NULL && command->kind != COMMAND_MAINTAIN)
        return command->schedule == NULL ||
               error_set(error, TOCSIN_ERROR_INPUT,
                         "#%" PRId64 " is an incident, which has no start and end",
                         incident != NULL ? incident->number : 0);
    if (before != NULL && command->has_status && command->status != INCIDENT_RESOLVED)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "a maintenance is scheduled, in progress, verifying, completed or "
                         "cancelled, never %s",
                         incident_status_name(command->status));
    schedule = find_schedule(arena, command);
    planned = ARENA_NEW(arena, struct maintenance);
    *after = planned;
    return maintenance_apply(before, schedule != NULL ? schedule : &none, request->now, planned,
                             is_moved, error);
}

static enum notification_kind judge_step(const struct maintenance *before,
                                         const struct maintenance *after, bool is_moved)
{
    if (before == NULL)
        return NOTIFICATION_SCHEDULED;
    if (before->state != after->state && after->state == MAINTENANCE_COMPLETED)
        return NOTIFICATION_COMPLETED;
    if (before->state != after->state && after->state == MAINTENANCE_CANCELLED)
        return NOTIFICATION_CANCELLED;
    if (before->state == MAINTENANCE_SCHEDULED && after->state == MAINTENANCE_IN_PROGRESS)
        return NOTIFICATION_BEGAN;
    if (is_moved)
        return NOTIFICATION_MOVED;
    return before->reminded_at != after->reminded_at && after->reminded_at != 0
               ? NOTIFICATION_REMINDED
               : NOTIFICATION_UPDATED;
}

static enum notification_kind judge_kind(const struct incident *before,
                                         const struct incident *after)
{
    if (before == NULL)
        return NOTIFICATION_OPENED;
    if (before->status != INCIDENT_RESOLVED && after->status == INCIDENT_RESOLVED)
        return NOTIFICATION_RESOLVED;
    if (before->status == INCIDENT_RESOLVED && after->status != INCIDENT_RESOLVED)
        return NOTIFICATION_REOPENED;
    return NOTIFICATION_UPDATED;
}

static enum notification_kind judge(const struct draft_request *request,
                                    const struct incident *after, bool is_moved)
{
    const struct incident *before =
        request->command->kind == COMMAND_UPDATE ? request->facts->incident : NULL;

    if (after->maintenance == NULL)
        return judge_kind(before, after);
    return judge_step(before != NULL ? before->maintenance : NULL, after->maintenance, is_moved);
}

static const struct update *make_update(struct arena *arena, const struct incident *incident,
                                        const struct command *command, enum update_kind kind)
{
    struct update *update = ARENA_NEW(arena, struct update);

    *update = (struct update){
        .kind = kind,
        .status = incident->status,
        .severity = incident->severity,
        .has_stage = incident->maintenance != NULL,
        .stage =
            incident->maintenance != NULL ? incident->maintenance->state : MAINTENANCE_SCHEDULED,
        .message = kind == UPDATE_NOTE ? command->note : command->message,
        .by = command->actor.by,
        .created_at = incident->updated_at,
    };
    return update;
}

static bool check_something_changes(const struct decision *decision, GError **error)
{
    const struct incident *incident = decision->incident;

    if (decision->change_count > 0)
        return true;
    return error_set(error, TOCSIN_ERROR_INPUT,
                     "nothing would change: #%" PRId64 " is already %s, %s, and there is no text",
                     incident->number, incident_status_name(incident->status),
                     incident_severity_name(incident->severity));
}

const struct decision *incident_decide(struct arena *arena, const struct facts *facts,
                                       const struct command *command, int64_t now, GError **error)
{
    struct draft_request request = {.facts = facts, .command = command, .now = now};
    struct decision *decision;
    bool is_moved = false;
    bool is_public;

    assert(strcmp(command->page_id, facts->page->id) == 0);
    if (command->kind != COMMAND_OPEN && command->kind != COMMAND_UPDATE &&
        command->kind != COMMAND_MAINTAIN) {
        (void)error_set(error, TOCSIN_ERROR_INPUT, "`%s` changes no incident",
                        command_kind_name(command->kind));
        return NULL;
    }
    if (!may_act(facts->page, command, error) || !check_sizes(command, error))
        return NULL;
    if (command->kind == COMMAND_UPDATE ? !may_update(facts, command, now, error)
                                        : !may_open(command, error))
        return NULL;
    if (!plan_maintenance(arena, &request, &request.maintenance, &is_moved, error))
        return NULL;

    decision = ARENA_NEW(arena, struct decision);
    is_public = draft_decision(arena, &request, decision);
    if (!check_something_changes(decision, error))
        return NULL;
    if (is_public) {
        decision->update = make_update(arena, decision->incident, command, UPDATE_PUBLIC);
        if (!command->is_silent)
            decision->notification = judge(&request, decision->incident, is_moved);
    }
    decision->news = decision->incident->maintenance != NULL ? NEWS_MAINTENANCE : NEWS_INCIDENTS;
    if (command->note[0] != '\0')
        decision->note = make_update(arena, decision->incident, command, UPDATE_NOTE);
    return decision;
}
