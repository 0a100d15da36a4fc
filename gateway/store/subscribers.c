#include "gateway/store/subscribers.h"

#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#define COLUMNS                                                                                    \
    "SELECT s.id, public_id, page_id, address, kind, format, severity, language, time_zone, "      \
    "state,"                                                                                       \
    " created_at, confirmed_at, kinds, delivery, digest_minute, digest_weekday, breaks_through,"   \
    " paused_until, digest_since, digest_at, silent_since, hears_since FROM subscriber AS s "

/* A filter's part that does not matter is NULL. */
#define FILTER                                                                                     \
    " s.id < ?2 AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR format = ?5)"                    \
    " AND (?6 IS NULL OR kind = ?6) AND (kinds & ?7) = ?7"                                         \
    " AND (?8 IS NULL OR instr(lower(address), lower(?8)) > 0)"                                    \
    " AND (?9 IS NULL OR NOT EXISTS (SELECT 1 FROM subscriber_topic WHERE subscriber_id = s.id)"   \
    " OR EXISTS (SELECT 1 FROM subscriber_topic WHERE subscriber_id = s.id"                        \
    " AND topic IN ('c:' || ?9, 'g:' || ?10)))"                                                    \
    " ORDER BY s.id DESC LIMIT ?3"

enum query {
    QUERY_BY_ADDRESS,
    QUERY_BY_ID,
    QUERY_LIST,
    QUERY_TOPICS,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_BY_ADDRESS] = {COLUMNS "WHERE page_id = ?1 AND address = ?2", NULL},
    [QUERY_BY_ID] = {COLUMNS "WHERE page_id = ?1 AND id = ?2", NULL},
    [QUERY_LIST] = {COLUMNS "WHERE (?1 IS NULL OR page_id = ?1) AND" FILTER, NULL},
    [QUERY_TOPICS] = {"SELECT topic FROM subscriber_topic WHERE subscriber_id = ?1"
                      " ORDER BY topic",
                      NULL},
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
        .kinds = statements_choice(row, 12, NEWS_ALL + 1),
        .delivery = statements_choice(row, 13, SUBSCRIBER_DELIVERY_COUNT),
        .digest_minute = statements_choice(row, 14, 24 * 60),
        .digest_weekday = statements_choice(row, 15, 8),
        .breaks_through = statements_int(row, 16) != 0,
        .paused_until = statements_int(row, 17),
        .digest_since = statements_int(row, 18),
        .digest_at = statements_int(row, 19),
        .silent_since = statements_int(row, 20),
        .hears_since = statements_int(row, 21),
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

static void bind_choice(struct statement *found, int parameter, bool has, int64_t value)
{
    if (has) /* NULL otherwise */
        statements_bind_int(found, parameter, value);
}

static void bind_filter(struct statement *found, const struct subscriber_filter *filter)
{
    const struct listing *listing = &filter->listing;
    const bool has_part = filter->address_part != NULL && *filter->address_part != '\0';

    statements_bind_string(found, 1, listing->page != NULL ? listing->page->id : NULL);
    statements_bind_int(found, 2, listing->before_id > 0 ? listing->before_id : INT64_MAX);
    statements_bind_int(found, 3, (int64_t)MIN(listing->most, (size_t)INT32_MAX));
    bind_choice(found, 4, filter->has_state, filter->state);
    bind_choice(found, 5, filter->has_format, filter->format);
    bind_choice(found, 6, filter->has_kind, filter->kind);
    statements_bind_int(found, 7, filter->news);
    statements_bind_string(found, 8, has_part ? filter->address_part : NULL);
    if (filter->component == NULL)
        return;
    statements_bind_string(found, 9, filter->component->id);
    /* NULL is nobody's group: 'g:' would be one without a name. */
    statements_bind_string(found, 10,
                           *filter->component->group != '\0' ? filter->component->group : NULL);
}

bool subscribers_search(struct store *store, struct arena *arena,
                        const struct subscriber_filter *filter,
                        const struct subscriber **subscribers, size_t *count, GError **error)
{
    OWN(statement) found = statements_start(store, &subscribers_statements, QUERY_LIST);

    bind_filter(found, filter);
    return load_all(store, arena, found, subscribers, count, error);
}

bool subscribers_list(struct store *store, struct arena *arena, const struct listing *listing,
                      const struct subscriber **subscribers, size_t *count, GError **error)
{
    const struct subscriber_filter filter = {.listing = *listing};

    return subscribers_search(store, arena, &filter, subscribers, count, error);
}
