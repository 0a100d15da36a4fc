/* Of subscribers.h: incidents that a subscriber mutes or follows. */
#include "gateway/store/subscribers.h"

#include "gateway/store/rows.h"
#include "gateway/store/statements.h"
#include "gateway/store/subscriber_rows.h"

enum query {
    QUERY_FIND,
    QUERY_MUTE,
    QUERY_UNMUTE,
    QUERY_FORGET_OTHERS,
    QUERY_FOLLOW,
    QUERY_MUTES,
    QUERY_FOLLOWED,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    /* Hers and the incident's page are the same. */
    [QUERY_FIND] = {"SELECT i.id FROM incident AS i JOIN subscriber AS s ON s.id = ?3"
                    " AND s.page_id = i.page_id WHERE i.number = ?1 AND i.page_id = ?2",
                    NULL},
    [QUERY_MUTE] = {"INSERT INTO subscriber_mute (subscriber_id, incident_id) VALUES (?1, ?2)"
                    " ON CONFLICT DO NOTHING",
                    NULL},
    [QUERY_UNMUTE] = {"DELETE FROM subscriber_mute WHERE subscriber_id = ?1 AND incident_id = ?2",
                      NULL},
    [QUERY_FORGET_OTHERS] = {"DELETE FROM subscriber_topic WHERE subscriber_id = ?1"
                             " AND NOT (topic >= 'i:' AND topic < 'i;')",
                             NULL},
    [QUERY_FOLLOW] = {"INSERT INTO subscriber_topic (subscriber_id, topic) VALUES (?1, 'i:' || ?2)"
                      " ON CONFLICT DO NOTHING",
                      NULL},
    [QUERY_MUTES] = {"SELECT i.number FROM subscriber_mute AS m"
                     " CROSS JOIN incident AS i ON i.id = m.incident_id"
                     " WHERE m.subscriber_id = ?1 ORDER BY i.number",
                     NULL},
    [QUERY_FOLLOWED] = {"SELECT i.number FROM subscriber_topic AS t"
                        " CROSS JOIN incident AS i ON i.id = CAST(substr(t.topic, 3) AS INTEGER)"
                        " WHERE t.subscriber_id = ?1 AND t.topic >= 'i:' AND t.topic < 'i;'"
                        " ORDER BY i.number",
                        NULL},
};

const struct statements_table subscribers_choose_statements = {"subscribers_choose", queries,
                                                               QUERY_COUNT};

static struct statement *start(struct store *store, enum query query)
{
    return statements_start(store, &subscribers_choose_statements, query);
}

static bool find_incident(struct store *store, const struct subscriber_choice *choice,
                          int64_t *incident_id, GError **error)
{
    OWN(statement) found = start(store, QUERY_FIND);

    statements_bind_int(found, 1, choice->number);
    statements_bind_string(found, 2, choice->page->id);
    statements_bind_int(found, 3, choice->subscriber_id);
    return statements_run_value(found, 0, incident_id, error);
}

static bool change(struct store *store, enum query query, int64_t subscriber_id,
                   int64_t incident_id, GError **error)
{
    OWN(statement) changed = start(store, query);

    statements_bind_int(changed, 1, subscriber_id);
    if (query != QUERY_FORGET_OTHERS)
        statements_bind_int(changed, 2, incident_id);
    return statements_run(changed, error);
}

static bool mute(struct store *store, int64_t subscriber_id, int64_t incident_id, GError **error)
{
    return change(store, QUERY_MUTE, subscriber_id, incident_id, error);
}

static bool unmute(struct store *store, int64_t subscriber_id, int64_t incident_id, GError **error)
{
    return change(store, QUERY_UNMUTE, subscriber_id, incident_id, error);
}

static bool follow(struct store *store, int64_t subscriber_id, int64_t incident_id, GError **error)
{
    return unmute(store, subscriber_id, incident_id, error) &&
           change(store, QUERY_FORGET_OTHERS, subscriber_id, 0, error) &&
           change(store, QUERY_FOLLOW, subscriber_id, incident_id, error) &&
           subscriber_rows_refresh_interest(store, subscriber_id, error);
}

typedef bool (*choosing)(struct store *store, int64_t subscriber_id, int64_t incident_id,
                         GError **error);

static bool choose(struct store *store, const struct subscriber_choice *choice, choosing act,
                   bool *is_known, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);
    int64_t incident_id = 0;

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good =
        find_incident(store, choice, &incident_id, error) &&
        (incident_id == 0 || act(store, choice->subscriber_id, incident_id, error));
    if (!statements_leave(store, scope, is_good, error))
        return false;
    *is_known = incident_id != 0;
    return true;
}

bool subscribers_mute(struct store *store, const struct subscriber_choice *choice, bool *is_known,
                      GError **error)
{
    return choose(store, choice, mute, is_known, error);
}

bool subscribers_unmute(struct store *store, const struct subscriber_choice *choice, bool *is_known,
                        GError **error)
{
    return choose(store, choice, unmute, is_known, error);
}

bool subscribers_follow(struct store *store, const struct subscriber_choice *choice, bool *is_known,
                        GError **error)
{
    return choose(store, choice, follow, is_known, error);
}

static bool list_numbers(struct statement *found, struct arena *arena, const int64_t **numbers,
                         size_t *count, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(int64_t));
    enum statements_step step = STATEMENTS_DONE;

    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const int64_t number = statements_int(found, 0);

        g_array_append_val(rows, number);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *numbers = rows_keep(arena, rows);
    *count = rows->len;
    return true;
}

bool subscribers_mutes(struct store *store, struct arena *arena, int64_t subscriber_id,
                       const int64_t **numbers, size_t *count, GError **error)
{
    OWN(statement) found = start(store, QUERY_MUTES);

    statements_bind_int(found, 1, subscriber_id);
    return list_numbers(found, arena, numbers, count, error);
}

bool subscribers_followed(struct store *store, struct arena *arena, int64_t subscriber_id,
                          const int64_t **numbers, size_t *count, GError **error)
{
    OWN(statement) found = start(store, QUERY_FOLLOWED);

    statements_bind_int(found, 1, subscriber_id);
    return list_numbers(found, arena, numbers, count, error);
}
