/* subscribers_settle() of subscribers.h: what time does to subscribers. */
#include "gateway/store/subscribers.h"

#include "gateway/base/number.h"
#include "gateway/store/joins.h"
#include "gateway/store/statements.h"
#include "gateway/store/subscriber_rows.h"

#define FOLLOWED_MOST 1000 /* followed incidents looked at in one call */

enum query {
    QUERY_PAUSES,
    QUERY_END_PAUSE,
    QUERY_IS_TOLD_NOW,
    QUERY_MOVING,
    QUERY_MOVE,
    QUERY_NEXT_FOLLOWED,
    QUERY_IS_OVER,
    QUERY_FOLLOWERS,
    QUERY_END_FOLLOWING,
    QUERY_HAS_TOPICS,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_PAUSES] = {"SELECT id FROM subscriber INDEXED BY subscriber_paused"
                      " WHERE paused_until <= ?2 AND page_id = ?1 ORDER BY paused_until LIMIT ?3",
                      NULL},
    [QUERY_END_PAUSE] = {"UPDATE subscriber SET paused_until = NULL, hears_since = ?2,"
                         " silent_since = coalesce(silent_since, confirmed_at) WHERE id = ?1",
                         NULL},
    [QUERY_IS_TOLD_NOW] = {"SELECT 1 FROM notification WHERE state = 0 AND page_id = ?1 LIMIT 1",
                           "notification: the index of those that are being told"},
    [QUERY_MOVING] = {"SELECT id FROM subscriber INDEXED BY subscriber_moving"
                      " WHERE lane <> (format <> 2) AND page_id = ?1 LIMIT ?3",
                      NULL},
    [QUERY_MOVE] = {"UPDATE subscriber SET lane = (format <> 2) WHERE id = ?1", NULL},
    [QUERY_NEXT_FOLLOWED] = {"SELECT topic FROM subscriber_topic"
                             " INDEXED BY subscriber_topic_followed"
                             " WHERE topic > ?1 AND topic >= 'i:' AND topic < 'i;'"
                             " ORDER BY topic LIMIT 1",
                             NULL},
    /* Also those who wait for a retry are to hear its end. */
    [QUERY_IS_OVER] = {"SELECT 1 FROM incident WHERE id = ?1 AND page_id = ?2 AND status = 3"
                       " AND resolved_at < ?3 AND NOT EXISTS (SELECT 1 FROM notification"
                       " WHERE incident_id = ?1 AND state = 0)",
                       NULL},
    [QUERY_FOLLOWERS] = {"SELECT subscriber_id FROM subscriber_topic"
                         " INDEXED BY subscriber_topic_followed"
                         " WHERE topic = ?1 AND topic >= 'i:' AND topic < 'i;' LIMIT ?2",
                         NULL},
    [QUERY_END_FOLLOWING] = {"DELETE FROM subscriber_topic WHERE subscriber_id = ?1 AND topic = ?2",
                             NULL},
    [QUERY_HAS_TOPICS] = {"SELECT 1 FROM subscriber_topic WHERE subscriber_id = ?1 LIMIT 1", NULL},
};

const struct statements_table subscribers_settle_statements = {"subscribers_settle", queries,
                                                               QUERY_COUNT};

struct settling {
    struct store *store;
    const struct page *page;
    int64_t now;
    int64_t most;
    int64_t done;
};

static struct statement *start(const struct settling *settling, enum query query)
{
    return statements_start(settling->store, &subscribers_settle_statements, query);
}

/* All of them first: what they are looked up by changes with each. */
static bool read_ids(struct statement *found, GArray *ids, GError **error)
{
    enum statements_step step = STATEMENTS_DONE;

    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const int64_t id = statements_int(found, 0);

        g_array_append_val(ids, id);
    }
    return step == STATEMENTS_DONE;
}

static bool list_ids(const struct settling *settling, enum query query, GArray *ids, GError **error)
{
    OWN(statement) found = start(settling, query);

    statements_bind_string(found, 1, settling->page->id);
    if (query == QUERY_PAUSES)
        statements_bind_int(found, 2, settling->now);
    statements_bind_int(found, 3, settling->most);
    return read_ids(found, ids, error);
}

static bool change_one(const struct settling *settling, enum query query, int64_t id,
                       GError **error)
{
    OWN(statement) changed = start(settling, query);

    statements_bind_int(changed, 1, id);
    if (query == QUERY_END_PAUSE)
        statements_bind_int(changed, 2, settling->now);
    return statements_run(changed, error) &&
           subscriber_rows_refresh_interest(settling->store, id, error);
}

/* Finds by one query, and changes each by the other. */
static bool change_all(struct settling *settling, enum query find, enum query change,
                       GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

    if (!list_ids(settling, find, ids, error))
        return false;
    for (guint i = 0; i < ids->len; i++)
        if (!change_one(settling, change, g_array_index(ids, int64_t, i), error))
            return false;
    settling->done += ids->len;
    return true;
}

/* No new notification can come in between: it needs the same write lock. */
static bool move_lanes(struct settling *settling, GError **error)
{
    OWN(statement) asked = start(settling, QUERY_IS_TOLD_NOW);
    int64_t is_told_now = 0;

    statements_bind_string(asked, 1, settling->page->id);
    if (!statements_run_value(asked, 0, &is_told_now, error))
        return false;
    return is_told_now != 0 || change_all(settling, QUERY_MOVING, QUERY_MOVE, error);
}

static bool has_topics(const struct settling *settling, int64_t id, bool *has, GError **error)
{
    OWN(statement) found = start(settling, QUERY_HAS_TOPICS);
    int64_t value = 0;

    statements_bind_int(found, 1, id);
    if (!statements_run_value(found, 0, &value, error))
        return false;
    *has = value != 0;
    return true;
}

/* Without a topic she would hear of everything. */
static bool let_go(const struct settling *settling, int64_t id, GError **error)
{
    const struct subscriber_whose whose = {settling->page->id, NULL, id};
    const struct consent consent = {
        .at = settling->now, .act = CONSENT_LEFT, .how = "following", .source = "", .words = ""};
    struct subscriber_row row = {0, SUBSCRIBER_PENDING};

    if (!subscriber_rows_find(settling->store, &whose, &row, error))
        return false;
    if (row.id == 0 || row.state == SUBSCRIBER_UNSUBSCRIBED)
        return true;
    return subscriber_rows_leave(settling->store, id, settling->now, error) &&
           joins_record(settling->store, id, &consent, error);
}

static bool end_following(const struct settling *settling, int64_t id, const char *topic,
                          GError **error)
{
    OWN(statement) ended = start(settling, QUERY_END_FOLLOWING);
    bool has = false;

    statements_bind_int(ended, 1, id);
    statements_bind_string(ended, 2, topic);
    if (!statements_run(ended, error) || !has_topics(settling, id, &has, error))
        return false;
    return has ? subscriber_rows_refresh_interest(settling->store, id, error)
               : let_go(settling, id, error);
}

static bool end_followings(struct settling *settling, const char *topic, int64_t most,
                           GError **error)
{
    OWN(statement) found = start(settling, QUERY_FOLLOWERS);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

    statements_bind_string(found, 1, topic);
    statements_bind_int(found, 2, most);
    if (!read_ids(found, ids, error))
        return false;
    for (guint i = 0; i < ids->len; i++)
        if (!end_following(settling, g_array_index(ids, int64_t, i), topic, error))
            return false;
    settling->done += ids->len;
    return true;
}

/* *topic NULL: there is no further one. */
static bool find_followed(const struct settling *settling, struct arena *arena, const char **topic,
                          GError **error)
{
    OWN(statement) found = start(settling, QUERY_NEXT_FOLLOWED);
    const char *next = NULL;

    statements_bind_string(found, 1, *topic);
    if (statements_step(found, error) == STATEMENTS_ROW)
        next = statements_string(found, arena, 0);
    *topic = next;
    return statements_run(found, error);
}

static bool check_over(const struct settling *settling, const char *topic, bool *is_over,
                       GError **error)
{
    OWN(statement) asked = start(settling, QUERY_IS_OVER);
    int64_t id = 0;
    int64_t value = 0;

    (void)number_parse(text_skip(text_of(topic), 2), 1, INT64_MAX, &id);
    statements_bind_int(asked, 1, id);
    statements_bind_string(asked, 2, settling->page->id);
    statements_bind_int(asked, 3, settling->now - settling->page->reopen_ms);
    if (!statements_run_value(asked, 0, &value, error))
        return false;
    *is_over = value != 0;
    return true;
}

/* From one followed incident to the next, however many follow each. */
static bool end_all_followings(struct settling *settling, GError **error)
{
    OWN(arena) arena = arena_open((size_t)1024 * 1024);
    const char *topic = "i:";
    const int64_t enough = settling->done + settling->most;

    for (int i = 0; i < FOLLOWED_MOST && settling->done < enough; i++) {
        bool is_over = false;

        if (!find_followed(settling, arena, &topic, error))
            return false;
        if (topic == NULL)
            return true;
        if (!check_over(settling, topic, &is_over, error) ||
            (is_over && !end_followings(settling, topic, enough - settling->done, error)))
            return false;
    }
    return true;
}

static bool has_any(const struct settling *settling, enum query query, bool *has, GError **error)
{
    struct settling first = *settling;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

    first.most = 1;
    if (!list_ids(&first, query, ids, error))
        return false;
    *has |= ids->len > 0;
    return true;
}

/* Is there anything to look at under the lock? Mostly not, and then it is not taken. */
static bool look(const struct settling *settling, bool *has, GError **error)
{
    OWN(arena) arena = arena_open((size_t)4096);
    const char *topic = "i:";

    if (!has_any(settling, QUERY_PAUSES, has, error) ||
        !has_any(settling, QUERY_MOVING, has, error) ||
        !find_followed(settling, arena, &topic, error))
        return false;
    *has |= topic != NULL;
    return true;
}

static bool settle(struct settling *settling, GError **error)
{
    const enum statements_scope scope = statements_enter(settling->store, error);

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = change_all(settling, QUERY_PAUSES, QUERY_END_PAUSE, error) &&
                         move_lanes(settling, error) && end_all_followings(settling, error);
    return statements_leave(settling->store, scope, is_good, error);
}

bool subscribers_settle(struct store *store, const struct page *page, int64_t now, int64_t most,
                        int64_t *done, GError **error)
{
    struct settling settling = {store, page, now, most, 0};
    bool has = false;

    if (!look(&settling, &has, error) || (has && !settle(&settling, error)))
        return false;
    *done = settling.done;
    return true;
}
