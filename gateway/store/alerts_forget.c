/* alerts_forget() of alerts.h. */
#include "gateway/store/alerts.h"

#include "gateway/base/moment.h"
#include "gateway/store/drafts.h"
#include "gateway/store/statements.h"

/* A clear alert is asked for by who looks back, and orders mails that are late: a month is ample. */
#define KEPT_MS   (30 * DAY_MS)
#define STEP_MOST 500

enum query { QUERY_OLD, QUERY_ALERT, QUERY_CLUSTER, QUERY_OPENINGS, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_OLD] = {"SELECT id, cluster_id FROM alert WHERE counts = 0 AND said_at < ?1 LIMIT ?2",
                   NULL},
    [QUERY_ALERT] = {"DELETE FROM alert WHERE id = ?1", NULL},
    [QUERY_CLUSTER] = {"DELETE FROM cluster WHERE id = ?1 AND incident_id IS NULL"
                       " AND NOT EXISTS (SELECT 1 FROM alert WHERE cluster_id = ?1)"
                       " AND NOT EXISTS (SELECT 1 FROM draft WHERE cluster_id = ?1)",
                       NULL},
    [QUERY_OPENINGS] = {"DELETE FROM opening WHERE rowid IN"
                        " (SELECT rowid FROM opening WHERE at < ?1 LIMIT ?2)",
                        NULL},
};

const struct statements_table alerts_forget_statements = {"alerts_forget", queries, QUERY_COUNT};

struct old {
    int64_t id;
    int64_t cluster_id;
};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &alerts_forget_statements, query);
}

static bool find_old(struct store *store, int64_t now, GArray *olds, GError **error)
{
    OWN(statement) found = start(store, QUERY_OLD);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, now - KEPT_MS);
    statements_bind_int(found, 2, STEP_MOST);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct old old = {statements_int(found, 0), statements_int(found, 1)};

        g_array_append_val(olds, old);
    }
    return step == STATEMENTS_DONE;
}

static bool delete_row(struct store *store, size_t query, int64_t id, GError **error)
{
    OWN(statement) deleted = start(store, query);

    statements_bind_int(deleted, 1, id);
    return statements_run(deleted, error);
}

static bool forget_alerts(struct store *store, int64_t now, GError **error)
{
    g_autoptr(GArray) olds = g_array_new(FALSE, FALSE, sizeof(struct old));

    if (!find_old(store, now, olds, error))
        return false;
    for (guint i = 0; i < olds->len; i++) {
        const struct old *old = &g_array_index(olds, struct old, i);

        if (!delete_row(store, QUERY_ALERT, old->id, error) ||
            !delete_row(store, QUERY_CLUSTER, old->cluster_id, error))
            return false;
    }
    return true;
}

static bool forget_openings(struct store *store, int64_t now, GError **error)
{
    OWN(statement) forgotten = start(store, QUERY_OPENINGS);

    statements_bind_int(forgotten, 1, now - KEPT_MS);
    statements_bind_int(forgotten, 2, STEP_MOST);
    return statements_run(forgotten, error);
}

bool alerts_forget(struct store *store, int64_t now, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = forget_alerts(store, now, error) && forget_openings(store, now, error) &&
                         drafts_forget(store, now - KEPT_MS, STEP_MOST, error);
    return statements_leave(store, scope, is_good, error);
}
