/* incidents_updates(), _story(), _audit() and _component_states() of incidents.h. */
#include "gateway/store/incidents.h"

#include "gateway/base/error.h"
#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#include <assert.h>
#include <string.h>

/* A mail tells the newest of a long story: 64 KiB each, they must stay within an arena. */
#define STORY_MOST 100

#define UPDATE_COLUMNS "id, public_id, kind, status, severity, message, by_whom, created_at, stage"

enum query {
    QUERY_UPDATES,
    QUERY_STORY,
    QUERY_NOTIFICATION,
    QUERY_AUDIT,
    QUERY_STATES,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_UPDATES] = {"SELECT " UPDATE_COLUMNS " FROM incident_update"
                       " WHERE incident_id = ?1 AND (?2 < 0 OR kind = ?2) ORDER BY id",
                       NULL},
    [QUERY_STORY] = {"SELECT " UPDATE_COLUMNS " FROM (SELECT " UPDATE_COLUMNS
                     " FROM incident_update WHERE incident_id = ?1 AND id <= ?2 AND kind = 0"
                     " ORDER BY id DESC LIMIT ?3) ORDER BY id",
                     "(subquery-1): at most the rows asked for"},
    [QUERY_NOTIFICATION] = {"SELECT incident_id, update_id, kind, created_at FROM notification"
                            " WHERE page_id = ?1 AND id = ?2",
                            NULL},
    [QUERY_AUDIT] = {"SELECT at, role, by_whom, proofs, client, message_id, changes FROM audit"
                     " WHERE incident_id = ?1 ORDER BY id",
                     NULL},
    [QUERY_STATES] = {"SELECT id, state FROM component WHERE page_id = ?1 AND is_retired = 0"
                      " ORDER BY position",
                      NULL},
};

const struct statements_table history_statements = {"history", queries, QUERY_COUNT};

static const char *const role_names[] = {
    [ACTOR_OPERATOR] = "operator",
    [ACTOR_MONITOR] = "monitor",
    [ACTOR_SHELL] = "shell",
    [ACTOR_SYSTEM] = "system",
};
static_assert(G_N_ELEMENTS(role_names) == ACTOR_SYSTEM + 1, "each role has its name");

static bool load_updates(struct statement *found, struct arena *arena,
                         const struct update **updates, size_t *count, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct update));
    enum statements_step step = STATEMENTS_DONE;

    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        struct update update = {
            .id = statements_int(found, 0),
            .public_id = statements_string(found, arena, 1),
            .kind = statements_choice(found, 2, UPDATE_NOTE + 1),
            .status = statements_choice(found, 3, INCIDENT_STATUS_COUNT),
            .severity = statements_choice(found, 4, INCIDENT_SEVERITY_COUNT),
            .message = statements_string(found, arena, 5),
            .by = statements_string(found, arena, 6),
            .created_at = statements_int(found, 7),
            .has_stage = !statements_is_null(found, 8),
        };

        if (update.has_stage)
            update.stage = statements_choice(found, 8, MAINTENANCE_STATE_COUNT);
        g_array_append_val(rows, update);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *updates = rows_keep(arena, rows);
    *count = rows->len;
    return true;
}

bool incidents_updates(struct store *store, struct arena *arena, int64_t incident_id, int kind,
                       const struct update **updates, size_t *count, GError **error)
{
    OWN(statement) found = statements_start(store, &history_statements, QUERY_UPDATES);

    statements_bind_int(found, 1, incident_id);
    statements_bind_int(found, 2, kind);
    return load_updates(found, arena, updates, count, error);
}

static bool load_notification(struct store *store, const struct page *page, int64_t notification_id,
                              struct incidents_reach *reach, struct story *story, GError **error)
{
    OWN(statement) found = statements_start(store, &history_statements, QUERY_NOTIFICATION);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, notification_id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        reach->incident_id = statements_int(found, 0);
        reach->update_id = statements_int(found, 1);
        story->kind = statements_choice(found, 2, NOTIFICATION_KIND_COUNT);
        story->made_at = statements_int(found, 3);
    }
    return step == STATEMENTS_DONE;
}

bool incidents_updates_through(struct store *store, struct arena *arena,
                               const struct incidents_reach *reach, const struct update **updates,
                               size_t *count, GError **error)
{
    OWN(statement) found = statements_start(store, &history_statements, QUERY_STORY);

    statements_bind_int(found, 1, reach->incident_id);
    statements_bind_int(found, 2, reach->update_id);
    statements_bind_int(found, 3, (int64_t)MIN(reach->most, (size_t)INT32_MAX));
    return load_updates(found, arena, updates, count, error);
}

bool incidents_story(struct store *store, struct arena *arena, const struct page *page,
                     int64_t notification_id, struct story *story, GError **error)
{
    struct story found = {.page = page, .notification_id = notification_id};
    struct incidents_reach reach = {0, 0, STORY_MOST};

    if (!load_notification(store, page, notification_id, &reach, &found, error) ||
        !incidents_load(store, arena, page, reach.incident_id, &found.incident, error) ||
        !incidents_updates_through(store, arena, &reach, &found.updates, &found.update_count,
                                   error))
        return false;
    if (found.incident == NULL || found.update_count == 0)
        return error_set(error, TOCSIN_ERROR_MISSING, "there is no such notification on %s",
                         page->name);
    found.first_missed = found.update_count - 1;
    *story = found;
    return true;
}

bool incidents_audit(struct store *store, struct arena *arena, int64_t incident_id,
                     const struct audit **rows, size_t *count, GError **error)
{
    OWN(statement) found = statements_start(store, &history_statements, QUERY_AUDIT);
    g_autoptr(GArray) audits = g_array_new(FALSE, FALSE, sizeof(struct audit));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, incident_id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct audit audit = {
            .at = statements_int(found, 0),
            .role = role_names[statements_choice(found, 1, G_N_ELEMENTS(role_names))],
            .by = statements_string(found, arena, 2),
            .proofs = statements_string(found, arena, 3),
            .client = statements_string(found, arena, 4),
            .message_id = statements_string(found, arena, 5),
            .changes = statements_string(found, arena, 6),
        };

        g_array_append_val(audits, audit);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *rows = rows_keep(arena, audits);
    *count = audits->len;
    return true;
}

bool incidents_component_states(struct store *store, struct arena *arena, const struct page *page,
                                const struct standing **states, size_t *count, GError **error)
{
    OWN(statement) found = statements_start(store, &history_statements, QUERY_STATES);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct standing));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, page->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct standing standing = {
            .component_id = statements_string(found, arena, 0),
            .state = statements_choice(found, 1, COMPONENT_STATE_COUNT),
        };

        g_array_append_val(rows, standing);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *states = rows_keep(arena, rows);
    *count = rows->len;
    return true;
}
