#include "gateway/store/digests.h"

#include "gateway/store/digest_changes.h"
#include "gateway/store/letters.h"
#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#include <inttypes.h>

#define BATCH_BYTES ((size_t)64 * 1024 * 1024)

enum query { QUERY_NEXT, QUERY_DUE, QUERY_TOPICS, QUERY_MOVE, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_NEXT] = {"SELECT min(digest_at) FROM subscriber"
                    " WHERE page_id = ?1 AND state = 1 AND digest_at IS NOT NULL",
                    NULL},
    [QUERY_DUE] = {"SELECT id, address, severity, kinds, delivery, digest_minute, digest_weekday,"
                   " breaks_through, paused_until, digest_since, language, time_zone"
                   " FROM subscriber WHERE page_id = ?1 AND state = 1 AND digest_at IS NOT NULL"
                   " AND digest_at <= ?2 ORDER BY digest_at LIMIT ?3",
                   NULL},
    [QUERY_TOPICS] = {"SELECT topic FROM subscriber_topic WHERE subscriber_id = ?1 ORDER BY topic",
                      NULL},
    [QUERY_MOVE] = {"UPDATE subscriber SET digest_since = ?2, digest_at = ?3 WHERE id = ?1", NULL},
};

const struct statements_table digests_statements = {"digests", queries, QUERY_COUNT};

/* Those whose digests are due, and what they share: what changed is found once, whom it concerns once
 * for each taste and beginning, the next moment once for each hour and zone. */
struct batch {
    struct store *store;
    struct arena *arena;
    const struct page *page;
    int64_t until;
    GArray *readers; /* of struct subscriber */
    struct digest_mark reach;
    struct digest_changes changes;
    GHashTable *marks;   /* since -> struct digest_mark */
    GHashTable *answers; /* since and taste -> is anything to be told? */
    GHashTable *moments; /* hour and zone -> int64_t */
};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &digests_statements, query);
}

bool digests_next(struct store *store, const struct page *page, int64_t *at, GError **error)
{
    OWN(statement) found = start(store, QUERY_NEXT);

    statements_bind_string(found, 1, page->id);
    return statements_run_value(found, 0, at, error);
}

bool digests_find_taste(struct store *store, struct arena *arena,
                        const struct subscriber *subscriber, const char **taste, GError **error)
{
    struct digest_taste found;

    if (!digest_changes_taste(store, arena, subscriber, &found, error))
        return false;
    *taste = digest_changes_write_taste(arena, &found);
    return true;
}

static bool load_topics(struct batch *batch, struct subscriber *reader, GError **error)
{
    OWN(statement) found = start(batch->store, QUERY_TOPICS);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(const char *));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, reader->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const char *topic = statements_string(found, batch->arena, 0);

        g_array_append_val(rows, topic);
    }
    reader->topics = rows_keep(batch->arena, rows);
    reader->topic_count = rows->len;
    return step == STATEMENTS_DONE;
}

static struct subscriber read_reader(struct statement *row, const struct batch *batch)
{
    return (struct subscriber){
        .id = statements_int(row, 0),
        .page_id = batch->page->id,
        .address = statements_string(row, batch->arena, 1),
        .severity = statements_choice(row, 2, INCIDENT_SEVERITY_COUNT),
        .kinds = statements_choice(row, 3, NEWS_ALL + 1),
        .delivery = statements_choice(row, 4, SUBSCRIBER_DELIVERY_COUNT),
        .digest_minute = statements_choice(row, 5, 24 * 60),
        .digest_weekday = statements_choice(row, 6, 8),
        .breaks_through = statements_int(row, 7) != 0,
        .paused_until = statements_int(row, 8),
        .digest_since = statements_int(row, 9),
        .language = statements_string(row, batch->arena, 10),
        .time_zone = statements_string(row, batch->arena, 11),
    };
}

static bool load_readers(struct batch *batch, int64_t most, GError **error)
{
    OWN(statement) found = start(batch->store, QUERY_DUE);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, batch->page->id);
    statements_bind_int(found, 2, batch->until);
    statements_bind_int(found, 3, most);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct subscriber reader = read_reader(found, batch);

        g_array_append_val(batch->readers, reader);
    }
    return step == STATEMENTS_DONE;
}

static bool is_paused(const struct batch *batch, const struct subscriber *reader)
{
    return reader->paused_until > batch->until;
}

static bool is_to_be_told(const struct batch *batch, const struct subscriber *reader)
{
    return reader->delivery != DELIVERY_IMMEDIATE && !is_paused(batch, reader) &&
           reader->digest_since != 0 && reader->digest_since < batch->until;
}

static bool find_mark(struct batch *batch, int64_t since, const struct digest_mark **mark,
                      GError **error)
{
    struct digest_mark *found = g_hash_table_lookup(batch->marks, &since);

    if (found == NULL) {
        found = ARENA_NEW(batch->arena, struct digest_mark);
        if (!digest_changes_reach(batch->store, batch->page, since, found, error))
            return false;
        (void)g_hash_table_insert(batch->marks, g_memdup2(&since, sizeof since), found);
    }
    *mark = found;
    return true;
}

/* Since the first of all that they ask for. */
static bool load_changes(struct batch *batch, GError **error)
{
    struct digest_span span = {batch->page, INT64_MAX, 0};

    if (!digest_changes_keep(batch->store, batch->page, batch->until, error) ||
        !digest_changes_reach(batch->store, batch->page, batch->until, &batch->reach, error))
        return false;
    span.through_id = batch->reach.notification_id;
    for (guint i = 0; i < batch->readers->len; i++) {
        const struct subscriber *reader = &g_array_index(batch->readers, struct subscriber, i);
        const struct digest_mark *mark = NULL;

        if (!is_to_be_told(batch, reader))
            continue;
        if (!find_mark(batch, reader->digest_since, &mark, error))
            return false;
        span.after_id = MIN(span.after_id, mark->notification_id);
    }
    return digest_changes_load(batch->store, batch->arena, &span, &batch->changes, error);
}

static bool has_news(const struct batch *batch, const struct digest_taste *taste, int64_t after_id)
{
    for (size_t i = 0; i < batch->changes.count; i++)
        if (batch->changes.rows[i].notification_id > after_id &&
            digest_changes_wait(taste, &batch->changes.rows[i]))
            return true;
    return false;
}

static bool ask(struct batch *batch, struct subscriber *reader, bool *has, GError **error)
{
    const struct digest_mark *mark = NULL;
    struct digest_taste taste;
    gpointer known = NULL;

    if (!load_topics(batch, reader, error) ||
        !digest_changes_taste(batch->store, batch->arena, reader, &taste, error) ||
        !find_mark(batch, reader->digest_since, &mark, error))
        return false;

    char *key = g_strdup_printf("%" PRId64 " %s", reader->digest_since,
                                digest_changes_write_taste(batch->arena, &taste));
    if (g_hash_table_lookup_extended(batch->answers, key, NULL, &known)) {
        g_free(key);
        *has = GPOINTER_TO_INT(known) != 0;
        return true;
    }
    *has = has_news(batch, &taste, mark->notification_id);
    (void)g_hash_table_insert(batch->answers, key, GINT_TO_POINTER(*has ? 1 : 0));
    return true;
}

static int64_t next_moment(struct batch *batch, const struct subscriber *reader)
{
    const int64_t after = MAX(batch->until, reader->paused_until);
    char *key = g_strdup_printf("%d %u %u %" PRId64 " %s", reader->delivery, reader->digest_minute,
                                reader->digest_weekday, after, reader->time_zone);
    int64_t *at = g_hash_table_lookup(batch->moments, key);

    if (at != NULL) {
        g_free(key);
        return *at;
    }
    at = ARENA_NEW(batch->arena, int64_t);
    *at = subscriber_next_digest(reader, batch->page->time_zone, after);
    (void)g_hash_table_insert(batch->moments, key, at);
    return *at;
}

static bool add_letter(struct batch *batch, const struct subscriber *reader, GError **error)
{
    const struct letter_fact facts[] = {
        {"since", arena_format(batch->arena, "%" PRId64, reader->digest_since)},
        {"until", arena_format(batch->arena, "%" PRId64, batch->until)},
    };
    struct letter letter = {
        .page_id = batch->page->id,
        .kind = LETTER_DIGEST,
        .address = reader->address,
        .language = reader->language,
        .time_zone = reader->time_zone,
        .facts = facts,
        .fact_count = G_N_ELEMENTS(facts),
        .subscriber_id = reader->id,
        .created_at = batch->until,
        .due_at = batch->until,
    };

    return letters_add(batch->store, &letter, error);
}

static bool move(struct batch *batch, const struct subscriber *reader, GError **error)
{
    const bool is_immediate = reader->delivery == DELIVERY_IMMEDIATE;
    const bool must_wait = is_paused(batch, reader) && reader->digest_since != 0;
    const int64_t since =
        must_wait ? reader->digest_since : MAX(reader->digest_since, batch->until);
    OWN(statement) moved = start(batch->store, QUERY_MOVE);

    statements_bind_int(moved, 1, reader->id);
    statements_bind_id(moved, 2, is_immediate ? 0 : since);
    statements_bind_id(moved, 3, is_immediate ? 0 : next_moment(batch, reader));
    return statements_run(moved, error);
}

static bool serve_reader(struct batch *batch, struct subscriber *reader, GError **error)
{
    bool has = false;

    if (is_to_be_told(batch, reader) && !ask(batch, reader, &has, error))
        return false;
    return (!has || add_letter(batch, reader, error)) && move(batch, reader, error);
}

static bool run_batch(struct batch *batch, int64_t most, GError **error)
{
    if (!load_readers(batch, most, error) || !load_changes(batch, error))
        return false;
    for (guint i = 0; i < batch->readers->len; i++)
        if (!serve_reader(batch, &g_array_index(batch->readers, struct subscriber, i), error))
            return false;
    return true;
}

static bool run(struct batch *batch, int64_t most, GError **error)
{
    return store_begin(batch->store, error) &&
           statements_leave(batch->store, STATEMENTS_OWN, run_batch(batch, most, error), error);
}

bool digests_run_due(struct store *store, const struct page *page, int64_t now, int64_t most,
                     int64_t *done, GError **error)
{
    OWN(arena) arena = arena_open(BATCH_BYTES);
    g_autoptr(GArray) readers = g_array_new(FALSE, FALSE, sizeof(struct subscriber));
    g_autoptr(GHashTable) marks = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) moments = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct batch batch = {
        .store = store,
        .arena = arena,
        .page = page,
        .until = now,
        .readers = readers,
        .marks = marks,
        .answers = answers,
        .moments = moments,
    };
    int64_t first = 0;

    if (!digests_next(store, page, &first, error))
        return false;
    if (first != 0 && first <= now && !run(&batch, most, error))
        return false;
    *done = readers->len;
    return true;
}
