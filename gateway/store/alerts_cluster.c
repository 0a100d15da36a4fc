/* Rows of clusters, and alerts_answer_draft() of alerts.h. */
#include "gateway/store/alerts_cluster.h"

#include "gateway/base/error.h"
#include "gateway/store/statements.h"

#include <inttypes.h>
#include <string.h>

#define COLUMNS                                                                                    \
    "SELECT id, name, monitor, incident_id, was_unstable, was_noted, is_declined, noted_severity," \
    " joined, joined_since, joined_at, judge_at FROM cluster "

enum query {
    QUERY_BY_NAME,
    QUERY_BY_ID,
    QUERY_ADD,
    QUERY_SAVE,
    QUERY_DUE,
    QUERY_NEXT,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_BY_NAME] = {COLUMNS "WHERE page_id = ?1 AND name = ?2", NULL},
    [QUERY_BY_ID] = {COLUMNS "WHERE page_id = ?1 AND id = ?2", NULL},
    [QUERY_ADD] = {"INSERT INTO cluster (page_id, name, monitor) VALUES (?1, ?2, ?3)", NULL},
    [QUERY_SAVE] = {"UPDATE cluster SET monitor = ?1, incident_id = ?2, was_unstable = ?3,"
                    " was_noted = ?4, is_declined = ?5, noted_severity = ?6, joined = ?7,"
                    " joined_since = ?8, joined_at = ?9, judge_at = ?10 WHERE id = ?11",
                    NULL},
    [QUERY_DUE] = {"SELECT id FROM cluster WHERE page_id = ?1 AND judge_at IS NOT NULL"
                   " AND judge_at <= ?2 ORDER BY judge_at LIMIT 1",
                   NULL},
    [QUERY_NEXT] = {"SELECT min(judge_at) FROM cluster WHERE page_id = ?1"
                    " AND judge_at IS NOT NULL",
                    NULL},
};

const struct statements_table alerts_cluster_statements = {"alerts_cluster", queries, QUERY_COUNT};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &alerts_cluster_statements, query);
}

static bool read_one(struct statement *found, struct arena *arena, struct cluster *cluster,
                     GError **error)
{
    enum statements_step step = STATEMENTS_DONE;

    *cluster = (struct cluster){.id = 0};
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        *cluster = (struct cluster){
            .id = statements_int(found, 0),
            .name = statements_string(found, arena, 1),
            .monitor = statements_string(found, arena, 2),
            .incident_id = statements_int(found, 3),
            .was_unstable = statements_int(found, 4) != 0,
            .was_noted = statements_int(found, 5) != 0,
            .is_declined = statements_int(found, 6) != 0,
            .noted_severity = statements_choice(found, 7, INCIDENT_SEVERITY_COUNT),
            .joined = statements_int(found, 8),
            .joined_since = statements_int(found, 9),
            .joined_at = statements_int(found, 10),
            .judge_at = statements_int(found, 11),
        };
    }
    return step == STATEMENTS_DONE;
}

static bool add(struct store *store, const struct monitor *monitor, struct cluster *cluster,
                GError **error)
{
    OWN(statement) added = start(store, QUERY_ADD);

    statements_bind_string(added, 1, monitor->policy.page_id);
    statements_bind_string(added, 2, cluster->name);
    statements_bind_string(added, 3, monitor->name);
    if (!statements_run(added, error))
        return false;
    cluster->id = statements_last_id(store);
    return true;
}

bool alerts_cluster_find(struct store *store, struct arena *arena, const struct monitor *monitor,
                         const char *name, struct cluster *cluster, GError **error)
{
    OWN(statement) found = start(store, QUERY_BY_NAME);

    statements_bind_string(found, 1, monitor->policy.page_id);
    statements_bind_string(found, 2, name);
    if (!read_one(found, arena, cluster, error))
        return false;
    if (cluster->id != 0)
        return true;
    *cluster = (struct cluster){.name = name, .monitor = monitor->name};
    return add(store, monitor, cluster, error);
}

bool alerts_cluster_load(struct store *store, struct arena *arena, const struct page *page,
                         int64_t id, struct cluster *cluster, GError **error)
{
    OWN(statement) found = start(store, QUERY_BY_ID);

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, id);
    return read_one(found, arena, cluster, error);
}

bool alerts_cluster_save(struct store *store, const struct cluster *cluster, GError **error)
{
    OWN(statement) saved = start(store, QUERY_SAVE);

    statements_bind_string(saved, 1, cluster->monitor);
    statements_bind_id(saved, 2, cluster->incident_id);
    statements_bind_int(saved, 3, cluster->was_unstable);
    statements_bind_int(saved, 4, cluster->was_noted);
    statements_bind_int(saved, 5, cluster->is_declined);
    statements_bind_int(saved, 6, cluster->noted_severity);
    statements_bind_int(saved, 7, cluster->joined);
    statements_bind_int(saved, 8, cluster->joined_since);
    statements_bind_int(saved, 9, cluster->joined_at);
    statements_bind_id(saved, 10, cluster->judge_at);
    statements_bind_int(saved, 11, cluster->id);
    return statements_run(saved, error);
}

bool alerts_cluster_find_due(struct store *store, const struct page *page, int64_t now, int64_t *id,
                             GError **error)
{
    OWN(statement) found = start(store, QUERY_DUE);

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, now);
    return statements_run_value(found, 0, id, error);
}

bool alerts_cluster_next(struct store *store, const struct page *page, int64_t *at, GError **error)
{
    OWN(statement) found = start(store, QUERY_NEXT);

    statements_bind_string(found, 1, page->id);
    return statements_run_value(found, 0, at, error);
}

void alerts_cluster_join(struct cluster *cluster, int64_t now)
{
    if (cluster->incident_id == 0)
        return;
    if (cluster->joined == 0)
        cluster->joined_since = now;
    cluster->joined++;
    cluster->joined_at = now;
}

bool alerts_cluster_is_same(const struct cluster *one, const struct cluster *other)
{
    return one->id == other->id && strcmp(one->monitor, other->monitor) == 0 &&
           one->incident_id == other->incident_id && one->was_unstable == other->was_unstable &&
           one->was_noted == other->was_noted && one->is_declined == other->is_declined &&
           one->noted_severity == other->noted_severity && one->joined == other->joined &&
           one->joined_since == other->joined_since && one->joined_at == other->joined_at &&
           one->judge_at == other->judge_at;
}

void alerts_cluster_part(struct cluster *cluster)
{
    cluster->incident_id = 0;
    cluster->was_unstable = false;
    cluster->was_noted = false;
    cluster->noted_severity = SEVERITY_MINOR;
    cluster->joined = 0;
    cluster->joined_since = 0;
    cluster->joined_at = 0;
}

bool alerts_answer_draft(struct store *store, const struct page *page, int64_t cluster_id,
                         int64_t incident_id, GError **error)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024);
    struct cluster cluster;

    if (!alerts_cluster_load(store, arena, page, cluster_id, &cluster, error))
        return false;
    if (cluster.id == 0)
        return error_set(error, TOCSIN_ERROR_MISSING, "there is no cluster %" PRId64 " of alerts",
                         cluster_id);
    alerts_cluster_part(&cluster);
    cluster.incident_id = incident_id;
    cluster.is_declined = incident_id == 0;
    return alerts_cluster_save(store, &cluster, error);
}
