#include "gateway/store/maintenances.h"

#include "gateway/store/incidents.h"
#include "gateway/store/letters.h"
#include "gateway/store/statements.h"

#define STEP_BYTES ((size_t)1 << 20)

enum query {
    QUERY_LOAD,
    QUERY_SAVE,
    QUERY_INVITED,
    QUERY_NEXT,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_LOAD] = {"SELECT state, starts_at, ends_at, began_at, ended_at, completes_by_time,"
                    " announced_at, reminded_at, sequence, invitation, invited"
                    " FROM maintenance WHERE incident_id = ?1",
                    NULL},
    [QUERY_SAVE] = {"INSERT OR REPLACE INTO maintenance (incident_id, page_id, state, starts_at,"
                    " ends_at, began_at, ended_at, completes_by_time, announced_at, reminded_at,"
                    " sequence, invitation, invited, due_at)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                    NULL},
    [QUERY_INVITED] = {"SELECT incident_id FROM maintenance"
                       " WHERE page_id = ?1 AND invitation = ?2 AND invitation <> ''",
                       NULL},
    [QUERY_NEXT] = {"SELECT incident_id, due_at FROM maintenance"
                    " WHERE page_id = ?1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1",
                    NULL},
};

const struct statements_table maintenances_statements = {"maintenances", queries, QUERY_COUNT};

static struct statement *start(struct store *store, enum query query)
{
    return statements_start(store, &maintenances_statements, query);
}

bool maintenances_load(struct store *store, struct arena *arena, struct incident *incident,
                       GError **error)
{
    OWN(statement) found = start(store, QUERY_LOAD);
    struct maintenance *maintenance;

    statements_bind_int(found, 1, incident->id);
    if (statements_step(found, error) != STATEMENTS_ROW)
        return statements_run(found, error);
    maintenance = ARENA_NEW(arena, struct maintenance);
    *maintenance = (struct maintenance){
        .state = statements_choice(found, 0, MAINTENANCE_STATE_COUNT),
        .starts_at = statements_int(found, 1),
        .ends_at = statements_int(found, 2),
        .began_at = statements_int(found, 3),
        .ended_at = statements_int(found, 4),
        .completes_by_time = statements_int(found, 5) != 0,
        .announced_at = statements_int(found, 6),
        .reminded_at = statements_int(found, 7),
        .sequence = statements_int(found, 8),
        .invitation = statements_string(found, arena, 9),
        .invited = statements_int(found, 10),
    };
    incident->maintenance = maintenance;
    return statements_run(found, error);
}

static int64_t find_due(const struct page *page, const struct maintenance *maintenance, int64_t now)
{
    int64_t next_at = 0;

    return maintenance_due(maintenance, page->reminders, page->reminder_count, now, &next_at) ==
                   MAINTENANCE_WAIT
               ? next_at
               : now;
}

bool maintenances_save(struct store *store, const struct page *page,
                       const struct incident *incident, int64_t now, GError **error)
{
    const struct maintenance *maintenance = incident->maintenance;
    OWN(statement) saved = NULL;

    if (maintenance == NULL)
        return true;
    saved = start(store, QUERY_SAVE);
    statements_bind_int(saved, 1, incident->id);
    statements_bind_string(saved, 2, incident->page_id);
    statements_bind_int(saved, 3, maintenance->state);
    statements_bind_int(saved, 4, maintenance->starts_at);
    statements_bind_int(saved, 5, maintenance->ends_at);
    statements_bind_int(saved, 6, maintenance->began_at);
    statements_bind_int(saved, 7, maintenance->ended_at);
    statements_bind_int(saved, 8, maintenance->completes_by_time);
    statements_bind_int(saved, 9, maintenance->announced_at);
    statements_bind_int(saved, 10, maintenance->reminded_at);
    statements_bind_int(saved, 11, maintenance->sequence);
    statements_bind_string(saved, 12, maintenance->invitation);
    statements_bind_int(saved, 13, maintenance->invited);
    statements_bind_id(saved, 14, find_due(page, maintenance, now));
    return statements_run(saved, error);
}

bool maintenances_find_invited(struct store *store, const struct page *page, const char *uid,
                               int64_t *incident_id, GError **error)
{
    OWN(statement) found = start(store, QUERY_INVITED);

    statements_bind_string(found, 1, page->id);
    statements_bind_string(found, 2, uid);
    return statements_run_value(found, 0, incident_id, error);
}

static bool find_next(struct store *store, const struct page *page, int64_t *incident_id,
                      int64_t *at, GError **error)
{
    OWN(statement) found = start(store, QUERY_NEXT);

    *incident_id = 0;
    *at = 0;
    statements_bind_string(found, 1, page->id);
    if (statements_step(found, error) == STATEMENTS_ROW) {
        *incident_id = statements_int(found, 0);
        *at = statements_int(found, 1);
    }
    return statements_run(found, error);
}

bool maintenances_next(struct store *store, const struct page *page, int64_t *at, GError **error)
{
    int64_t incident_id;

    return find_next(store, page, &incident_id, at, error);
}

static struct schedule schedule_of(enum maintenance_step step)
{
    struct schedule schedule = {.is_by_time = true, .is_reminder = step == MAINTENANCE_REMIND};

    schedule.has_state = step != MAINTENANCE_REMIND;
    schedule.state = step == MAINTENANCE_COMPLETE ? MAINTENANCE_COMPLETED : MAINTENANCE_IN_PROGRESS;
    return schedule;
}

static bool make_step(const struct maintenances_desk *desk, struct arena *arena,
                      const struct incident *incident, enum maintenance_step step, int64_t now,
                      GError **error)
{
    const struct schedule schedule = schedule_of(step);
    const struct command command = {
        .kind = COMMAND_UPDATE,
        .page_id = desk->page->id,
        .actor =
            {.role = ACTOR_SYSTEM, .by = "clock", .proofs = "", .client = "", .message_id = ""},
        .incident_id = incident->id,
        .schedule = &schedule,
        .message = "",
        .note = "",
    };
    const struct decision *decision =
        store_change(desk->store, arena, desk->page, &command, now, error);

    return decision != NULL && letters_add_copies(desk->store, desk->page, desk->operators,
                                                  desk->operator_count, decision, "", now, error);
}

/* In the open transaction: it may have been moved, or done by another clock, a moment ago. */
static bool do_due(const struct maintenances_desk *desk, struct arena *arena, int64_t incident_id,
                   int64_t now, GError **error)
{
    const struct incident *incident = NULL;
    enum maintenance_step step;
    int64_t next_at;

    if (!incidents_load(desk->store, arena, desk->page, incident_id, &incident, error))
        return false;
    if (incident == NULL || incident->maintenance == NULL)
        return true;
    step = maintenance_due(incident->maintenance, desk->page->reminders, desk->page->reminder_count,
                           now, &next_at);
    return step != MAINTENANCE_WAIT
               ? make_step(desk, arena, incident, step, now, error)
               : maintenances_save(desk->store, desk->page, incident, now, error);
}

static bool run_one(const struct maintenances_desk *desk, int64_t incident_id, int64_t now,
                    GError **error)
{
    OWN(arena) arena = arena_open(STEP_BYTES);

    if (store_begin(desk->store, error) && do_due(desk, arena, incident_id, now, error) &&
        store_commit(desk->store, error))
        return true;
    store_rollback(desk->store);
    return false;
}

bool maintenances_run_due(const struct maintenances_desk *desk, int64_t now, int64_t most,
                          int64_t *done, GError **error)
{
    int64_t incident_id = 0;
    int64_t at = 0;

    for (*done = 0; *done < most; (*done)++) {
        if (!find_next(desk->store, desk->page, &incident_id, &at, error))
            return false;
        if (incident_id == 0 || at > now)
            return true;
        if (!run_one(desk, incident_id, now, error))
            return false;
    }
    return true;
}
