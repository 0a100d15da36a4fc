/* Rows of alerts, and alerts_list() of alerts.h. */
#include "gateway/store/alerts_rows.h"

#include "gateway/base/number.h"
#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#include <inttypes.h>

#define COLUMNS                                                                                    \
    "SELECT id, monitor, key, is_open, severity, opened_at, cleared_at, said_at, count,"           \
    " unstable_until, changes, detail, title, update_text, resolved, cluster_id, counts, ripe_at"  \
    " FROM alert "

enum query {
    QUERY_FIND,
    QUERY_ADD,
    QUERY_SAVE,
    QUERY_MOVE,
    QUERY_RELEASE,
    QUERY_SPEND,
    QUERY_LIST,
    QUERY_LIST_ALL,
    QUERY_OF_INCIDENT,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_FIND] = {COLUMNS "WHERE page_id = ?1 AND monitor = ?2 AND key = ?3", NULL},
    [QUERY_ADD] = {"INSERT INTO alert (is_open, severity, opened_at, cleared_at, said_at, count,"
                   " unstable_until, changes, detail, title, update_text, resolved, cluster_id,"
                   " counts, ripe_at, page_id, monitor, key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                   " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
                   NULL},
    [QUERY_SAVE] = {"UPDATE alert SET is_open = ?1, severity = ?2, opened_at = ?3, cleared_at = ?4,"
                    " said_at = ?5, count = ?6, unstable_until = ?7, changes = ?8, detail = ?9,"
                    " title = ?10, update_text = ?11, resolved = ?12, cluster_id = ?13,"
                    " counts = ?14, ripe_at = ?15 WHERE id = ?16",
                    NULL},
    [QUERY_MOVE] = {"UPDATE alert SET cluster_id = ?2 WHERE cluster_id = ?1 AND counts = 1", NULL},
    [QUERY_RELEASE] = {"UPDATE alert SET unstable_until = 0, counts = is_open"
                       " WHERE cluster_id = ?1 AND unstable_until > 0 AND unstable_until <= ?2",
                       NULL},
    [QUERY_SPEND] = {"UPDATE alert SET ripe_at = NULL"
                     " WHERE cluster_id = ?1 AND counts = 1 AND opened_at <= ?2",
                     NULL},
    [QUERY_LIST] = {COLUMNS "WHERE page_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3", NULL},
    [QUERY_LIST_ALL] = {COLUMNS "WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL},
    [QUERY_OF_INCIDENT] = {COLUMNS
                           "WHERE cluster_id IN (SELECT id FROM cluster WHERE incident_id = ?1)"
                           " AND (counts = 1 OR cleared_at >= ?2)"
                           " ORDER BY counts DESC, id LIMIT ?3",
                           NULL},
};

const struct statements_table alerts_rows_statements = {"alerts_rows", queries, QUERY_COUNT};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &alerts_rows_statements, query);
}

static void read_changes(struct alert *alert, const char *changes)
{
    struct text rest = text_of(changes);
    struct text piece;

    while (alert->change_count < ALERT_CHANGES_MOST && text_next_piece(&rest, ' ', &piece))
        if (number_parse(piece, 0, INT64_MAX, &alert->changes[alert->change_count]))
            alert->change_count++;
}

static const char *write_changes(struct arena *arena, const struct alert *alert)
{
    g_autoptr(GString) changes = g_string_new(NULL);

    for (size_t i = 0; i < alert->change_count; i++)
        g_string_append_printf(changes, "%s%" PRId64, i > 0 ? " " : "", alert->changes[i]);
    return arena_copy(arena, changes->str, changes->len);
}

static struct alert_row read_row(struct statement *found, struct arena *arena)
{
    struct alert_row row = {
        .alert =
            {
                .id = statements_int(found, 0),
                .monitor = statements_string(found, arena, 1),
                .key = statements_string(found, arena, 2),
                .is_open = statements_int(found, 3) != 0,
                .has_severity = !statements_is_null(found, 4),
                .severity = statements_choice(found, 4, INCIDENT_SEVERITY_COUNT),
                .opened_at = statements_int(found, 5),
                .cleared_at = statements_int(found, 6),
                .said_at = statements_int(found, 7),
                .count = statements_int(found, 8),
                .unstable_until = statements_int(found, 9),
                .detail = statements_string(found, arena, 11),
                .title = statements_string(found, arena, 12),
                .update = statements_string(found, arena, 13),
                .resolved = statements_string(found, arena, 14),
            },
        .cluster_id = statements_int(found, 15),
        .counts = statements_int(found, 16) != 0,
        .ripe_at = statements_int(found, 17),
    };

    read_changes(&row.alert, statements_string(found, arena, 10));
    return row;
}

bool alerts_rows_find(struct store *store, struct arena *arena, const struct monitor *monitor,
                      const char *key, struct alert_row *row, GError **error)
{
    OWN(statement) found = start(store, QUERY_FIND);
    enum statements_step step = STATEMENTS_DONE;

    row->alert.id = 0;
    statements_bind_string(found, 1, monitor->policy.page_id);
    statements_bind_string(found, 2, monitor->name);
    statements_bind_string(found, 3, key);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW)
        *row = read_row(found, arena);
    return step == STATEMENTS_DONE;
}

static void bind_alert(struct statement *saved, const struct alert *alert)
{
    statements_bind_int(saved, 1, alert->is_open);
    if (alert->has_severity)
        statements_bind_int(saved, 2, alert->severity);
    statements_bind_int(saved, 3, alert->opened_at);
    statements_bind_int(saved, 4, alert->cleared_at);
    statements_bind_int(saved, 5, alert->said_at);
    statements_bind_int(saved, 6, alert->count);
    statements_bind_int(saved, 7, alert->unstable_until);
    statements_bind_string(saved, 9, alert->detail);
    statements_bind_string(saved, 10, alert->title);
    statements_bind_string(saved, 11, alert->update);
    statements_bind_string(saved, 12, alert->resolved);
}

bool alerts_rows_save(struct store *store, const struct page *page, struct alert_row *row,
                      GError **error)
{
    OWN(arena) arena = arena_open(4096);
    OWN(statement) saved = start(store, row->alert.id == 0 ? QUERY_ADD : QUERY_SAVE);

    bind_alert(saved, &row->alert);
    statements_bind_string(saved, 8, write_changes(arena, &row->alert));
    statements_bind_int(saved, 13, row->cluster_id);
    statements_bind_int(saved, 14, row->counts);
    statements_bind_id(saved, 15, row->ripe_at);
    if (row->alert.id != 0) {
        statements_bind_int(saved, 16, row->alert.id);
        return statements_run(saved, error);
    }
    statements_bind_string(saved, 16, page->id);
    statements_bind_string(saved, 17, row->alert.monitor);
    statements_bind_string(saved, 18, row->alert.key);
    if (!statements_run(saved, error))
        return false;
    row->alert.id = statements_last_id(store);
    return true;
}

static bool run_for(struct store *store, size_t query, int64_t cluster_id, int64_t value,
                    GError **error)
{
    OWN(statement) changed = start(store, query);

    statements_bind_int(changed, 1, cluster_id);
    statements_bind_int(changed, 2, value);
    return statements_run(changed, error);
}

bool alerts_rows_move(struct store *store, int64_t from_cluster, int64_t to_cluster, GError **error)
{
    return run_for(store, QUERY_MOVE, from_cluster, to_cluster, error);
}

bool alerts_rows_release(struct store *store, int64_t cluster_id, int64_t now, GError **error)
{
    return run_for(store, QUERY_RELEASE, cluster_id, now, error);
}

bool alerts_rows_spend(struct store *store, int64_t cluster_id, int64_t resolved_at, GError **error)
{
    return run_for(store, QUERY_SPEND, cluster_id, resolved_at, error);
}

static struct statement *start_list(struct store *store, const struct listing *listing)
{
    const bool is_of_page = listing->page != NULL;
    struct statement *const found = start(store, is_of_page ? QUERY_LIST : QUERY_LIST_ALL);
    int parameter = 1;

    if (is_of_page)
        statements_bind_string(found, parameter++, listing->page->id);
    statements_bind_int(found, parameter++,
                        listing->before_id != 0 ? listing->before_id : INT64_MAX);
    statements_bind_int(found, parameter, (int64_t)MIN(listing->most, (size_t)INT32_MAX));
    return found;
}

static bool read_list(struct statement *found, struct arena *arena, const struct alert **alerts,
                      size_t *count, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct alert));
    enum statements_step step = STATEMENTS_DONE;

    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct alert_row row = read_row(found, arena);

        g_array_append_val(rows, row.alert);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *alerts = rows_keep(arena, rows);
    *count = rows->len;
    return true;
}

bool alerts_list(struct store *store, struct arena *arena, const struct listing *listing,
                 const struct alert **alerts, size_t *count, GError **error)
{
    OWN(statement) found = start_list(store, listing);

    return read_list(found, arena, alerts, count, error);
}

bool alerts_of_incident(struct store *store, struct arena *arena, const struct incident *incident,
                        const struct alert **alerts, size_t *count, GError **error)
{
    OWN(statement) found = start(store, QUERY_OF_INCIDENT);

    statements_bind_int(found, 1, incident->id);
    statements_bind_int(found, 2, incident->created_at);
    statements_bind_int(found, 3, INCIDENT_ALERTS_MOST);
    return read_list(found, arena, alerts, count, error);
}
