#include "gateway/store/incidents.h"

#include "gateway/store/maintenances.h"
#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#include <assert.h>

#define TITLE_CANDIDATES 10

#define COLUMNS                                                                                    \
    "SELECT id, public_id, number, page_id, title, first_title, status, severity,"                 \
    " highest_severity, created_at, updated_at, resolved_at FROM incident "

enum query {
    QUERY_BY_ID,
    QUERY_BY_NUMBER,
    QUERY_BY_PUBLIC_ID,
    QUERY_BY_TITLE,
    QUERY_LIST,
    QUERY_LIST_ALL,
    QUERY_AFFECTED,
    QUERY_OF_NOTIFICATION,
    QUERY_OF_LETTER,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_BY_ID] = {COLUMNS "WHERE page_id = ?1 AND id = ?2", NULL},
    [QUERY_BY_NUMBER] = {COLUMNS "WHERE page_id = ?1 AND number = ?2", NULL},
    [QUERY_BY_PUBLIC_ID] = {COLUMNS "WHERE page_id = ?1 AND public_id = ?2", NULL},
    [QUERY_BY_TITLE] = {COLUMNS "WHERE page_id = ?1 AND status < 3"
                                " AND (title = ?2 COLLATE NOCASE"
                                " OR first_title = ?2 COLLATE NOCASE)"
                                " ORDER BY id DESC LIMIT ?3",
                        NULL},
    [QUERY_LIST] = {COLUMNS "WHERE page_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3", NULL},
    [QUERY_LIST_ALL] = {COLUMNS "WHERE id < ?2 ORDER BY id DESC LIMIT ?3", NULL},
    [QUERY_AFFECTED] = {"SELECT component_id, state, is_current FROM incident_component"
                        " WHERE incident_id = ?1 ORDER BY position",
                        NULL},
    [QUERY_OF_NOTIFICATION] = {"SELECT incident_id FROM notification"
                               " WHERE page_id = ?1 AND id = ?2",
                               NULL},
    [QUERY_OF_LETTER] = {"SELECT incident_id FROM letter WHERE page_id = ?1 AND id = ?2", NULL},
};

const struct statements_table incidents_statements = {"incidents", queries, QUERY_COUNT};

static struct incident *read_incident(struct statement *row, struct arena *arena)
{
    struct incident *const incident = ARENA_NEW(arena, struct incident);

    incident->id = statements_int(row, 0);
    incident->public_id = statements_string(row, arena, 1);
    incident->number = statements_int(row, 2);
    incident->page_id = statements_string(row, arena, 3);
    incident->title = statements_string(row, arena, 4);
    incident->first_title = statements_string(row, arena, 5);
    incident->status = statements_choice(row, 6, INCIDENT_STATUS_COUNT);
    incident->severity = statements_choice(row, 7, INCIDENT_SEVERITY_COUNT);
    incident->highest_severity = statements_choice(row, 8, INCIDENT_SEVERITY_COUNT);
    incident->created_at = statements_int(row, 9);
    incident->updated_at = statements_int(row, 10);
    incident->resolved_at = statements_int(row, 11);
    return incident;
}

static bool load_affected(struct store *store, struct arena *arena, struct incident *incident,
                          GError **error)
{
    OWN(statement) found = statements_start(store, &incidents_statements, QUERY_AFFECTED);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct affected));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, incident->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct affected affected = {
            .component_id = statements_string(found, arena, 0),
            .state = statements_choice(found, 1, COMPONENT_STATE_COUNT),
            .is_current = statements_int(found, 2) != 0,
        };

        g_array_append_val(rows, affected);
    }
    incident->affected = rows_keep(arena, rows);
    incident->affected_count = rows->len;
    return step == STATEMENTS_DONE;
}

/* All rows of a started and bound statement. */
static bool load_all(struct store *store, struct arena *arena, struct statement *found,
                     struct incident_list *list, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct incident *));
    enum statements_step step = STATEMENTS_DONE;
    bool is_good = true;

    while (is_good && (step = statements_step(found, error)) == STATEMENTS_ROW) {
        struct incident *const incident = read_incident(found, arena);

        is_good = load_affected(store, arena, incident, error) &&
                  maintenances_load(store, arena, incident, error);
        g_array_append_val(rows, incident);
    }
    if (!is_good || step == STATEMENTS_FAILED)
        return false;
    list->incidents = rows_keep(arena, rows);
    list->count = rows->len;
    return true;
}

static bool load_one(struct store *store, struct arena *arena, struct statement *found,
                     const struct incident **incident, GError **error)
{
    struct incident_list list;

    if (!load_all(store, arena, found, &list, error))
        return false;
    assert(list.count <= 1); /* each is by a unique key */
    *incident = list.count > 0 ? list.incidents[0] : NULL;
    return true;
}

bool incidents_load(struct store *store, struct arena *arena, const struct page *page, int64_t id,
                    const struct incident **incident, GError **error)
{
    OWN(statement) found = statements_start(store, &incidents_statements, QUERY_BY_ID);

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, id);
    return load_one(store, arena, found, incident, error);
}

bool incidents_find_number(struct store *store, struct arena *arena, const struct page *page,
                           int64_t number, const struct incident **incident, GError **error)
{
    OWN(statement) found = statements_start(store, &incidents_statements, QUERY_BY_NUMBER);

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, number);
    return load_one(store, arena, found, incident, error);
}

bool incidents_find_public_id(struct store *store, struct arena *arena, const struct page *page,
                              const char *public_id, const struct incident **incident,
                              GError **error)
{
    OWN(statement) found = statements_start(store, &incidents_statements, QUERY_BY_PUBLIC_ID);

    statements_bind_string(found, 1, page->id);
    statements_bind_string(found, 2, public_id);
    return load_one(store, arena, found, incident, error);
}

bool incidents_find_title(struct store *store, struct arena *arena, const struct page *page,
                          const char *title, struct incident_list *list, GError **error)
{
    OWN(statement) found = statements_start(store, &incidents_statements, QUERY_BY_TITLE);

    statements_bind_string(found, 1, page->id);
    statements_bind_string(found, 2, title);
    statements_bind_int(found, 3, TITLE_CANDIDATES);
    return load_all(store, arena, found, list, error);
}

bool incidents_list(struct store *store, struct arena *arena, const struct listing *listing,
                    struct incident_list *list, GError **error)
{
    OWN(statement)
    found = statements_start(store, &incidents_statements,
                             listing->page != NULL ? QUERY_LIST : QUERY_LIST_ALL);

    if (listing->page != NULL)
        statements_bind_string(found, 1, listing->page->id);
    statements_bind_int(found, 2, listing->before_id > 0 ? listing->before_id : INT64_MAX);
    statements_bind_int(found, 3, (int64_t)MIN(listing->most, (size_t)INT32_MAX));
    return load_all(store, arena, found, list, error);
}

static bool find_incident_of(struct store *store, enum query query, const struct page *page,
                             int64_t id, int64_t *incident_id, GError **error)
{
    OWN(statement) found = statements_start(store, &incidents_statements, query);

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, id);
    return statements_run_value(found, 0, incident_id, error);
}

bool incidents_of_notification(struct store *store, const struct page *page,
                               int64_t notification_id, int64_t *incident_id, GError **error)
{
    return find_incident_of(store, QUERY_OF_NOTIFICATION, page, notification_id, incident_id,
                            error);
}

bool incidents_of_letter(struct store *store, const struct page *page, int64_t letter_id,
                         int64_t *incident_id, GError **error)
{
    return find_incident_of(store, QUERY_OF_LETTER, page, letter_id, incident_id, error);
}
