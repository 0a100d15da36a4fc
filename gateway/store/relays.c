#include "gateway/store/relays.h"

#include "gateway/store/statements.h"

enum query {
    QUERY_LOAD,
    QUERY_TROUBLE,
    QUERY_FAILURE,
    QUERY_SUCCESS,
    QUERY_PROBE,
    QUERY_TOLD,
    QUERY_PAUSE,
    QUERY_PAUSE_ALL,
    QUERY_REST_ENDS,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_LOAD] = {"SELECT max(is_paused), sum(failures), max(retry_at), max(told_at), max(reason)"
                    " FROM (SELECT is_paused, failures, retry_at, told_at, reason"
                    " FROM relay WHERE name = ?1"
                    " UNION ALL SELECT is_paused, 0, 0, 0, '' FROM relay WHERE name = '')",
                    "(subquery-2): two rows at most"},
    [QUERY_TROUBLE] = {"SELECT name, is_paused AND ?1, reason, retry_at FROM relay"
                       " WHERE (is_paused AND ?1) OR failures > 0 ORDER BY 2 DESC, 4 DESC LIMIT 1",
                       "relay: a row a relay"},
    [QUERY_FAILURE] = {"INSERT INTO relay (name, failures, retry_at, reason)"
                       " VALUES (?1, 1, ?2, ?3) ON CONFLICT (name) DO UPDATE"
                       " SET failures = failures + 1, retry_at = ?2, reason = ?3"
                       " WHERE failures = 0 OR retry_at <= ?4 OR ?5",
                       NULL},
    [QUERY_SUCCESS] = {"UPDATE relay SET failures = 0, retry_at = 0, reason = '', told_at = 0"
                       " WHERE name = ?1 AND (failures > 0 OR told_at > 0)",
                       NULL},
    [QUERY_PROBE] = {"UPDATE relay SET retry_at = ?2"
                     " WHERE name = ?1 AND failures > 0 AND retry_at <= ?3",
                     NULL},
    [QUERY_TOLD] = {"UPDATE relay SET told_at = ?2 WHERE name = ?1 AND told_at = 0", NULL},
    [QUERY_PAUSE] = {"INSERT INTO relay (name, is_paused) VALUES (?1, ?2)"
                     " ON CONFLICT (name) DO UPDATE SET is_paused = ?2",
                     NULL},
    [QUERY_PAUSE_ALL] = {"UPDATE relay SET is_paused = 0", "relay: a row a relay"},
    [QUERY_REST_ENDS] = {"UPDATE relay SET retry_at = 0 WHERE ?1 = '' OR name = ?1",
                         "relay: a row a relay"},
};

const struct statements_table relays_statements = {"relays", queries, QUERY_COUNT};

bool relays_load(struct store *store, struct arena *arena, const char *name,
                 struct relay_state *state, GError **error)
{
    OWN(statement) found = statements_start(store, &relays_statements, QUERY_LOAD);
    struct relay_state loaded = {.reason = ""};

    statements_bind_string(found, 1, name);

    const enum statements_step step = statements_step(found, error);
    if (step == STATEMENTS_ROW) {
        loaded.is_paused = statements_int(found, 0) != 0;
        loaded.failures = statements_int(found, 1);
        loaded.retry_at = statements_int(found, 2);
        loaded.told_at = statements_int(found, 3);
        loaded.reason = statements_string(found, arena, 4);
    }
    if (step == STATEMENTS_FAILED || !statements_run(found, error))
        return false;
    *state = loaded;
    return true;
}

static struct relay_trouble read_trouble(struct statement *found, struct arena *arena)
{
    const char *name = statements_string(found, arena, 0);
    const char *reason = statements_string(found, arena, 2);

    if (statements_int(found, 1) == 0)
        return (struct relay_trouble){arena_format(arena, "relay %s: %s", name, reason),
                                      statements_int(found, 3)};
    if (name[0] == '\0')
        return (struct relay_trouble){"all relays are paused", 0};
    return (struct relay_trouble){arena_format(arena, "relay %s is paused", name), 0};
}

bool relays_find_trouble(struct store *store, struct arena *arena, bool with_pauses,
                         struct relay_trouble *trouble, GError **error)
{
    OWN(statement) found = statements_start(store, &relays_statements, QUERY_TROUBLE);
    struct relay_trouble read = {"", 0};

    statements_bind_int(found, 1, with_pauses ? 1 : 0);

    const enum statements_step step = statements_step(found, error);
    if (step == STATEMENTS_ROW)
        read = read_trouble(found, arena);
    if (step == STATEMENTS_FAILED || !statements_run(found, error))
        return false;
    *trouble = read;
    return true;
}

bool relays_note_failure(struct store *store, const char *name, const struct relay_failure *failure,
                         int64_t now, bool *is_first, GError **error)
{
    OWN(statement) noted = statements_start(store, &relays_statements, QUERY_FAILURE);

    statements_bind_string(noted, 1, name);
    statements_bind_int(noted, 2, failure->retry_at);
    statements_bind_string(noted, 3, failure->reason);
    statements_bind_int(noted, 4, now);
    statements_bind_int(noted, 5, failure->is_probe ? 1 : 0);
    if (!statements_run(noted, error))
        return false;
    *is_first = statements_changed(store) > 0;
    return true;
}

bool relays_note_success(struct store *store, const char *name, GError **error)
{
    OWN(statement) noted = statements_start(store, &relays_statements, QUERY_SUCCESS);

    statements_bind_string(noted, 1, name);
    return statements_run(noted, error);
}

bool relays_probe(struct store *store, const char *name, int64_t until, int64_t now, bool *is_mine,
                  GError **error)
{
    OWN(statement) asked = statements_start(store, &relays_statements, QUERY_PROBE);

    statements_bind_string(asked, 1, name);
    statements_bind_int(asked, 2, until);
    statements_bind_int(asked, 3, now);
    if (!statements_run(asked, error))
        return false;
    *is_mine = statements_changed(store) > 0;
    return true;
}

bool relays_note_told(struct store *store, const char *name, int64_t now, bool *is_mine,
                      GError **error)
{
    OWN(statement) noted = statements_start(store, &relays_statements, QUERY_TOLD);

    statements_bind_string(noted, 1, name);
    statements_bind_int(noted, 2, now);
    if (!statements_run(noted, error))
        return false;
    *is_mine = statements_changed(store) > 0;
    return true;
}

static bool set_pause(struct store *store, const char *name, bool is_paused, GError **error)
{
    OWN(statement) paused = statements_start(store, &relays_statements, QUERY_PAUSE);

    statements_bind_string(paused, 1, name);
    statements_bind_int(paused, 2, is_paused ? 1 : 0);
    return statements_run(paused, error);
}

bool relays_end_rest(struct store *store, const char *name, GError **error)
{
    OWN(statement) ended = statements_start(store, &relays_statements, QUERY_REST_ENDS);

    statements_bind_string(ended, 1, name == NULL ? "" : name);
    return statements_run(ended, error);
}

static bool resume_all(struct store *store, GError **error)
{
    OWN(statement) resumed = statements_start(store, &relays_statements, QUERY_PAUSE_ALL);

    return statements_run(resumed, error);
}

static bool resume(struct store *store, const char *name, GError **error)
{
    const bool is_resumed =
        name == NULL ? resume_all(store, error) : set_pause(store, name, false, error);

    return is_resumed && relays_end_rest(store, name, error);
}

bool relays_pause(struct store *store, const char *name, bool is_paused, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);

    if (scope == STATEMENTS_REFUSED)
        return false;

    const bool is_done = is_paused ? set_pause(store, name == NULL ? "" : name, true, error)
                                   : resume(store, name, error);
    return statements_leave(store, scope, is_done, error);
}
