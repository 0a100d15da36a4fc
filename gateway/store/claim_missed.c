#include "gateway/store/claim_missed.h"

enum query {
    QUERY_OLDER,
    QUERY_TOPIC_COUNT,
    QUERY_CONCERNS,
    QUERY_COVER_FIRST,
    QUERY_COVER,
    QUERY_EXCEPTIONS,
    QUERY_AFTER,
    QUERY_LETTER_TOLD,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_OLDER] = {"SELECT id, update_id, severity, created_at, state FROM notification"
                     " WHERE incident_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT 1",
                     NULL},
    [QUERY_TOPIC_COUNT] = {"SELECT count(*) FROM notification_topic WHERE notification_id = ?1",
                           NULL},
    [QUERY_CONCERNS] = {"SELECT 1 FROM interest AS i JOIN notification_topic AS t"
                        " ON t.topic = i.topic AND t.notification_id = ?2"
                        " WHERE i.subscriber_id = ?1 AND i.severity <= ?3 LIMIT 1",
                        NULL},
    [QUERY_COVER_FIRST] = {"SELECT first_id, sent_through FROM slice"
                           " WHERE notification_id = ?1 AND lane = ?2 AND first_id <= ?3"
                           " ORDER BY first_id DESC LIMIT 1",
                           NULL},
    [QUERY_COVER] = {"SELECT first_id, sent_through FROM slice"
                     " WHERE notification_id = ?1 AND lane = ?2 AND first_id > ?3"
                     " AND first_id <= ?4 ORDER BY first_id",
                     NULL},
    [QUERY_EXCEPTIONS] = {"SELECT subscriber_id, state FROM exception WHERE notification_id = ?1"
                          " AND subscriber_id >= ?2 AND subscriber_id <= ?3",
                          NULL},
    [QUERY_AFTER] = {"SELECT min(id) FROM incident_update"
                     " WHERE incident_id = ?1 AND kind = 0 AND id > ?2",
                     NULL},
    /* Private notes (kind 1) tell nothing public. */
    [QUERY_LETTER_TOLD] = {"SELECT max(u.id) FROM letter AS l"
                           " LEFT JOIN notification AS n ON n.id = l.notification_id"
                           " JOIN incident_update AS u"
                           " ON u.id = coalesce(l.update_id, n.update_id) AND u.kind = 0"
                           " WHERE l.address = ?1 AND l.incident_id = ?2 AND l.state = 1",
                           NULL},
};

const struct statements_table claim_missed_statements = {"claim_missed", queries, QUERY_COUNT};

/* An older notification, and what of it concerns the claim's range of ids. */
struct older {
    int64_t id;
    int64_t update_id;
    int64_t severity;
    int64_t created_at;
    bool is_told;        /* wholly */
    bool is_filter_same; /* as that of the claim's notification: all of the claim match it */
    int64_t next_update_id;
    GArray *covers;         /* of struct cover */
    GHashTable *exceptions; /* id -> sent or not */
};

struct cover {
    enum lane lane;
    int64_t first_id;
    int64_t through_id;
};

static struct statement *start(const struct claim_work *work, size_t query)
{
    return statements_start(work->claims->settings.store, &claim_missed_statements, query);
}

static bool find_older(const struct claim_work *work, const struct claim_draft *draft,
                       struct older *older, GError **error)
{
    OWN(statement) found = start(work, QUERY_OLDER);
    const int64_t before_id = older->id;

    older->id = 0;
    statements_bind_int(found, 1, draft->news.incident_id);
    statements_bind_int(found, 2, before_id);
    if (statements_step(found, error) == STATEMENTS_ROW) {
        older->id = statements_int(found, 0);
        older->update_id = statements_int(found, 1);
        older->severity = statements_int(found, 2);
        older->created_at = statements_int(found, 3);
        older->is_told = statements_int(found, 4) == 1;
    }
    return statements_run(found, error);
}

static bool count_topics(const struct claim_work *work, int64_t notification_id, int64_t *count,
                         GError **error)
{
    OWN(statement) counted = start(work, QUERY_TOPIC_COUNT);

    statements_bind_int(counted, 1, notification_id);
    return statements_run_value(counted, 0, count, error);
}

static bool find_next_update(const struct claim_work *work, const struct claim_draft *draft,
                             int64_t after_id, int64_t *update_id, GError **error)
{
    OWN(statement) found = start(work, QUERY_AFTER);

    statements_bind_int(found, 1, draft->news.incident_id);
    statements_bind_int(found, 2, after_id);
    return statements_run_value(found, draft->news.update_id, update_id, error);
}

static int64_t first_of(const struct claim_draft *draft)
{
    return g_array_index(draft->items, struct claim_item, 0).id;
}

static int64_t last_of(const struct claim_draft *draft)
{
    return g_array_index(draft->items, struct claim_item, draft->items->len - 1).id;
}

static bool add_covers(struct statement *found, enum lane lane, struct older *older, GError **error)
{
    enum statements_step step = STATEMENTS_DONE;

    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct cover cover = {lane, statements_int(found, 0), statements_int(found, 1)};
        g_array_append_val(older->covers, cover);
    }
    return step == STATEMENTS_DONE;
}

/* Slices of a lane do not overlap: the one that began last before the claim's first id, and those
 * that begin within the claim. Open ones say 0: they tell nobody until they end. */
static bool load_covers(const struct claim_work *work, const struct claim_draft *draft,
                        enum lane lane, struct older *older, GError **error)
{
    OWN(statement) before = start(work, QUERY_COVER_FIRST);

    statements_bind_int(before, 1, older->id);
    statements_bind_int(before, 2, lane);
    statements_bind_int(before, 3, first_of(draft));
    if (!add_covers(before, lane, older, error))
        return false;

    OWN(statement) within = start(work, QUERY_COVER);
    statements_bind_int(within, 1, older->id);
    statements_bind_int(within, 2, lane);
    statements_bind_int(within, 3, first_of(draft));
    statements_bind_int(within, 4, last_of(draft));
    return add_covers(within, lane, older, error);
}

static bool load_exceptions(const struct claim_work *work, const struct claim_draft *draft,
                            struct older *older, GError **error)
{
    OWN(statement) found = start(work, QUERY_EXCEPTIONS);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, older->id);
    statements_bind_int(found, 2, first_of(draft));
    statements_bind_int(found, 3, last_of(draft));
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const int64_t id = statements_int(found, 0);
        const bool is_sent = statements_int(found, 1) == 3;
        g_hash_table_insert(older->exceptions, g_memdup2(&id, sizeof id),
                            GINT_TO_POINTER(is_sent ? 1 : 0));
    }
    return step == STATEMENTS_DONE;
}

static bool load_older(const struct claim_work *work, const struct claim_draft *draft,
                       struct older *older, GError **error)
{
    int64_t topics = 0;
    int64_t topics_then = 0;

    g_array_set_size(older->covers, 0);
    g_hash_table_remove_all(older->exceptions);
    if (!count_topics(work, draft->news.id, &topics, error) ||
        !count_topics(work, older->id, &topics_then, error) ||
        !find_next_update(work, draft, older->update_id, &older->next_update_id, error) ||
        !load_exceptions(work, draft, older, error))
        return false;
    /* Both only grow in an incident's life. */
    older->is_filter_same =
        topics == topics_then && older->severity == (int64_t)draft->news.severity;
    return older->is_told || (load_covers(work, draft, LANE_PAGER, older, error) &&
                              load_covers(work, draft, LANE_MAIL, older, error));
}

static bool is_covered(const struct older *older, const struct claim_item *item)
{
    for (guint i = 0; i < older->covers->len; i++) {
        const struct cover *cover = &g_array_index(older->covers, struct cover, i);
        if (cover->lane == item->lane && cover->first_id <= item->id &&
            item->id <= cover->through_id)
            return true;
    }
    return older->is_told;
}

static bool check_concern(const struct claim_work *work, const struct older *older, int64_t id,
                          bool *is_concerned, GError **error)
{
    OWN(statement) found = start(work, QUERY_CONCERNS);
    int64_t value = 0;

    statements_bind_int(found, 1, id);
    statements_bind_int(found, 2, older->id);
    statements_bind_int(found, 3, older->severity);
    if (!statements_run_value(found, 0, &value, error))
        return false;
    *is_concerned = value != 0;
    return true;
}

static bool check_told(const struct claim_work *work, const struct older *older,
                       const struct claim_item *item, bool *is_told, GError **error)
{
    gpointer is_sent = NULL;
    bool is_concerned = item->subscriber->confirmed_at <= older->created_at;

    if (is_concerned && !older->is_filter_same &&
        !check_concern(work, older, item->id, &is_concerned, error))
        return false;
    if (g_hash_table_lookup_extended(older->exceptions, &item->id, NULL, &is_sent))
        *is_told = is_concerned && GPOINTER_TO_INT(is_sent) != 0;
    else
        *is_told = is_concerned && is_covered(older, item);
    return true;
}

/* Resolves who was told by this one, and who came after it: nothing older told her either. */
static bool resolve(const struct claim_work *work, struct claim_draft *draft,
                    const struct older *older, size_t *left, GError **error)
{
    for (guint i = 0; i < draft->items->len; i++) {
        struct claim_item *item = &g_array_index(draft->items, struct claim_item, i);
        bool is_told = false;

        if (item->first_missed_id != 0 || item->subscriber->confirmed_at > older->created_at)
            continue;
        if (!check_told(work, older, item, &is_told, error))
            return false;
        if (is_told) {
            item->first_missed_id = older->next_update_id;
            (*left)--;
        }
    }
    return true;
}

static size_t count_candidates(const struct claim_draft *draft, const struct older *older)
{
    size_t count = 0;

    for (guint i = 0; i < draft->items->len; i++) {
        const struct claim_item *item = &g_array_index(draft->items, struct claim_item, i);
        if (item->first_missed_id == 0 && item->subscriber->confirmed_at <= older->created_at)
            count++;
    }
    return count;
}

static bool walk_back(const struct claim_work *work, struct claim_draft *draft, struct older *older,
                      GError **error)
{
    size_t left = draft->items->len;

    older->id = draft->news.id;
    while (left > 0) {
        if (!find_older(work, draft, older, error))
            return false;
        if (older->id == 0 || count_candidates(draft, older) == 0)
            return true;
        if (!load_older(work, draft, older, error) || !resolve(work, draft, older, &left, error))
            return false;
    }
    return true;
}

static bool fill_rest(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    int64_t first_id = 0;

    for (guint i = 0; i < draft->items->len; i++) {
        struct claim_item *item = &g_array_index(draft->items, struct claim_item, i);
        if (item->first_missed_id != 0)
            continue;
        if (first_id == 0 && !find_next_update(work, draft, 0, &first_id, error))
            return false;
        item->first_missed_id = first_id;
    }
    return true;
}

static bool fill_letter(const struct claim_work *work, struct claim_item *item, GError **error)
{
    struct claim_draft of_incident = {
        .news = {.incident_id = item->letter->incident_id, .update_id = item->letter->update_id}};
    int64_t told_id = 0;
    OWN(statement) found = start(work, QUERY_LETTER_TOLD);

    if (item->letter->incident_id == 0)
        return true;
    statements_bind_string(found, 1, item->letter->address);
    statements_bind_int(found, 2, item->letter->incident_id);
    return statements_run_value(found, 0, &told_id, error) &&
           find_next_update(work, &of_incident, told_id, &item->first_missed_id, error);
}

static bool fill_letters(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    for (guint i = 0; i < draft->items->len; i++)
        if (!fill_letter(work, &g_array_index(draft->items, struct claim_item, i), error))
            return false;
    return true;
}

bool claim_missed_fill(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    if (draft->items->len == 0)
        return true;
    if (draft->kind == CLAIM_LETTERS)
        return fill_letters(work, draft, error);

    struct older older = {
        .covers = g_array_new(FALSE, FALSE, sizeof(struct cover)),
        .exceptions = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
    };
    const bool is_filled = walk_back(work, draft, &older, error) && fill_rest(work, draft, error);
    g_array_unref(older.covers);
    g_hash_table_unref(older.exceptions);
    return is_filled;
}
