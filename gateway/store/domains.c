#include "gateway/store/domains.h"

#include "gateway/base/moment.h"
#include "gateway/store/statements.h"

enum query {
    QUERY_REFUSED,
    QUERY_PAUSE,
    QUERY_RESET,
    QUERY_RESET_ALL,
    QUERY_IS_THERE,
    QUERY_ANY,
    QUERY_LOAD,
    QUERY_FORGET,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    /* Only who stands behind all counted before is certainly somebody else. */
    [QUERY_REFUSED] = {"INSERT INTO domain (name, refusals, last_subscriber_id, refused_at, reason)"
                       " VALUES (?1, 1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE"
                       " SET refusals = refusals + (?2 > last_subscriber_id),"
                       " last_subscriber_id = max(last_subscriber_id, ?2), refused_at = ?3,"
                       " reason = ?4 RETURNING refusals >= ?5 AND paused_until <= ?3",
                       NULL},
    [QUERY_PAUSE] = {"UPDATE domain SET paused_until = ?2,"
                     " told_at = CASE told_at WHEN 0 THEN ?3 ELSE told_at END"
                     " WHERE name = ?1 RETURNING told_at = ?3",
                     NULL},
    [QUERY_RESET] = {"DELETE FROM domain WHERE name = ?1", NULL},
    [QUERY_RESET_ALL] = {"DELETE FROM domain", "domain: what refused within a day"},
    [QUERY_IS_THERE] = {"SELECT 1 FROM domain WHERE name = ?1", NULL},
    [QUERY_ANY] = {"SELECT 1 FROM domain LIMIT 1", "domain: its first row"},
    [QUERY_LOAD] = {"SELECT paused_until, reason FROM domain WHERE name = ?1", NULL},
    [QUERY_FORGET] = {"DELETE FROM domain WHERE max(paused_until, refused_at) < ?1",
                      "domain: what refused within a day"},
};

const struct statements_table domains_statements = {"domains", queries, QUERY_COUNT};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &domains_statements, query);
}

static bool pause_domain(struct store *store, const struct domain_refusal *refusal,
                         int64_t domain_ms, bool *is_told, GError **error)
{
    OWN(statement) paused = start(store, QUERY_PAUSE);
    int64_t value = 0;

    statements_bind_string(paused, 1, refusal->name);
    statements_bind_int(paused, 2, refusal->now + domain_ms);
    statements_bind_int(paused, 3, refusal->now);
    if (!statements_run_value(paused, 0, &value, error))
        return false;
    *is_told = value != 0;
    return true;
}

static bool note_refusal(struct store *store, const struct domain_refusal *refusal,
                         const struct bounce_settings *settings, bool *is_told, GError **error)
{
    OWN(statement) refused = start(store, QUERY_REFUSED);
    int64_t must_pause = 0;

    statements_bind_string(refused, 1, refusal->name);
    statements_bind_int(refused, 2, refusal->subscriber_id);
    statements_bind_int(refused, 3, refusal->now);
    statements_bind_string(refused, 4, refusal->reason);
    statements_bind_int(refused, 5, settings->domain_most);
    if (!statements_run_value(refused, 0, &must_pause, error))
        return false;
    return must_pause == 0 || pause_domain(store, refusal, settings->domain_ms, is_told, error);
}

bool domains_note_refusal(struct store *store, const struct domain_refusal *refusal,
                          const struct bounce_settings *settings, bool *is_told, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);
    bool is = false;

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = note_refusal(store, refusal, settings, &is, error);
    if (!statements_leave(store, scope, is_good, error))
        return false;
    *is_told = is;
    return true;
}

bool domains_reset(struct store *store, const char *name, GError **error)
{
    OWN(statement) found = start(store, name == NULL ? QUERY_ANY : QUERY_IS_THERE);
    OWN(statement) reset = start(store, name == NULL ? QUERY_RESET_ALL : QUERY_RESET);
    int64_t is_there = 0;

    if (name != NULL) {
        statements_bind_string(found, 1, name);
        statements_bind_string(reset, 1, name);
    }
    return statements_run_value(found, 0, &is_there, error) &&
           (is_there == 0 || statements_run(reset, error));
}

bool domains_are_any(struct store *store, bool *are_any, GError **error)
{
    OWN(statement) asked = start(store, QUERY_ANY);
    int64_t value = 0;

    if (!statements_run_value(asked, 0, &value, error))
        return false;
    *are_any = value != 0;
    return true;
}

bool domains_load_pause(struct store *store, struct arena *arena, const char *name,
                        struct domain_pause *pause, GError **error)
{
    OWN(statement) found = start(store, QUERY_LOAD);
    struct domain_pause loaded = {0, ""};

    statements_bind_string(found, 1, name);
    if (statements_step(found, error) == STATEMENTS_ROW)
        loaded =
            (struct domain_pause){statements_int(found, 0), statements_string(found, arena, 1)};
    if (!statements_run(found, error))
        return false;
    *pause = loaded;
    return true;
}

bool domains_forget(struct store *store, int64_t now, GError **error)
{
    OWN(statement) forgotten = start(store, QUERY_FORGET);

    statements_bind_int(forgotten, 1, now - DAY_MS);
    return statements_run(forgotten, error);
}
