/* store_change() of store.h: the one function that changes what people see. */
#include "gateway/store/store.h"

#include "gateway/store/audit.h"
#include "gateway/store/incidents.h"
#include "gateway/store/maintenances.h"
#include "gateway/store/outbox.h"
#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#include <assert.h>

enum query {
    QUERY_OTHERS,
    QUERY_NEXT_NUMBER,
    QUERY_ADD_INCIDENT,
    QUERY_SAVE_INCIDENT,
    QUERY_SAVE_COMPONENT,
    QUERY_ADD_UPDATE,
    QUERY_SAVE_STATE,
    QUERY_RAISE_VERSION,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    /* CROSS JOIN: from the few open incidents to their components, never the other way. */
    [QUERY_OTHERS] = {"SELECT c.component_id, max(c.state) FROM incident AS i"
                      " CROSS JOIN incident_component AS c ON c.incident_id = i.id"
                      " WHERE i.page_id = ?1 AND i.status < 3 AND i.id <> ?2"
                      " AND c.is_current = 1 AND c.state > 0 GROUP BY c.component_id",
                      NULL},
    [QUERY_NEXT_NUMBER] = {"UPDATE counter SET value = value + 1 WHERE name = 'number'"
                           " RETURNING value",
                           NULL},
    [QUERY_ADD_INCIDENT] = {"INSERT INTO incident (status, severity, highest_severity, title,"
                            " updated_at, resolved_at, page_id, public_id, number, first_title,"
                            " created_at)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                            NULL},
    [QUERY_SAVE_INCIDENT] = {"UPDATE incident SET status = ?1, severity = ?2,"
                             " highest_severity = ?3, title = ?4, updated_at = ?5,"
                             " resolved_at = ?6 WHERE page_id = ?7 AND id = ?8",
                             NULL},
    [QUERY_SAVE_COMPONENT] =
        {"INSERT INTO incident_component"
         " (incident_id, position, page_id, component_id, state, is_current)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
         " ON CONFLICT (incident_id, component_id) DO UPDATE SET state = excluded.state,"
         " is_current = excluded.is_current",
         NULL},
    [QUERY_ADD_UPDATE] = {"INSERT INTO incident_update (public_id, incident_id, kind, status,"
                          " severity, message, by_whom, created_at, stage)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                          NULL},
    [QUERY_SAVE_STATE] = {"UPDATE component SET state = ?1, state_since = ?2"
                          " WHERE page_id = ?3 AND id = ?4 AND state <> ?1",
                          NULL},
    [QUERY_RAISE_VERSION] = {"UPDATE page SET version = version + 1 WHERE id = ?1", NULL},
};

const struct statements_table change_statements = {"change", queries, QUERY_COUNT};

/* One change on its way in; `decision` becomes what store_change() returns. */
struct work {
    struct store *store;
    struct arena *arena;
    const struct page *page;
    const struct command *command;
    int64_t now;
    struct decision *decision;
};

static bool load_others(const struct work *work, struct facts *facts, GError **error)
{
    OWN(statement) found = statements_start(work->store, &change_statements, QUERY_OTHERS);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct standing));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, work->page->id);
    statements_bind_int(found, 2, work->command->incident_id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct standing standing = {
            .component_id = statements_string(found, work->arena, 0),
            .state = statements_choice(found, 1, COMPONENT_STATE_COUNT),
        };

        g_array_append_val(rows, standing);
    }
    facts->others = rows_keep(work->arena, rows);
    facts->other_count = rows->len;
    return step == STATEMENTS_DONE;
}

static bool decide(struct work *work, GError **error)
{
    struct facts facts = {.page = work->page};

    if (work->command->incident_id != 0 &&
        !incidents_load(work->store, work->arena, work->page, work->command->incident_id,
                        &facts.incident, error))
        return false;
    if (!load_others(work, &facts, error))
        return false;
    const struct decision *const decision =
        incident_decide(work->arena, &facts, work->command, work->now, error);
    if (decision == NULL)
        return false;
    *work->decision = *decision;
    return true;
}

static bool next_number(struct store *store, int64_t *number, GError **error)
{
    OWN(statement) raised = statements_start(store, &change_statements, QUERY_NEXT_NUMBER);

    return statements_run_value(raised, 0, number, error);
}

static void bind_incident(struct statement *saved, const struct incident *incident)
{
    statements_bind_int(saved, 1, incident->status);
    statements_bind_int(saved, 2, incident->severity);
    statements_bind_int(saved, 3, incident->highest_severity);
    statements_bind_string(saved, 4, incident->title);
    statements_bind_int(saved, 5, incident->updated_at);
    statements_bind_id(saved, 6, incident->resolved_at);
    statements_bind_string(saved, 7, incident->page_id);
}

static bool add_incident(struct work *work, struct incident *incident, GError **error)
{
    OWN(statement) added = statements_start(work->store, &change_statements, QUERY_ADD_INCIDENT);

    if (!next_number(work->store, &incident->number, error))
        return false;
    incident->public_id =
        secret_public_id(work->arena, incident->maintenance != NULL ? "mnt_" : "inc_");
    bind_incident(added, incident);
    statements_bind_string(added, 8, incident->public_id);
    statements_bind_int(added, 9, incident->number);
    statements_bind_string(added, 10, incident->first_title);
    statements_bind_int(added, 11, incident->created_at);
    if (!statements_run(added, error))
        return false;
    incident->id = statements_last_id(work->store);
    return true;
}

static bool save_incident(struct work *work, GError **error)
{
    struct incident *const incident = ARENA_NEW(work->arena, struct incident);

    *incident = *work->decision->incident;
    work->decision->incident = incident;
    if (incident->id == 0)
        return add_incident(work, incident, error);
    OWN(statement) saved = statements_start(work->store, &change_statements, QUERY_SAVE_INCIDENT);
    bind_incident(saved, incident);
    statements_bind_int(saved, 8, incident->id);
    return statements_run(saved, error);
}

static bool save_component(const struct work *work, size_t position, GError **error)
{
    OWN(statement) saved = statements_start(work->store, &change_statements, QUERY_SAVE_COMPONENT);
    const struct incident *const incident = work->decision->incident;
    const struct affected *const affected = &incident->affected[position];

    statements_bind_int(saved, 1, incident->id);
    statements_bind_int(saved, 2, (int64_t)position);
    statements_bind_string(saved, 3, incident->page_id);
    statements_bind_string(saved, 4, affected->component_id);
    statements_bind_int(saved, 5, affected->state);
    statements_bind_int(saved, 6, affected->is_current);
    return statements_run(saved, error);
}

static bool save_components(const struct work *work, GError **error)
{
    for (size_t i = 0; i < work->decision->incident->affected_count; i++)
        if (!save_component(work, i, error))
            return false;
    return true;
}

/* *update becomes a copy that has its ids. */
static bool add_update(const struct work *work, const struct update **update, GError **error)
{
    if (*update == NULL)
        return true;
    OWN(statement) added = statements_start(work->store, &change_statements, QUERY_ADD_UPDATE);
    struct update *const stored = ARENA_NEW(work->arena, struct update);

    *stored = **update;
    stored->public_id = secret_public_id(work->arena, "upd_");
    statements_bind_string(added, 1, stored->public_id);
    statements_bind_int(added, 2, work->decision->incident->id);
    statements_bind_int(added, 3, stored->kind);
    statements_bind_int(added, 4, stored->status);
    statements_bind_int(added, 5, stored->severity);
    statements_bind_string(added, 6, stored->message);
    statements_bind_string(added, 7, stored->by);
    statements_bind_int(added, 8, stored->created_at);
    if (stored->has_stage)
        statements_bind_int(added, 9, stored->stage);
    if (!statements_run(added, error))
        return false;
    stored->id = statements_last_id(work->store);
    *update = stored;
    return true;
}

static bool save_state(const struct work *work, const struct standing *standing, GError **error)
{
    OWN(statement) saved = statements_start(work->store, &change_statements, QUERY_SAVE_STATE);

    statements_bind_int(saved, 1, standing->state);
    statements_bind_int(saved, 2, work->now);
    statements_bind_string(saved, 3, work->page->id);
    statements_bind_string(saved, 4, standing->component_id);
    return statements_run(saved, error);
}

static bool save_states(const struct work *work, GError **error)
{
    for (size_t i = 0; i < work->decision->state_count; i++)
        if (!save_state(work, &work->decision->states[i], error))
            return false;
    return true;
}

static bool raise_version(const struct work *work, GError **error)
{
    OWN(statement) raised = statements_start(work->store, &change_statements, QUERY_RAISE_VERSION);

    statements_bind_string(raised, 1, work->page->id);
    return statements_run(raised, error);
}

/* What the page and its subscribers are to see; a note alone is neither. */
static bool save_public(const struct work *work, GError **error)
{
    struct decision *const decision = work->decision;

    if (decision->update == NULL)
        return true;
    if (!save_states(work, error) || !raise_version(work, error))
        return false;
    return decision->notification == NOTIFICATION_NONE ||
           outbox_add(work->store, decision, work->now, &decision->notification_id, error);
}

/* The note before the update: a notification reaches up to its update, and is the last word. */
static bool save(struct work *work, GError **error)
{
    struct decision *const decision = work->decision;

    assert(decision->notification == NOTIFICATION_NONE || decision->update != NULL);
    return save_incident(work, error) && save_components(work, error) &&
           maintenances_save(work->store, work->page, work->decision->incident, work->now, error) &&
           add_update(work, &decision->note, error) && add_update(work, &decision->update, error) &&
           save_public(work, error) &&
           audit_add(work->store, &work->command->actor, decision, work->now, error);
}

const struct decision *store_change(struct store *store, struct arena *arena,
                                    const struct page *page, const struct command *command,
                                    int64_t now, GError **error)
{
    struct work work = {
        .store = store,
        .arena = arena,
        .page = page,
        .command = command,
        .now = now,
        .decision = ARENA_NEW(arena, struct decision),
    };

    if (command->is_preview)
        return decide(&work, error) ? work.decision : NULL;
    const enum statements_scope scope = statements_enter(store, error);
    if (scope == STATEMENTS_REFUSED)
        return NULL;
    const bool is_good = decide(&work, error) && save(&work, error);
    return statements_leave(store, scope, is_good, error) ? work.decision : NULL;
}
