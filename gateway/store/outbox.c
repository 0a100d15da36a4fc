#include "gateway/store/outbox.h"

#include "gateway/store/statements.h"

#include "gateway/incident/subscriber.h"

enum query {
    QUERY_ADD,
    QUERY_ADD_TOPICS,
    QUERY_ADD_LANE,
    QUERY_SUPERSEDE,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_ADD] = {"INSERT INTO notification"
                   " (page_id, incident_id, update_id, kind, severity, created_at, news,"
                   " horizon)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                   " coalesce((SELECT max(id) FROM subscriber), 0))",
                   NULL},
    [QUERY_ADD_TOPICS] = {"INSERT INTO notification_topic (notification_id, topic)"
                          " SELECT ?1, ''"
                          " UNION SELECT ?1, 'c:' || component_id FROM incident_component"
                          " WHERE incident_id = ?2"
                          " UNION SELECT ?1, 'g:' || c.group_name FROM incident_component AS i"
                          " JOIN component AS c ON c.page_id = i.page_id AND c.id = i.component_id"
                          " WHERE i.incident_id = ?2 AND c.group_name <> ''"
                          " UNION SELECT ?1, 'i:' || ?2",
                          NULL},
    [QUERY_ADD_LANE] = {"INSERT INTO notification_lane"
                        " (notification_id, lane, start_id, cursor_id)"
                        " SELECT ?1, ?2, start, start FROM (SELECT coalesce("
                        "(SELECT CASE l.is_done WHEN 0 THEN l.cursor_id END FROM notification AS n"
                        " JOIN notification_lane AS l ON l.notification_id = n.id AND l.lane = ?2"
                        " WHERE n.incident_id = ?3 AND n.state = 0 AND n.id < ?1"
                        " ORDER BY n.id DESC LIMIT 1), 0) AS start)",
                        "(subquery-2): one row"},
    [QUERY_SUPERSEDE] = {"UPDATE notification SET state = 2, ended_at = ?1"
                         " WHERE incident_id = ?2 AND state = 0 AND id < ?3",
                         NULL},
};

const struct statements_table outbox_statements = {"outbox", queries, QUERY_COUNT};

static bool add_row(struct store *store, const struct decision *decision, int64_t now,
                    GError **error)
{
    OWN(statement) added = statements_start(store, &outbox_statements, QUERY_ADD);

    statements_bind_string(added, 1, decision->incident->page_id);
    statements_bind_int(added, 2, decision->incident->id);
    statements_bind_int(added, 3, decision->update->id);
    statements_bind_int(added, 4, decision->notification);
    statements_bind_int(added, 5, decision->incident->highest_severity);
    statements_bind_int(added, 6, now);
    statements_bind_int(added, 7, decision->news);
    return statements_run(added, error);
}

static bool add_topics(struct store *store, int64_t notification_id, int64_t incident_id,
                       GError **error)
{
    OWN(statement) added = statements_start(store, &outbox_statements, QUERY_ADD_TOPICS);

    statements_bind_int(added, 1, notification_id);
    statements_bind_int(added, 2, incident_id);
    return statements_run(added, error);
}

static bool add_lane(struct store *store, int64_t notification_id, enum lane lane,
                     int64_t incident_id, GError **error)
{
    OWN(statement) added = statements_start(store, &outbox_statements, QUERY_ADD_LANE);

    statements_bind_int(added, 1, notification_id);
    statements_bind_int(added, 2, lane);
    statements_bind_int(added, 3, incident_id);
    return statements_run(added, error);
}

static bool supersede(struct store *store, int64_t notification_id, int64_t incident_id,
                      int64_t now, GError **error)
{
    OWN(statement) ended = statements_start(store, &outbox_statements, QUERY_SUPERSEDE);

    statements_bind_int(ended, 1, now);
    statements_bind_int(ended, 2, incident_id);
    statements_bind_int(ended, 3, notification_id);
    return statements_run(ended, error);
}

bool outbox_add(struct store *store, const struct decision *decision, int64_t now,
                int64_t *notification_id, GError **error)
{
    const int64_t incident_id = decision->incident->id;

    if (!add_row(store, decision, now, error))
        return false;
    const int64_t id = statements_last_id(store);
    if (!add_topics(store, id, incident_id, error) ||
        !add_lane(store, id, LANE_PAGER, incident_id, error) ||
        !add_lane(store, id, LANE_MAIL, incident_id, error) ||
        !supersede(store, id, incident_id, now, error))
        return false;
    *notification_id = id;
    return true;
}
