#include "gateway/store/subscribers.h"

#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#define COLUMNS                                                                                    \
    "SELECT id, public_id, page_id, address, kind, format, severity, language, time_zone, state,"  \
    " created_at, confirmed_at FROM subscriber "

#define WISHES "kind, format, lane, severity, language, time_zone, state, confirmed_at"

enum query {
    QUERY_BY_ADDRESS,
    QUERY_BY_ID,
    QUERY_LIST,
    QUERY_LIST_ALL,
    QUERY_TOPICS,
    QUERY_ADD,
    QUERY_COME_BACK,
    QUERY_FORGET_TOPICS,
    QUERY_ADD_TOPIC,
    QUERY_FORGET_INTEREST,
    QUERY_ADD_INTEREST,
    QUERY_LEAVE,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_BY_ADDRESS] = {COLUMNS "WHERE page_id = ?1 AND address = ?2", NULL},
    [QUERY_BY_ID] = {COLUMNS "WHERE page_id = ?1 AND id = ?2", NULL},
    [QUERY_LIST] = {COLUMNS "WHERE page_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3", NULL},
    [QUERY_LIST_ALL] = {COLUMNS "WHERE id < ?2 ORDER BY id DESC LIMIT ?3", NULL},
    [QUERY_TOPICS] = {"SELECT topic FROM subscriber_topic WHERE subscriber_id = ?1"
                      " ORDER BY topic",
                      NULL},
    [QUERY_ADD] = {"INSERT INTO subscriber (" WISHES ", page_id, address, public_id, created_at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10, ?7)",
                   NULL},
    [QUERY_COME_BACK] = {"UPDATE subscriber SET (" WISHES ")"
                         " = (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7) WHERE id = ?8",
                         NULL},
    [QUERY_FORGET_TOPICS] = {"DELETE FROM subscriber_topic WHERE subscriber_id = ?1", NULL},
    [QUERY_ADD_TOPIC] = {"INSERT INTO subscriber_topic (subscriber_id, topic) VALUES (?1, ?2)"
                         " ON CONFLICT DO NOTHING",
                         NULL},
    [QUERY_FORGET_INTEREST] = {"DELETE FROM interest WHERE subscriber_id = ?1", NULL},
    [QUERY_ADD_INTEREST] =
        {"INSERT INTO interest (page_id, lane, topic, severity, subscriber_id)"
         " SELECT s.page_id, s.lane, coalesce(t.topic, ''), s.severity, s.id"
         " FROM subscriber AS s LEFT JOIN subscriber_topic AS t ON t.subscriber_id = s.id"
         " WHERE s.id = ?1 AND s.state = 1",
         NULL},
    [QUERY_LEAVE] = {"UPDATE subscriber SET state = 3, left_at = ?1 WHERE id = ?2", NULL},
};

const struct statements_table subscribers_statements = {"subscribers", queries, QUERY_COUNT};

static bool load_topics(struct store *store, struct arena *arena, struct subscriber *subscriber,
                        GError **error)
{
    OWN(statement) found = statements_start(store, &subscribers_statements, QUERY_TOPICS);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(const char *));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, subscriber->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const char *const topic = statements_string(found, arena, 0);

        g_array_append_val(rows, topic);
    }
    subscriber->topics = rows_keep(arena, rows);
    subscriber->topic_count = rows->len;
    return step == STATEMENTS_DONE;
}

static struct subscriber read_subscriber(struct statement *row, struct arena *arena)
{
    return (struct subscriber){
        .id = statements_int(row, 0),
        .public_id = statements_string(row, arena, 1),
        .page_id = statements_string(row, arena, 2),
        .address = statements_string(row, arena, 3),
        .kind = statements_choice(row, 4, SUBSCRIBER_LIST + 1),
        .format = statements_choice(row, 5, SUBSCRIBER_FORMAT_COUNT),
        .severity = statements_choice(row, 6, INCIDENT_SEVERITY_COUNT),
        .language = statements_string(row, arena, 7),
        .time_zone = statements_string(row, arena, 8),
        .state = statements_choice(row, 9, SUBSCRIBER_STATE_COUNT),
        .created_at = statements_int(row, 10),
        .confirmed_at = statements_int(row, 11),
    };
}

static bool load_all(struct store *store, struct arena *arena, struct statement *found,
                     const struct subscriber **subscribers, size_t *count, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct subscriber));
    enum statements_step step = STATEMENTS_DONE;
    bool is_good = true;

    while (is_good && (step = statements_step(found, error)) == STATEMENTS_ROW) {
        struct subscriber subscriber = read_subscriber(found, arena);

        is_good = load_topics(store, arena, &subscriber, error);
        g_array_append_val(rows, subscriber);
    }
    if (!is_good || step == STATEMENTS_FAILED)
        return false;
    *subscribers = rows_keep(arena, rows);
    *count = rows->len;
    return true;
}

static bool load_one(struct store *store, struct arena *arena, struct statement *found,
                     const struct subscriber **subscriber, GError **error)
{
    const struct subscriber *all = NULL;
    size_t count = 0;

    if (!load_all(store, arena, found, &all, &count, error))
        return false;
    *subscriber = count > 0 ? all : NULL;
    return true;
}

bool subscribers_find(struct store *store, struct arena *arena, const struct page *page,
                      const char *address, const struct subscriber **subscriber, GError **error)
{
    OWN(statement) found = statements_start(store, &subscribers_statements, QUERY_BY_ADDRESS);

    statements_bind_string(found, 1, page->id);
    statements_bind_string(found, 2, address);
    return load_one(store, arena, found, subscriber, error);
}

bool subscribers_load(struct store *store, struct arena *arena, const struct page *page, int64_t id,
                      const struct subscriber **subscriber, GError **error)
{
    OWN(statement) found = statements_start(store, &subscribers_statements, QUERY_BY_ID);

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, id);
    return load_one(store, arena, found, subscriber, error);
}

bool subscribers_list(struct store *store, struct arena *arena, const struct listing *listing,
                      const struct subscriber **subscribers, size_t *count, GError **error)
{
    OWN(statement)
    found = statements_start(store, &subscribers_statements,
                             listing->page != NULL ? QUERY_LIST : QUERY_LIST_ALL);

    if (listing->page != NULL)
        statements_bind_string(found, 1, listing->page->id);
    statements_bind_int(found, 2, listing->before_id > 0 ? listing->before_id : INT64_MAX);
    statements_bind_int(found, 3, (int64_t)MIN(listing->most, (size_t)INT32_MAX));
    return load_all(store, arena, found, subscribers, count, error);
}

/* What of a row decides whether and how it changes; id 0: there is none. */
struct standing_row {
    int64_t id;
    enum subscriber_state state;
};

/* Whose row it is: by address, or (NULL) by id. */
struct whose {
    const char *page_id;
    const char *address;
    int64_t id;
};

static bool find_row(struct store *store, const struct whose *whose, struct standing_row *row,
                     GError **error)
{
    const enum query query = whose->address != NULL ? QUERY_BY_ADDRESS : QUERY_BY_ID;
    OWN(statement) found = statements_start(store, &subscribers_statements, query);
    struct standing_row read = {0, SUBSCRIBER_PENDING};
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, whose->page_id);
    if (whose->address != NULL)
        statements_bind_string(found, 2, whose->address);
    else
        statements_bind_int(found, 2, whose->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        read.id = statements_int(found, 0);
        read.state = statements_choice(found, 9, SUBSCRIBER_STATE_COUNT);
    }
    *row = read;
    return step == STATEMENTS_DONE;
}

static bool run_for(struct store *store, enum query query, int64_t id, GError **error)
{
    OWN(statement) ran = statements_start(store, &subscribers_statements, query);

    statements_bind_int(ran, 1, id);
    return statements_run(ran, error);
}

static void bind_wishes(struct statement *saved, const struct subscriber *subscriber, int64_t now)
{
    statements_bind_int(saved, 1, subscriber->kind);
    statements_bind_int(saved, 2, subscriber->format);
    statements_bind_int(saved, 3, subscriber->format == FORMAT_PAGER ? LANE_PAGER : LANE_MAIL);
    statements_bind_int(saved, 4, subscriber->severity);
    statements_bind_string(saved, 5, subscriber->language);
    statements_bind_string(saved, 6, subscriber->time_zone);
    statements_bind_int(saved, 7, now);
}

static bool add_row(struct store *store, const struct subscriber *subscriber, int64_t now,
                    int64_t *id, GError **error)
{
    OWN(arena) arena = arena_open(4096);
    OWN(statement) added = statements_start(store, &subscribers_statements, QUERY_ADD);

    bind_wishes(added, subscriber, now);
    statements_bind_string(added, 8, subscriber->page_id);
    statements_bind_string(added, 9, subscriber->address);
    statements_bind_string(added, 10, secret_public_id(arena, "sub_"));
    if (!statements_run(added, error))
        return false;
    *id = statements_last_id(store);
    return true;
}

/* The lane may change here though a fan-out runs: she was in none since she left, and is confirmed
 * after each notification that is being told now. */
static bool come_back(struct store *store, const struct subscriber *subscriber, int64_t id,
                      int64_t now, GError **error)
{
    OWN(statement) saved = statements_start(store, &subscribers_statements, QUERY_COME_BACK);

    bind_wishes(saved, subscriber, now);
    statements_bind_int(saved, 8, id);
    return statements_run(saved, error) && run_for(store, QUERY_FORGET_TOPICS, id, error) &&
           run_for(store, QUERY_FORGET_INTEREST, id, error);
}

static bool add_topics(struct store *store, const struct subscriber *subscriber, int64_t id,
                       GError **error)
{
    bool is_good = true;

    for (size_t i = 0; is_good && i < subscriber->topic_count; i++) {
        OWN(statement) added = statements_start(store, &subscribers_statements, QUERY_ADD_TOPIC);

        statements_bind_int(added, 1, id);
        statements_bind_string(added, 2, subscriber->topics[i]);
        is_good = statements_run(added, error);
    }
    return is_good && run_for(store, QUERY_ADD_INTEREST, id, error);
}

static bool add(struct store *store, const struct subscriber *subscriber, int64_t now,
                bool *was_there, GError **error)
{
    const struct whose whose = {subscriber->page_id, subscriber->address, 0};
    struct standing_row row = {0, SUBSCRIBER_PENDING};

    if (!find_row(store, &whose, &row, error))
        return false;
    *was_there = row.id != 0 && row.state == SUBSCRIBER_CONFIRMED;
    if (*was_there)
        return true;
    const bool is_saved = row.id == 0 ? add_row(store, subscriber, now, &row.id, error)
                                      : come_back(store, subscriber, row.id, now, error);
    return is_saved && add_topics(store, subscriber, row.id, error);
}

bool subscribers_add(struct store *store, const struct subscriber *subscriber, int64_t now,
                     bool *was_there, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);
    bool was = false;

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = add(store, subscriber, now, &was, error);
    if (!statements_leave(store, scope, is_good, error))
        return false;
    *was_there = was;
    return true;
}

static bool leave(struct store *store, const struct standing_row *row, int64_t now, GError **error)
{
    if (row->id == 0 || row->state == SUBSCRIBER_UNSUBSCRIBED)
        return true;
    OWN(statement) left = statements_start(store, &subscribers_statements, QUERY_LEAVE);
    statements_bind_int(left, 1, now);
    statements_bind_int(left, 2, row->id);
    return statements_run(left, error) && run_for(store, QUERY_FORGET_INTEREST, row->id, error);
}

static bool remove_row(struct store *store, const struct whose *whose, int64_t now, bool *was_there,
                       GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);
    struct standing_row row = {0, SUBSCRIBER_PENDING};

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = find_row(store, whose, &row, error) && leave(store, &row, now, error);
    if (!statements_leave(store, scope, is_good, error))
        return false;
    *was_there = row.id != 0 && row.state != SUBSCRIBER_UNSUBSCRIBED;
    return true;
}

bool subscribers_remove(struct store *store, const struct page *page, const char *address,
                        int64_t now, bool *was_there, GError **error)
{
    const struct whose whose = {page->id, address, 0};

    return remove_row(store, &whose, now, was_there, error);
}

bool subscribers_remove_id(struct store *store, const struct page *page, int64_t id, int64_t now,
                           bool *was_there, GError **error)
{
    const struct whose whose = {page->id, NULL, id};

    return remove_row(store, &whose, now, was_there, error);
}
