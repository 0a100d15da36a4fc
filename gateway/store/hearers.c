/* subscribers_count_for() of subscribers.h. */
#include "gateway/store/subscribers.h"

#include "gateway/store/statements.h"

#include <inttypes.h>

enum query { QUERY_INTERESTED, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_INTERESTED] = {"SELECT i.subscriber_id FROM interest AS i"
                          " CROSS JOIN subscriber AS s ON s.id = i.subscriber_id"
                          " WHERE i.page_id = ?1 AND i.lane = ?2 AND i.topic = ?3"
                          " AND i.severity <= ?4 AND s.kinds & ?6 AND NOT EXISTS"
                          " (SELECT 1 FROM subscriber_mute AS m"
                          " WHERE m.subscriber_id = s.id AND m.incident_id = ?7) LIMIT ?5",
                          NULL},
};

const struct statements_table hearers_statements = {"hearers", queries, QUERY_COUNT};

/* Who chose several topics counts once. */
struct count {
    struct store *store;
    const struct incident *incident;
    size_t most;
    GHashTable *ids;
};

static bool add_lane(const struct count *count, enum lane lane, const char *topic, GError **error)
{
    OWN(statement) found = statements_start(count->store, &hearers_statements, QUERY_INTERESTED);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, count->incident->page_id);
    statements_bind_int(found, 2, lane);
    statements_bind_string(found, 3, topic);
    statements_bind_int(found, 4, count->incident->highest_severity);
    statements_bind_int(found, 5, (int64_t)MIN(count->most, (size_t)INT32_MAX));
    statements_bind_int(found, 6,
                        count->incident->maintenance != NULL ? NEWS_MAINTENANCE : NEWS_INCIDENTS);
    statements_bind_int(found, 7, count->incident->id); /* 0 is nobody's */
    while ((step = statements_step(found, error)) == STATEMENTS_ROW)
        g_hash_table_add(count->ids, GSIZE_TO_POINTER((gsize)statements_int(found, 0)));
    return step == STATEMENTS_DONE;
}

static bool add_topic(const struct count *count, const char *topic, GError **error)
{
    return add_lane(count, LANE_PAGER, topic, error) && add_lane(count, LANE_MAIL, topic, error);
}

static bool add_component(const struct count *count, const struct page *page, const char *id,
                          GError **error)
{
    const struct component *const component = page_find_component(page, id);
    g_autofree char *by_id = g_strconcat("c:", id, NULL);

    if (!add_topic(count, by_id, error))
        return false;
    if (component == NULL || component->group[0] == '\0')
        return true;
    g_autofree char *by_group = g_strconcat("g:", component->group, NULL);
    return add_topic(count, by_group, error);
}

bool subscribers_count_for(struct store *store, const struct page *page,
                           const struct incident *incident, size_t most, size_t *count,
                           GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(NULL, NULL);
    const struct count counted = {store, incident, most, ids};

    g_autofree char *followed = g_strdup_printf("i:%" PRId64, incident->id);

    if (!add_topic(&counted, "", error) || !add_topic(&counted, followed, error))
        return false;
    for (size_t i = 0; i < incident->affected_count && g_hash_table_size(ids) < most; i++)
        if (!add_component(&counted, page, incident->affected[i].component_id, error))
            return false;
    *count = MIN((size_t)g_hash_table_size(ids), most);
    return true;
}
