#include "gateway/store/alerts_facts.h"

#include "gateway/store/alerts_members.h"
#include "gateway/store/alerts_rows.h"
#include "gateway/store/drafts.h"
#include "gateway/store/incidents.h"
#include "gateway/store/statements.h"

#include <assert.h>
#include <string.h>

enum query {
    QUERY_COUNTS,
    QUERY_HOW_MANY,
    QUERY_LEAD,
    QUERY_RIPENS,
    QUERY_SEVERITY,
    QUERY_NO_SEVERITY,
    QUERY_UNSTABLE,
    QUERY_CLEARED,
    QUERY_HUMAN,
    QUERY_TOLD,
    QUERY_OPENINGS,
    QUERY_NOTE_OPENING,
    QUERY_COUNT,
};

/* by_whom of a monitor: "monitor:NAME" */
#define BY_MONITOR "by_whom >= 'monitor:' AND by_whom < 'monitor;'"

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_COUNTS] = {"SELECT 1 FROM alert WHERE cluster_id = ?1 AND counts = 1 LIMIT 1", NULL},
    [QUERY_HOW_MANY] = {"SELECT count(*) FROM alert WHERE cluster_id = ?1 AND counts = 1", NULL},
    [QUERY_LEAD] = {"SELECT monitor, key, opened_at, detail, title, update_text FROM alert"
                    " WHERE cluster_id = ?1 AND counts = 1 AND ripe_at <= ?2"
                    " ORDER BY ripe_at LIMIT 1",
                    NULL},
    [QUERY_RIPENS] = {"SELECT min(ripe_at) FROM alert"
                      " WHERE cluster_id = ?1 AND counts = 1 AND ripe_at > ?2",
                      NULL},
    [QUERY_SEVERITY] = {"SELECT 1 FROM alert WHERE cluster_id = ?1 AND counts = 1"
                        " AND severity = ?2 AND ripe_at <= ?3 LIMIT 1",
                        NULL},
    [QUERY_NO_SEVERITY] = {"SELECT 1 FROM alert WHERE cluster_id = ?1 AND counts = 1"
                           " AND severity IS NULL AND ripe_at <= ?2 LIMIT 1",
                           NULL},
    [QUERY_UNSTABLE] = {"SELECT max(unstable_until) FROM alert"
                        " WHERE cluster_id = ?1 AND unstable_until > 0",
                        NULL},
    [QUERY_CLEARED] = {"SELECT cleared_at, resolved, key FROM alert WHERE cluster_id = ?1"
                       " ORDER BY cleared_at DESC LIMIT 1",
                       NULL},
    [QUERY_HUMAN] = {"SELECT 1 FROM incident_update WHERE incident_id = ?1 AND kind = 0"
                     " AND NOT (" BY_MONITOR ") LIMIT 1",
                     NULL},
    [QUERY_TOLD] = {"SELECT count(*), min(n.created_at) FROM notification AS n"
                    " CROSS JOIN incident_update AS u ON u.id = n.update_id"
                    " WHERE n.incident_id = ?1 AND n.created_at > ?2 AND " BY_MONITOR,
                    NULL},
    [QUERY_OPENINGS] = {"SELECT count(*) FROM opening"
                        " WHERE page_id = ?1 AND monitor = ?2 AND at > ?3",
                        NULL},
    [QUERY_NOTE_OPENING] = {"INSERT INTO opening (page_id, monitor, at) VALUES (?1, ?2, ?3)", NULL},
};

const struct statements_table alerts_facts_statements = {"alerts_facts", queries, QUERY_COUNT};

static_assert(UPDATE_PUBLIC == 0, "the queries say so");

/* One judgement on its way. */
struct inquiry {
    const struct alerts_desk *desk;
    struct arena *arena;
    const struct monitor *monitor;
    struct cluster *cluster;
    struct alert_facts *facts;
};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &alerts_facts_statements, query);
}

static bool ask(const struct inquiry *inquiry, size_t query, int64_t parameter, int64_t *value,
                GError **error)
{
    OWN(statement) found = start(inquiry->desk->store, query);

    statements_bind_int(found, 1, inquiry->cluster->id);
    if (parameter != 0)
        statements_bind_int(found, 2, parameter);
    return statements_run_value(found, 0, value, error);
}

static bool load_lead(const struct inquiry *inquiry, GError **error)
{
    OWN(statement) found = start(inquiry->desk->store, QUERY_LEAD);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, inquiry->cluster->id);
    statements_bind_int(found, 2, inquiry->desk->now);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        struct alert *lead = ARENA_NEW(inquiry->arena, struct alert);

        *lead = (struct alert){
            .monitor = statements_string(found, inquiry->arena, 0),
            .key = statements_string(found, inquiry->arena, 1),
            .is_open = true,
            .opened_at = statements_int(found, 2),
            .detail = statements_string(found, inquiry->arena, 3),
            .title = statements_string(found, inquiry->arena, 4),
            .update = statements_string(found, inquiry->arena, 5),
            .resolved = "",
        };
        inquiry->facts->lead = lead;
        inquiry->facts->ripe = 1;
    }
    return step == STATEMENTS_DONE;
}

static bool has_severity(const struct inquiry *inquiry, int severity, bool *has, GError **error)
{
    OWN(statement) found = start(inquiry->desk->store, QUERY_SEVERITY);
    int64_t value = 0;

    statements_bind_int(found, 1, inquiry->cluster->id);
    statements_bind_int(found, 2, severity);
    statements_bind_int(found, 3, inquiry->desk->now);
    if (!statements_run_value(found, 0, &value, error))
        return false;
    *has = value != 0;
    return true;
}

/* The highest; of one that says none, and no worse one, nothing is known. */
static bool load_severity(const struct inquiry *inquiry, GError **error)
{
    struct alert_facts *facts = inquiry->facts;
    int64_t has_none = 0;

    for (int severity = SEVERITY_CRITICAL; severity >= 0 && !facts->has_severity; severity--) {
        if (!has_severity(inquiry, severity, &facts->has_severity, error))
            return false;
        facts->severity = (enum incident_severity)severity;
    }
    if (!ask(inquiry, QUERY_NO_SEVERITY, inquiry->desk->now, &has_none, error))
        return false;
    if (has_none != 0 && facts->has_severity)
        facts->severity = MAX(facts->severity, SEVERITY_MAJOR);
    return true;
}

static bool load_stability(const struct inquiry *inquiry, GError **error)
{
    int64_t until = 0;

    if (!ask(inquiry, QUERY_UNSTABLE, 0, &until, error))
        return false;
    inquiry->facts->stable_at = until;
    inquiry->facts->is_unstable = until > inquiry->desk->now;
    return true;
}

static bool load_cleared(const struct inquiry *inquiry, GError **error)
{
    OWN(statement) found = start(inquiry->desk->store, QUERY_CLEARED);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, inquiry->cluster->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        inquiry->facts->clear_since = statements_int(found, 0);
        inquiry->facts->resolved = statements_string(found, inquiry->arena, 1);
    }
    return step == STATEMENTS_DONE;
}

static bool load_alerts(const struct inquiry *inquiry, GError **error)
{
    struct alert_facts *facts = inquiry->facts;
    const int64_t now = inquiry->desk->now;

    facts->resolved = "";
    if (!alerts_rows_release(inquiry->desk->store, inquiry->cluster->id, now, error) ||
        !ask(inquiry, QUERY_COUNTS, 0, &facts->counting, error))
        return false;
    if (facts->counting == 0)
        return load_cleared(inquiry, error);
    return load_lead(inquiry, error) &&
           alerts_members_load(inquiry->desk, inquiry->arena, inquiry->cluster, facts, error) &&
           ask(inquiry, QUERY_RIPENS, now, &facts->ripens_at, error) &&
           load_severity(inquiry, error) && load_stability(inquiry, error);
}

static bool load_told(const struct inquiry *inquiry, GError **error)
{
    const struct alert_limit *limit = &inquiry->monitor->policy.updates;
    OWN(statement) found = start(inquiry->desk->store, QUERY_TOLD);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, inquiry->cluster->incident_id);
    statements_bind_int(found, 2, inquiry->desk->now - limit->within_ms);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        inquiry->facts->told = statements_int(found, 0);
        inquiry->facts->told_first_at = statements_int(found, 1);
    }
    return step == STATEMENTS_DONE;
}

static bool load_human(const struct inquiry *inquiry, GError **error)
{
    OWN(statement) found = start(inquiry->desk->store, QUERY_HUMAN);
    int64_t was = 0;

    statements_bind_int(found, 1, inquiry->cluster->incident_id);
    if (!statements_run_value(found, 0, &was, error))
        return false;
    inquiry->facts->was_human = was != 0;
    return true;
}

/* Whoever resolved it has dealt with all alerts that she could see. */
static bool load_incident(const struct inquiry *inquiry, GError **error)
{
    struct cluster *cluster = inquiry->cluster;
    const struct incident *incident = NULL;

    if (cluster->incident_id == 0)
        return true;
    if (!incidents_load(inquiry->desk->store, inquiry->arena, inquiry->desk->page,
                        cluster->incident_id, &incident, error))
        return false;
    if (incident == NULL || incident->status == INCIDENT_RESOLVED) {
        alerts_cluster_part(cluster);
        return incident == NULL ||
               alerts_rows_spend(inquiry->desk->store, cluster->id, incident->resolved_at, error);
    }
    inquiry->facts->incident = incident;
    return load_human(inquiry, error) && load_told(inquiry, error);
}

static bool load_openings(const struct inquiry *inquiry, GError **error)
{
    const struct alert_limit *limit = &inquiry->monitor->policy.incidents;
    OWN(statement) found = start(inquiry->desk->store, QUERY_OPENINGS);

    statements_bind_string(found, 1, inquiry->monitor->policy.page_id);
    statements_bind_string(found, 2, inquiry->monitor->name);
    statements_bind_int(found, 3, inquiry->desk->now - limit->within_ms);
    return statements_run_value(found, 0, &inquiry->facts->incidents, error);
}

/* What an opening depends on, and how long the cluster of many stays. */
static bool load_surroundings(const struct inquiry *inquiry, GError **error)
{
    const bool has_limit = inquiry->monitor->policy.incidents.most > 0;
    int64_t draft_id = 0;

    if (inquiry->facts->is_many && has_limit && !load_openings(inquiry, error))
        return false;
    if (inquiry->facts->incident != NULL)
        return true;
    if (!drafts_find_waiting(inquiry->desk->store, inquiry->cluster->id, &draft_id, error))
        return false;
    inquiry->facts->is_asked = draft_id != 0;
    if (inquiry->facts->counting == 0)
        return true;
    return alerts_members_look_for_maintenance(inquiry->desk->store, &inquiry->monitor->policy,
                                               &inquiry->facts->is_under_maintenance, error) &&
           (!has_limit || load_openings(inquiry, error));
}

/* What the cluster remembers, once it is known whether it still holds. */
static void take_memory(const struct inquiry *inquiry)
{
    struct cluster *cluster = inquiry->cluster;
    struct alert_facts *facts = inquiry->facts;

    if (facts->counting == 0)
        cluster->is_declined = false;
    facts->was_unstable = cluster->was_unstable;
    facts->was_noted = cluster->was_noted;
    facts->noted_severity = cluster->noted_severity;
    facts->is_declined = cluster->is_declined;
}

bool alerts_facts_load(const struct alerts_desk *desk, struct arena *arena,
                       const struct monitor *monitor, struct cluster *cluster,
                       struct alert_facts *facts, GError **error)
{
    struct alert_facts found = {
        .page = desk->page,
        .monitor = monitor,
        .is_many = strcmp(cluster->name, alert_cluster_of_many(arena, monitor)) == 0,
    };
    const struct inquiry inquiry = {desk, arena, monitor, cluster, &found};

    if (!load_incident(&inquiry, error) || !load_alerts(&inquiry, error) ||
        !load_surroundings(&inquiry, error))
        return false;
    take_memory(&inquiry);
    *facts = found;
    return true;
}

bool alerts_facts_count(struct store *store, const struct cluster *cluster,
                        struct alert_facts *facts, GError **error)
{
    OWN(statement) found = start(store, QUERY_HOW_MANY);

    statements_bind_int(found, 1, cluster->id);
    return statements_run_value(found, 0, &facts->counting, error);
}

bool alerts_facts_note_opening(const struct alerts_desk *desk, const struct monitor *monitor,
                               GError **error)
{
    OWN(statement) noted = start(desk->store, QUERY_NOTE_OPENING);

    statements_bind_string(noted, 1, monitor->policy.page_id);
    statements_bind_string(noted, 2, monitor->name);
    statements_bind_int(noted, 3, desk->now);
    return statements_run(noted, error);
}
