#include "gateway/store/alerts_members.h"

#include "gateway/store/statements.h"

#include <assert.h>
#include <string.h>

enum query { QUERY_SPEAKS, QUERY_MAINTENANCE, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_SPEAKS] = {"SELECT 1 FROM alert WHERE cluster_id = ?1 AND counts = 1 AND monitor = ?2"
                      " AND ripe_at <= ?3 LIMIT 1",
                      NULL},
    [QUERY_MAINTENANCE] = {"SELECT 1 FROM component WHERE page_id = ?1 AND id = ?2 AND state = 1",
                           NULL},
};

const struct statements_table alerts_members_statements = {"alerts_members", queries, QUERY_COUNT};

static_assert(COMPONENT_UNDER_MAINTENANCE == 1, "the query says so");

struct inquiry {
    const struct alerts_desk *desk;
    struct arena *arena;
    const struct cluster *cluster;
    struct alert_facts *facts;
};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &alerts_members_statements, query);
}

bool alerts_members_look_for_maintenance(struct store *store, const struct alert_policy *policy,
                                         bool *is_under, GError **error)
{
    *is_under = false;
    for (size_t i = 0; i < policy->component_count && !*is_under; i++) {
        OWN(statement) found = start(store, QUERY_MAINTENANCE);
        int64_t is = 0;

        statements_bind_string(found, 1, policy->page_id);
        statements_bind_string(found, 2, policy->component_ids[i]);
        if (!statements_run_value(found, 0, &is, error))
            return false;
        *is_under = is != 0;
    }
    return true;
}

static bool speaks(const struct inquiry *inquiry, const struct monitor *monitor, bool *does,
                   GError **error)
{
    OWN(statement) found = start(inquiry->desk->store, QUERY_SPEAKS);
    int64_t value = 0;

    statements_bind_int(found, 1, inquiry->cluster->id);
    statements_bind_string(found, 2, monitor->name);
    statements_bind_int(found, 3, inquiry->desk->now);
    if (!statements_run_value(found, 0, &value, error))
        return false;
    *does = value != 0;
    return true;
}

/* Into `members`, unless it is silent or a maintenance keeps it so. */
static bool add_member(const struct inquiry *inquiry, const struct monitor *monitor,
                       const struct monitor **members, GError **error)
{
    struct alert_facts *facts = inquiry->facts;
    const struct alert_policy *policy = &monitor->policy;
    bool does = false;
    bool is_under = false;

    if (!speaks(inquiry, monitor, &does, error))
        return false;
    if (does && policy->is_suppressed_by_maintenance &&
        !alerts_members_look_for_maintenance(inquiry->desk->store, policy, &is_under, error))
        return false;
    facts->is_under_maintenance |= is_under;
    if (does && !is_under)
        members[facts->member_count++] = monitor;
    return true;
}

/* Whose alerts may share the cluster, is known by its name. */
static bool may_share(const struct inquiry *inquiry, const struct monitor *monitor)
{
    return strcmp(monitor->policy.page_id, inquiry->desk->page->id) == 0 &&
           strcmp(alert_cluster(inquiry->arena, monitor, ""), inquiry->cluster->name) == 0;
}

bool alerts_members_load(const struct alerts_desk *desk, struct arena *arena,
                         const struct cluster *cluster, struct alert_facts *facts, GError **error)
{
    const struct inquiry inquiry = {desk, arena, cluster, facts};
    const enum alert_group group = facts->monitor->policy.group;
    const struct monitor **members;

    if ((group != ALERT_GROUP_COMPONENT && group != ALERT_GROUP_PAGE) || facts->is_many)
        return true;
    facts->members = members = ARENA_ARRAY(arena, const struct monitor *, desk->monitor_count);
    for (size_t i = 0; i < desk->monitor_count; i++)
        if (may_share(&inquiry, desk->monitors[i]) &&
            !add_member(&inquiry, desk->monitors[i], members, error))
            return false;
    return true;
}
