#include "gateway/store/digest_changes.h"

#include "gateway/base/moment.h"
#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#include <inttypes.h>
#include <string.h>

#define MARKS_MS (40 * DAY_MS) /* who was paused for longer is told by moments */

enum query {
    QUERY_KEEP,
    QUERY_FORGET,
    QUERY_MARK,
    QUERY_BY_MOMENT,
    QUERY_CHANGES,
    QUERY_BEFORE,
    QUERY_TOPICS,
    QUERY_MUTED,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_KEEP] = {"INSERT INTO digest_mark (page_id, at, notification_id, update_id)"
                    " SELECT ?1, ?2,"
                    " coalesce((SELECT max(id) FROM notification WHERE page_id = ?1), 0),"
                    " coalesce((SELECT max(id) FROM incident_update), 0)"
                    " WHERE true ON CONFLICT DO NOTHING",
                    NULL},
    [QUERY_FORGET] = {"DELETE FROM digest_mark WHERE page_id = ?1 AND at < ?2", NULL},
    [QUERY_MARK] = {"SELECT notification_id, update_id FROM digest_mark"
                    " WHERE page_id = ?1 AND at = ?2",
                    NULL},
    [QUERY_BY_MOMENT] = {"SELECT id, update_id FROM notification"
                         " WHERE page_id = ?1 AND created_at <= ?2 ORDER BY id DESC LIMIT 1",
                         NULL},
    [QUERY_CHANGES] = {"SELECT n.id, n.incident_id, n.severity, n.kind, n.created_at,"
                       " n.news"
                       " FROM notification AS n"
                       " WHERE n.page_id = ?1 AND n.id > ?2 AND n.id <= ?3"
                       " AND NOT EXISTS (SELECT 1 FROM notification AS o"
                       " WHERE o.incident_id = n.incident_id AND o.id > n.id AND o.id <= ?3)"
                       " ORDER BY n.id DESC LIMIT ?4",
                       NULL},
    [QUERY_BEFORE] = {"SELECT id, incident_id, severity, kind, created_at, news FROM notification"
                      " WHERE incident_id = ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1",
                      NULL},
    [QUERY_TOPICS] = {"SELECT topic FROM notification_topic WHERE notification_id = ?1", NULL},
    [QUERY_MUTED] = {"SELECT incident_id FROM subscriber_mute WHERE subscriber_id = ?1"
                     " ORDER BY incident_id",
                     NULL},
};

const struct statements_table digest_changes_statements = {"digest_changes", queries, QUERY_COUNT};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &digest_changes_statements, query);
}

bool digest_changes_keep(struct store *store, const struct page *page, int64_t at, GError **error)
{
    OWN(statement) kept = start(store, QUERY_KEEP);
    OWN(statement) forgotten = start(store, QUERY_FORGET);

    statements_bind_string(kept, 1, page->id);
    statements_bind_int(kept, 2, at);
    statements_bind_string(forgotten, 1, page->id);
    statements_bind_int(forgotten, 2, at - MARKS_MS);
    return statements_run(kept, error) && statements_run(forgotten, error);
}

static bool find_mark(struct statement *found, struct digest_mark *mark, bool *is_there,
                      GError **error)
{
    enum statements_step step = STATEMENTS_DONE;

    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        *is_there = true;
        *mark = (struct digest_mark){statements_int(found, 0), statements_int(found, 1)};
    }
    return step == STATEMENTS_DONE;
}

bool digest_changes_reach(struct store *store, const struct page *page, int64_t at,
                          struct digest_mark *mark, GError **error)
{
    OWN(statement) kept = start(store, QUERY_MARK);
    OWN(statement) by_moment = start(store, QUERY_BY_MOMENT);
    struct digest_mark found = {0, 0};
    bool is_there = false;

    statements_bind_string(kept, 1, page->id);
    statements_bind_int(kept, 2, at);
    statements_bind_string(by_moment, 1, page->id);
    statements_bind_int(by_moment, 2, at);
    if (!find_mark(kept, &found, &is_there, error) ||
        (!is_there && !find_mark(by_moment, &found, &is_there, error)))
        return false;
    *mark = found;
    return true;
}

static bool load_topics(struct store *store, struct arena *arena, struct digest_change *change,
                        GError **error)
{
    OWN(statement) found = start(store, QUERY_TOPICS);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(const char *));
    const char *topic = arena_format(arena, "i:%" PRId64, change->incident_id);
    enum statements_step step = STATEMENTS_DONE;

    g_array_append_val(rows, topic);
    statements_bind_int(found, 1, change->notification_id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        topic = statements_string(found, arena, 0);
        g_array_append_val(rows, topic);
    }
    change->topics = rows_keep(arena, rows);
    change->topic_count = rows->len;
    return step == STATEMENTS_DONE;
}

static bool load_rows(struct store *store, struct arena *arena, struct statement *found,
                      GArray *rows, GError **error)
{
    enum statements_step step = STATEMENTS_DONE;
    bool is_good = true;

    while (is_good && (step = statements_step(found, error)) == STATEMENTS_ROW) {
        struct digest_change change = {
            .notification_id = statements_int(found, 0),
            .incident_id = statements_int(found, 1),
            .severity = statements_choice(found, 2, INCIDENT_SEVERITY_COUNT),
            .kind = statements_choice(found, 3, NOTIFICATION_KIND_COUNT),
            .made_at = statements_int(found, 4),
            .news = statements_choice(found, 5, NEWS_ALL + 1),
        };

        is_good = load_topics(store, arena, &change, error);
        g_array_append_val(rows, change);
    }
    return is_good && step == STATEMENTS_DONE;
}

bool digest_changes_load(struct store *store, struct arena *arena, const struct digest_span *span,
                         struct digest_changes *changes, GError **error)
{
    OWN(statement) found = start(store, QUERY_CHANGES);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct digest_change));

    statements_bind_string(found, 1, span->page->id);
    statements_bind_int(found, 2, span->after_id);
    statements_bind_int(found, 3, span->through_id);
    statements_bind_int(found, 4, DIGEST_CHANGES_MOST);
    if (!load_rows(store, arena, found, rows, error))
        return false;
    *changes = (struct digest_changes){rows_keep(arena, rows), rows->len};
    return true;
}

bool digest_changes_before(struct store *store, struct arena *arena, int64_t incident_id,
                           const struct digest_mark *mark, struct digest_change *change,
                           GError **error)
{
    OWN(statement) found = start(store, QUERY_BEFORE);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct digest_change));

    statements_bind_int(found, 1, incident_id);
    statements_bind_int(found, 2, mark->notification_id);
    if (!load_rows(store, arena, found, rows, error))
        return false;
    *change = rows->len > 0 ? g_array_index(rows, struct digest_change, 0)
                            : (struct digest_change){.incident_id = incident_id};
    return true;
}

bool digest_changes_taste(struct store *store, struct arena *arena,
                          const struct subscriber *subscriber, struct digest_taste *taste,
                          GError **error)
{
    OWN(statement) found = start(store, QUERY_MUTED);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(int64_t));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, subscriber->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const int64_t incident_id = statements_int(found, 0);

        g_array_append_val(rows, incident_id);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *taste = (struct digest_taste){subscriber, rows_keep(arena, rows), rows->len};
    return true;
}

/* Topics come in order; no string of ours holds a unit separator. */
char *digest_changes_write_taste(struct arena *arena, const struct digest_taste *taste)
{
    const struct subscriber *subscriber = taste->subscriber;
    g_autoptr(GString) written = g_string_new(NULL);

    g_string_append_printf(written, "%d %u %d", subscriber->severity, subscriber->kinds,
                           subscriber->breaks_through ? 1 : 0);
    for (size_t i = 0; i < subscriber->topic_count; i++)
        g_string_append_printf(written, "\x1f%s", subscriber->topics[i]);
    for (size_t i = 0; i < taste->muted_count; i++)
        g_string_append_printf(written, "\x1f-%" PRId64, taste->muted[i]);
    return arena_copy(arena, written->str, written->len);
}

static bool has_topic(const struct digest_change *change, const char *topic)
{
    for (size_t i = 0; i < change->topic_count; i++)
        if (strcmp(change->topics[i], topic) == 0)
            return true;
    return false;
}

static bool is_muted(const struct digest_taste *taste, int64_t incident_id)
{
    for (size_t i = 0; i < taste->muted_count; i++)
        if (taste->muted[i] == incident_id)
            return true;
    return false;
}

bool digest_changes_concern(const struct digest_taste *taste, const struct digest_change *change)
{
    const struct subscriber *subscriber = taste->subscriber;

    if (change->severity < subscriber->severity || (subscriber->kinds & change->news) == 0 ||
        is_muted(taste, change->incident_id))
        return false;
    for (size_t i = 0; i < subscriber->topic_count; i++)
        if (has_topic(change, subscriber->topics[i]))
            return true;
    return subscriber->topic_count == 0;
}

bool digest_changes_wait(const struct digest_taste *taste, const struct digest_change *change)
{
    const bool came_at_once =
        taste->subscriber->breaks_through && change->severity == SEVERITY_CRITICAL;

    return !came_at_once && digest_changes_concern(taste, change);
}
