#include "gateway/store/subscriber_rows.h"

#include "gateway/store/statements.h"

#define SETTINGS                                                                                   \
    "kind, format, severity, language, time_zone, kinds, delivery, digest_minute,"                 \
    " digest_weekday, breaks_through, paused_until, digest_since, digest_at"
#define VALUES "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13"

/* 0 for pagers, 1 for mail: enum lane. */
#define LANE "(?2 <> 2)"

enum query {
    QUERY_BY_ADDRESS,
    QUERY_BY_ID,
    QUERY_ADD,
    QUERY_COME_BACK,
    QUERY_FORGET_BOUNCES,
    QUERY_FORGET_MUTES,
    QUERY_SAVE,
    QUERY_LEAVE,
    QUERY_FORGET_TOPICS,
    QUERY_ADD_TOPIC,
    QUERY_FORGET_INTEREST,
    QUERY_ADD_INTEREST,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_BY_ADDRESS] = {"SELECT id, state FROM subscriber WHERE page_id = ?1 AND address = ?2",
                          NULL},
    [QUERY_BY_ID] = {"SELECT id, state FROM subscriber WHERE page_id = ?1 AND id = ?2", NULL},
    [QUERY_ADD] = {"INSERT INTO subscriber (" SETTINGS ", lane, state, page_id, address, public_id,"
                   " created_at, confirmed_at)"
                   " VALUES (" VALUES ", " LANE ", 1, ?14, ?15, ?16, ?17, ?17)",
                   NULL},
    /* The lane may change here though a fan-out runs: she was in none since she left, and is confirmed
     * after each notification that is being told now. */
    [QUERY_COME_BACK] = {"UPDATE subscriber SET (" SETTINGS ", lane, state, confirmed_at,"
                         " hears_since, suspended_at, probed_at, probe_at, probe_count)"
                         " = (" VALUES ", " LANE ", 1, ?15, NULL, NULL, NULL, NULL, 0)"
                         " WHERE id = ?14",
                         NULL},
    [QUERY_FORGET_BOUNCES] = {"DELETE FROM bounce WHERE subscriber_id = ?1", NULL},
    [QUERY_FORGET_MUTES] = {"DELETE FROM subscriber_mute WHERE subscriber_id = ?1", NULL},
    /* While a notification of the page is being told she stays in her lane: its cursor has passed her,
     * or will. Who goes on after a pause is not told what was made in it. */
    [QUERY_SAVE] = {"UPDATE subscriber SET (" SETTINGS ", lane, silent_since, hears_since)"
                    " = (" VALUES ", CASE WHEN EXISTS (SELECT 1 FROM notification AS n"
                    " WHERE n.state = 0 AND n.page_id = subscriber.page_id)"
                    " THEN lane ELSE " LANE " END,"
                    " CASE WHEN paused_until IS NULL AND ?11 IS NOT NULL THEN ?15"
                    " ELSE silent_since END,"
                    " CASE WHEN paused_until IS NOT NULL AND ?11 IS NULL THEN ?15"
                    " ELSE hears_since END) WHERE id = ?14",
                    "n: the index of those that are being told"},
    [QUERY_LEAVE] = {"UPDATE subscriber SET state = 3, left_at = ?1, suspended_at = NULL,"
                     " probe_at = NULL WHERE id = ?2",
                     NULL},
    [QUERY_FORGET_TOPICS] = {"DELETE FROM subscriber_topic WHERE subscriber_id = ?1", NULL},
    [QUERY_ADD_TOPIC] = {"INSERT INTO subscriber_topic (subscriber_id, topic) VALUES (?1, ?2)"
                         " ON CONFLICT DO NOTHING",
                         NULL},
    [QUERY_FORGET_INTEREST] = {"DELETE FROM interest WHERE subscriber_id = ?1", NULL},
    [QUERY_ADD_INTEREST] =
        {"INSERT INTO interest (page_id, lane, topic, severity, subscriber_id)"
         " SELECT s.page_id, s.lane, coalesce(t.topic, ''),"
         " CASE WHEN s.delivery = 0 AND s.paused_until IS NULL THEN s.severity ELSE 2 END, s.id"
         " FROM subscriber AS s LEFT JOIN subscriber_topic AS t ON t.subscriber_id = s.id"
         " WHERE s.id = ?1 AND s.state = 1"
         " AND (s.breaks_through = 1 OR (s.delivery = 0 AND s.paused_until IS NULL))",
         NULL},
};

const struct statements_table subscriber_rows_statements = {"subscriber_rows", queries,
                                                            QUERY_COUNT};

static struct statement *start(struct store *store, enum query query)
{
    return statements_start(store, &subscriber_rows_statements, query);
}

bool subscriber_rows_run(struct store *store, const struct statements_table *table, size_t query,
                         int64_t id, GError **error)
{
    OWN(statement) ran = statements_start(store, table, query);

    statements_bind_int(ran, 1, id);
    return statements_run(ran, error);
}

static bool run_for(struct store *store, enum query query, int64_t id, GError **error)
{
    return subscriber_rows_run(store, &subscriber_rows_statements, query, id, error);
}

bool subscriber_rows_find(struct store *store, const struct subscriber_whose *whose,
                          struct subscriber_row *row, GError **error)
{
    OWN(statement) found = start(store, whose->address != NULL ? QUERY_BY_ADDRESS : QUERY_BY_ID);
    struct subscriber_row read = {0, SUBSCRIBER_PENDING};
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, whose->page_id);
    if (whose->address != NULL)
        statements_bind_string(found, 2, whose->address);
    else
        statements_bind_int(found, 2, whose->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        read.id = statements_int(found, 0);
        read.state = statements_choice(found, 1, SUBSCRIBER_STATE_COUNT);
    }
    *row = read;
    return step == STATEMENTS_DONE;
}

bool subscriber_rows_refresh_interest(struct store *store, int64_t id, GError **error)
{
    return run_for(store, QUERY_FORGET_INTEREST, id, error) &&
           run_for(store, QUERY_ADD_INTEREST, id, error);
}

static bool add_topics(struct store *store, int64_t id, const char *const *topics, size_t count,
                       GError **error)
{
    bool is_good = true;

    for (size_t i = 0; is_good && i < count; i++) {
        OWN(statement) added = start(store, QUERY_ADD_TOPIC);

        statements_bind_int(added, 1, id);
        statements_bind_string(added, 2, topics[i]);
        is_good = statements_run(added, error);
    }
    return is_good;
}

bool subscriber_rows_set_topics(struct store *store, int64_t id, const char *const *topics,
                                size_t count, GError **error)
{
    return run_for(store, QUERY_FORGET_TOPICS, id, error) &&
           add_topics(store, id, topics, count, error) &&
           subscriber_rows_refresh_interest(store, id, error);
}

/* A digest without a moment is due now: the clock finds nothing new, and the moment of the next. */
static void bind_settings(struct statement *saved, const struct subscriber *subscriber, int64_t now)
{
    const bool has_digest = subscriber->delivery != DELIVERY_IMMEDIATE;
    const int64_t since = subscriber->digest_since != 0 ? subscriber->digest_since : now;
    const int64_t at = subscriber->digest_at != 0 ? subscriber->digest_at : now;

    statements_bind_int(saved, 1, subscriber->kind);
    statements_bind_int(saved, 2, subscriber->format);
    statements_bind_int(saved, 3, subscriber->severity);
    statements_bind_string(saved, 4, subscriber->language);
    statements_bind_string(saved, 5, subscriber->time_zone);
    statements_bind_int(saved, 6, subscriber->kinds);
    statements_bind_int(saved, 7, subscriber->delivery);
    statements_bind_int(saved, 8, subscriber->digest_minute);
    statements_bind_int(saved, 9, subscriber->digest_weekday);
    statements_bind_int(saved, 10, subscriber->breaks_through ? 1 : 0);
    statements_bind_id(saved, 11, subscriber->paused_until);
    statements_bind_id(saved, 12, has_digest ? since : 0);
    statements_bind_id(saved, 13, has_digest ? at : 0);
}

static bool add_row(struct store *store, const struct subscriber *subscriber, int64_t now,
                    int64_t *id, GError **error)
{
    OWN(arena) arena = arena_open(4096);
    OWN(statement) added = start(store, QUERY_ADD);

    bind_settings(added, subscriber, now);
    statements_bind_string(added, 14, subscriber->page_id);
    statements_bind_string(added, 15, subscriber->address);
    statements_bind_string(added, 16, secret_public_id(arena, "sub_"));
    statements_bind_int(added, 17, now);
    if (!statements_run(added, error))
        return false;
    *id = statements_last_id(store);
    return true;
}

static bool come_back(struct store *store, const struct subscriber *subscriber, int64_t id,
                      int64_t now, GError **error)
{
    OWN(statement) saved = start(store, QUERY_COME_BACK);

    bind_settings(saved, subscriber, now);
    statements_bind_int(saved, 14, id);
    statements_bind_int(saved, 15, now);
    return statements_run(saved, error) && run_for(store, QUERY_FORGET_BOUNCES, id, error) &&
           run_for(store, QUERY_FORGET_MUTES, id, error);
}

/* A new one has no topics to forget: an import has a million of them. */
static bool enrol_new(struct store *store, const struct subscriber *subscriber, int64_t now,
                      struct subscriber_row *row, GError **error)
{
    return add_row(store, subscriber, now, &row->id, error) &&
           add_topics(store, row->id, subscriber->topics, subscriber->topic_count, error) &&
           run_for(store, QUERY_ADD_INTEREST, row->id, error);
}

bool subscriber_rows_enrol(struct store *store, const struct subscriber *subscriber, int64_t now,
                           struct subscriber_row *row, GError **error)
{
    const bool is_enrolled =
        row->id == 0 ? enrol_new(store, subscriber, now, row, error)
                     : come_back(store, subscriber, row->id, now, error) &&
                           subscriber_rows_set_topics(store, row->id, subscriber->topics,
                                                      subscriber->topic_count, error);

    if (is_enrolled)
        row->state = SUBSCRIBER_CONFIRMED;
    return is_enrolled;
}

bool subscriber_rows_save(struct store *store, const struct subscriber *subscriber, int64_t now,
                          GError **error)
{
    OWN(statement) saved = start(store, QUERY_SAVE);

    bind_settings(saved, subscriber, now);
    statements_bind_int(saved, 14, subscriber->id);
    statements_bind_int(saved, 15, now);
    return statements_run(saved, error) &&
           subscriber_rows_set_topics(store, subscriber->id, subscriber->topics,
                                      subscriber->topic_count, error);
}

bool subscriber_rows_leave(struct store *store, int64_t id, int64_t now, GError **error)
{
    OWN(statement) left = start(store, QUERY_LEAVE);

    statements_bind_int(left, 1, now);
    statements_bind_int(left, 2, id);
    return statements_run(left, error) && run_for(store, QUERY_FORGET_INTEREST, id, error);
}
