#include "gateway/store/claim_stretch.h"

#include "gateway/store/claim_slice.h"

#define LANES_MOST  200  /* candidates looked at in one claim */
#define STEPS_MOST  50   /* steps of one claim over people who are not to hear */
#define REFILL_MOST 1000 /* a slice had at most 100; who changed wishes since may be more */

enum query {
    QUERY_LANES,
    QUERY_TOPICS,
    QUERY_IDS,
    QUERY_MOVE,
    QUERY_OLDER,
    QUERY_WAIT,
    QUERY_HAS_EXCEPTION,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_LANES] = {"SELECT l.notification_id, l.lane, l.start_id, l.cursor_id, l.is_wrapped,"
                     " n.severity, n.page_id FROM notification AS n"
                     " CROSS JOIN notification_lane AS l ON l.notification_id = n.id"
                     " WHERE n.state = 0 AND l.is_done = 0"
                     " ORDER BY l.lane, n.severity DESC, n.id LIMIT ?1",
                     "n: the index of those that are being told"},
    [QUERY_TOPICS] = {"SELECT topic FROM notification_topic WHERE notification_id = ?1", NULL},
    [QUERY_IDS] = {"SELECT subscriber_id FROM interest WHERE page_id = ?1 AND lane = ?2"
                   " AND topic = ?3 AND severity = ?4 AND subscriber_id > ?5"
                   " AND subscriber_id <= ?6 ORDER BY subscriber_id LIMIT ?7",
                   NULL},
    [QUERY_MOVE] = {"UPDATE notification_lane SET cursor_id = ?3, is_wrapped = ?4, is_done = ?5"
                    " WHERE notification_id = ?1 AND lane = ?2",
                    NULL},
    [QUERY_OLDER] = {"SELECT s.id, s.opened_at FROM slice AS s"
                     " JOIN notification AS n ON n.id = s.notification_id"
                     " WHERE s.closed_at IS NULL AND n.incident_id = ?1 AND n.id < ?2",
                     NULL},
    [QUERY_WAIT] = {"INSERT INTO exception"
                    " (notification_id, subscriber_id, state, due_at, began_at, slice_id)"
                    " VALUES (?1, ?2, 1, ?3, ?3, ?4)",
                    NULL},
    [QUERY_HAS_EXCEPTION] = {"SELECT 1 FROM exception"
                             " WHERE notification_id = ?1 AND subscriber_id = ?2",
                             NULL},
};

const struct statements_table claim_stretch_statements = {"claim_stretch", queries, QUERY_COUNT};

struct walk {
    int64_t notification_id;
    enum lane lane;
    int64_t start_id;
    int64_t cursor_id;
    bool is_wrapped;
    bool is_done;
    enum incident_severity severity;
    const struct page *page;
};

/* Who is inside a message of an older notification, and whose slice that is. */
struct held_up {
    int64_t subscriber_id;
    int64_t slice_id;
};

static bool list_lanes(const struct claim_work *work, GArray *walks, GError **error)
{
    OWN(statement)
    found = statements_start(work->claims->settings.store, &claim_stretch_statements, QUERY_LANES);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, LANES_MOST);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct walk walk = {
            .notification_id = statements_int(found, 0),
            .lane = statements_choice(found, 1, 2),
            .start_id = statements_int(found, 2),
            .cursor_id = statements_int(found, 3),
            .is_wrapped = statements_int(found, 4) != 0,
            .severity = statements_choice(found, 5, INCIDENT_SEVERITY_COUNT),
            .page = claim_find_page(work, statements_string(found, work->arena, 6)),
        };
        if (walk.page != NULL)
            g_array_append_val(walks, walk);
    }
    return step == STATEMENTS_DONE;
}

bool claim_stretch_look(const struct claim_work *work, struct claim_urgency *urgency,
                        GError **error)
{
    g_autoptr(GArray) walks = g_array_new(FALSE, FALSE, sizeof(struct walk));

    if (!list_lanes(work, walks, error))
        return false;
    *urgency = (struct claim_urgency){0};
    if (walks->len > 0) {
        const struct walk *first = &g_array_index(walks, struct walk, 0);
        *urgency = (struct claim_urgency){true, first->lane, first->severity};
    }
    return true;
}

static bool list_topics(const struct claim_work *work, int64_t notification_id, GArray *topics,
                        GError **error)
{
    OWN(statement)
    found = statements_start(work->claims->settings.store, &claim_stretch_statements, QUERY_TOPICS);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, notification_id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const char *topic = statements_string(found, work->arena, 0);
        g_array_append_val(topics, topic);
    }
    return step == STATEMENTS_DONE;
}

/* The ids behind after_id through last_id, in order, at most `most`. */
struct range {
    const struct page *page;
    enum lane lane;
    int64_t after_id;
    int64_t last_id;
    size_t most;
};

/* Both are in order and without repetition, and so is the result. */
static void merge_ids(GArray *ids, const GArray *fresh, size_t most)
{
    g_autoptr(GArray) merged = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), ids->len + 1);
    guint one = 0;
    guint other = 0;

    while (merged->len < most && (one < ids->len || other < fresh->len)) {
        const int64_t left = one < ids->len ? g_array_index(ids, int64_t, one) : INT64_MAX;
        const int64_t right = other < fresh->len ? g_array_index(fresh, int64_t, other) : INT64_MAX;
        const int64_t least = MIN(left, right);

        g_array_append_val(merged, least);
        one += left == least ? 1 : 0;
        other += right == least ? 1 : 0;
    }
    g_array_set_size(ids, 0);
    if (merged->len > 0)
        g_array_append_vals(ids, merged->data, merged->len);
}

static bool find_interest(const struct claim_work *work, const struct range *range,
                          const char *topic, int severity, GArray *ids, GError **error)
{
    OWN(statement)
    found = statements_start(work->claims->settings.store, &claim_stretch_statements, QUERY_IDS);
    g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(int64_t));
    enum statements_step step = STATEMENTS_DONE;
    /* When there are enough already, only lower ids matter. */
    const int64_t last_id =
        ids->len < range->most ? range->last_id : g_array_index(ids, int64_t, ids->len - 1);

    statements_bind_string(found, 1, range->page->id);
    statements_bind_int(found, 2, range->lane);
    statements_bind_string(found, 3, topic);
    statements_bind_int(found, 4, severity);
    statements_bind_int(found, 5, range->after_id);
    statements_bind_int(found, 6, last_id);
    statements_bind_int(found, 7, (int64_t)range->most);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const int64_t id = statements_int(found, 0);
        g_array_append_val(fresh, id);
    }
    if (step == STATEMENTS_DONE && fresh->len > 0)
        merge_ids(ids, fresh, range->most);
    return step == STATEMENTS_DONE;
}

/* One index range for each topic and severity: a DISTINCT join over all of them sorts everybody (161
 * ms instead of 0.7 for a slice of a million: measured). */
static bool find_ids(const struct claim_work *work, const struct claim_news *news,
                     const struct range *range, GArray *ids, GError **error)
{
    g_autoptr(GArray) topics = g_array_new(FALSE, FALSE, sizeof(const char *));

    if (!list_topics(work, news->id, topics, error))
        return false;
    for (guint i = 0; i < topics->len; i++)
        for (int severity = 0; severity <= (int)news->severity; severity++)
            if (!find_interest(work, range, g_array_index(topics, const char *, i), severity, ids,
                               error))
                return false;
    return true;
}

static bool list_held_up(const struct claim_work *work, const struct claim_news *news, GArray *held,
                         GError **error)
{
    OWN(statement)
    found = statements_start(work->claims->settings.store, &claim_stretch_statements, QUERY_OLDER);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, news->incident_id);
    statements_bind_int(found, 2, news->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        struct progress progress = {0};
        const int64_t slice_id = statements_int(found, 0);

        progress_peek(work->claims->folder, slice_id, statements_int(found, 1), &progress);
        const struct held_up one = {progress.in_hand, slice_id};
        if (one.subscriber_id != 0)
            g_array_append_val(held, one);
    }
    return step == STATEMENTS_DONE;
}

static bool add_waiting(const struct claim_work *work, int64_t notification_id,
                        const struct held_up *held, GError **error)
{
    OWN(statement)
    added = statements_start(work->claims->settings.store, &claim_stretch_statements, QUERY_WAIT);

    statements_bind_int(added, 1, notification_id);
    statements_bind_int(added, 2, held->subscriber_id);
    statements_bind_int(added, 3, work->now);
    statements_bind_int(added, 4, held->slice_id);
    return statements_run(added, error);
}

static const struct held_up *find_held_up(const GArray *held, int64_t subscriber_id)
{
    for (guint i = 0; i < held->len; i++) {
        const struct held_up *one = &g_array_index(held, struct held_up, i);
        if (one->subscriber_id == subscriber_id)
            return one;
    }
    return NULL;
}

/* Those of `ids` who are to hear become items; who is held up waits. */
static bool add_items(const struct claim_work *work, struct claim_draft *draft, const GArray *ids,
                      GError **error)
{
    g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(struct held_up));

    if (ids->len == 0)
        return true;
    if (!list_held_up(work, &draft->news, held, error))
        return false;
    for (guint i = 0; i < ids->len; i++) {
        const int64_t id = g_array_index(ids, int64_t, i);
        const struct held_up *waits = find_held_up(held, id);
        const bool is_good = waits != NULL ? add_waiting(work, draft->news.id, waits, error)
                                           : claim_add_subscriber(work, draft, id, error);
        if (!is_good)
            return false;
    }
    return true;
}

static bool save_walk(const struct claim_work *work, const struct walk *walk, GError **error)
{
    OWN(statement)
    moved = statements_start(work->claims->settings.store, &claim_stretch_statements, QUERY_MOVE);

    statements_bind_int(moved, 1, walk->notification_id);
    statements_bind_int(moved, 2, walk->lane);
    statements_bind_int(moved, 3, walk->cursor_id);
    statements_bind_int(moved, 4, walk->is_wrapped ? 1 : 0);
    statements_bind_int(moved, 5, walk->is_done ? 1 : 0);
    return statements_run(moved, error);
}

static int64_t end_of(const struct walk *walk, int64_t horizon)
{
    return walk->is_wrapped ? MIN(walk->start_id, horizon) : horizon;
}

/* What lies behind the cursor up to this end of the lane has been looked through. */
static void pass_end(struct walk *walk, int64_t end_id)
{
    if (walk->is_wrapped || walk->start_id == 0) {
        walk->cursor_id = end_id;
        walk->is_done = true;
        return;
    }
    walk->is_wrapped = true;
    walk->cursor_id = 0;
}

/* One step: the next ids, whoever of them is to hear. */
static bool step_on(const struct claim_work *work, struct walk *walk, struct claim_draft *draft,
                    GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    const int64_t end_id = end_of(walk, draft->news.horizon);
    const struct range range = {walk->page, walk->lane, walk->cursor_id, end_id, work->wish->most};

    if (!find_ids(work, &draft->news, &range, ids, error) || !add_items(work, draft, ids, error))
        return false;
    if (ids->len < range.most) {
        draft->last_id = end_id;
        pass_end(walk, end_id);
        return true;
    }
    walk->cursor_id = g_array_index(ids, int64_t, ids->len - 1);
    draft->last_id = walk->cursor_id;
    return true;
}

static bool walk_lane(const struct claim_work *work, struct walk *walk, struct claim_draft *draft,
                      GError **error)
{
    if (!claim_load_news(work, walk->notification_id, &draft->news, error))
        return false;
    draft->lane = walk->lane;
    draft->first_id = walk->cursor_id + 1;
    for (int i = 0; i < STEPS_MOST && draft->items->len == 0 && !walk->is_done; i++) {
        const bool was_wrapped = walk->is_wrapped;

        if (!step_on(work, walk, draft, error))
            return false;
        if (draft->items->len == 0 && walk->is_wrapped != was_wrapped)
            draft->first_id = 1; /* from the front now */
    }
    return save_walk(work, walk, error);
}

bool claim_stretch_take(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    g_autoptr(GArray) walks = g_array_new(FALSE, FALSE, sizeof(struct walk));

    if (!list_lanes(work, walks, error))
        return false;
    draft->kind = CLAIM_STRETCH;
    for (guint i = 0; i < walks->len && draft->items->len == 0; i++) {
        struct walk *walk = &g_array_index(walks, struct walk, i);

        if (!walk_lane(work, walk, draft, error))
            return false;
        if (draft->items->len == 0 && walk->is_done &&
            !claim_slice_end_news(work, walk->notification_id, error))
            return false;
    }
    return true;
}

static bool has_exception(const struct claim_work *work, int64_t notification_id,
                          int64_t subscriber_id, bool *has, GError **error)
{
    OWN(statement)
    found = statements_start(work->claims->settings.store, &claim_stretch_statements,
                             QUERY_HAS_EXCEPTION);
    int64_t value = 0;

    statements_bind_int(found, 1, notification_id);
    statements_bind_int(found, 2, subscriber_id);
    if (!statements_run_value(found, 0, &value, error))
        return false;
    *has = value != 0;
    return true;
}

bool claim_stretch_refill(const struct claim_work *work, int64_t after_id,
                          struct claim_draft *draft, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    const struct range range = {draft->news.page, draft->lane, after_id, draft->last_id,
                                REFILL_MOST};

    if (!find_ids(work, &draft->news, &range, ids, error))
        return false;
    for (guint i = 0; i < ids->len; i++) {
        const int64_t id = g_array_index(ids, int64_t, i);
        bool has = false;

        if (!has_exception(work, draft->news.id, id, &has, error))
            return false;
        if (!has && !claim_add_subscriber(work, draft, id, error))
            return false;
    }
    return true;
}
