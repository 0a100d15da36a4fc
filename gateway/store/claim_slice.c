#include "gateway/store/claim_slice.h"

#include "gateway/store/claim_due.h"
#include "gateway/store/claim_missed.h"
#include "gateway/store/claim_stretch.h"
#include "gateway/store/keys.h"

#include <string.h>
#include <unistd.h>

enum query {
    QUERY_ADD,
    QUERY_OPEN,
    QUERY_TAKE,
    QUERY_LOAD,
    QUERY_RELEASE_WAITING,
    QUERY_EXCEPTIONS_SENT,
    QUERY_EXCEPTIONS_LEFT,
    QUERY_LETTERS_SENT,
    QUERY_LETTERS_LEFT,
    QUERY_CLOSE,
    QUERY_REMOVE,
    QUERY_COUNT_SENT,
    QUERY_JOIN_BEFORE,
    QUERY_JOIN_AFTER,
    QUERY_REMOVE_JOINED,
    QUERY_IS_DONE,
    QUERY_END,
    QUERY_FORGET,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_ADD] = {"INSERT INTO slice"
                   " (kind, notification_id, lane, first_id, last_id, relay, opened_at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                   NULL},
    [QUERY_OPEN] = {"SELECT id FROM slice WHERE closed_at IS NULL AND id > ?1 ORDER BY id LIMIT 1",
                    NULL},
    [QUERY_TAKE] = {"UPDATE slice SET relay = ?2 WHERE id = ?1", NULL},
    [QUERY_LOAD] = {"SELECT kind, notification_id, lane, first_id, last_id, opened_at"
                    " FROM slice WHERE id = ?1 AND closed_at IS NULL",
                    NULL},
    [QUERY_RELEASE_WAITING] = {"UPDATE exception SET state = 0, due_at = ?2, slice_id = NULL"
                               " WHERE slice_id = ?1 AND state = 1",
                               NULL},
    [QUERY_EXCEPTIONS_SENT] = {"UPDATE exception SET state = 3, slice_id = NULL, reason = ''"
                               " WHERE slice_id = ?1 AND state = 0 AND subscriber_id <= ?2",
                               NULL},
    [QUERY_EXCEPTIONS_LEFT] = {"UPDATE exception SET slice_id = NULL WHERE slice_id = ?1", NULL},
    [QUERY_LETTERS_SENT] = {"UPDATE letter SET state = 1, ended_at = ?3, slice_id = NULL,"
                            " reason = '', began_at = coalesce(began_at, ?3)"
                            " WHERE slice_id = ?1 AND id <= ?2",
                            NULL},
    [QUERY_LETTERS_LEFT] = {"UPDATE letter SET slice_id = NULL WHERE slice_id = ?1", NULL},
    [QUERY_CLOSE] = {"UPDATE slice SET last_id = ?2, sent_through = ?2, closed_at = ?3"
                     " WHERE id = ?1",
                     NULL},
    [QUERY_REMOVE] = {"DELETE FROM slice WHERE id = ?1", NULL},
    [QUERY_COUNT_SENT] = {"UPDATE notification SET sent_count = sent_count + ?2 WHERE id = ?1",
                          NULL},
    [QUERY_JOIN_BEFORE] = {"UPDATE slice SET first_id = (SELECT b.first_id FROM slice AS b"
                           " WHERE b.notification_id = ?2 AND b.lane = ?3 AND b.first_id < ?4"
                           " ORDER BY b.first_id DESC LIMIT 1)"
                           " WHERE id = ?1 AND EXISTS (SELECT 1 FROM (SELECT b.last_id AS ended,"
                           " b.closed_at AS closed FROM slice AS b"
                           " WHERE b.notification_id = ?2 AND b.lane = ?3 AND b.first_id < ?4"
                           " ORDER BY b.first_id DESC LIMIT 1)"
                           " WHERE ended = ?4 - 1 AND closed IS NOT NULL)",
                           "(subquery-2): one row"},
    [QUERY_JOIN_AFTER] = {"UPDATE slice SET (last_id, sent_through) = (SELECT a.last_id, a.last_id"
                          " FROM slice AS a WHERE a.notification_id = ?2 AND a.lane = ?3"
                          " AND a.first_id = ?4 + 1)"
                          " WHERE id = ?1 AND EXISTS (SELECT 1 FROM slice AS a"
                          " WHERE a.notification_id = ?2 AND a.lane = ?3"
                          " AND a.first_id = ?4 + 1 AND a.closed_at IS NOT NULL)",
                          NULL},
    /* After a join two rows cover the same ids: the one that was joined goes. */
    [QUERY_REMOVE_JOINED] = {"DELETE FROM slice WHERE notification_id = ?2 AND lane = ?3"
                             " AND first_id >= (SELECT first_id FROM slice WHERE id = ?1)"
                             " AND first_id <= (SELECT last_id FROM slice WHERE id = ?1)"
                             " AND id <> ?1 AND closed_at IS NOT NULL",
                             NULL},
    [QUERY_IS_DONE] = {"SELECT NOT EXISTS (SELECT 1 FROM notification_lane"
                       " WHERE notification_id = ?1 AND is_done = 0)"
                       " AND NOT EXISTS (SELECT 1 FROM slice"
                       " WHERE notification_id = ?1 AND closed_at IS NULL)"
                       " AND NOT EXISTS (SELECT 1 FROM exception"
                       " WHERE notification_id = ?1 AND state IN (0, 1))",
                       NULL},
    [QUERY_END] = {"UPDATE notification SET state = 1, ended_at = ?2 WHERE id = ?1 AND state = 0",
                   NULL},
    [QUERY_FORGET] = {"DELETE FROM slice WHERE notification_id = ?1", NULL},
};

const struct statements_table claim_slice_statements = {"claim_slice", queries, QUERY_COUNT};

struct slice {
    int64_t id; /* 0: not there, or closed */
    enum claim_kind kind;
    int64_t notification_id;
    enum lane lane;
    int64_t first_id;
    int64_t last_id;
    int64_t opened_at;
};

static struct statement *start(const struct claim_work *work, size_t query)
{
    return statements_start(work->claims->settings.store, &claim_slice_statements, query);
}

static const struct claim *make_claim(const struct claim_work *work,
                                      const struct claim_draft *draft, const struct slice *slice,
                                      int descriptor)
{
    struct claim *claim = ARENA_NEW(work->arena, struct claim);

    *claim = (struct claim){
        .kind = draft->kind,
        .slice_id = slice->id,
        .last_id = slice->last_id,
        .page = draft->news.page,
        .notification_id = draft->news.id,
        .incident_id = draft->news.incident_id,
        .lane = draft->lane,
        .count = draft->items->len,
        .progress = ARENA_NEW(work->arena, struct claims_progress),
    };
    const size_t size = draft->items->len * sizeof(struct claim_item);
    struct claim_item *items = ARENA_ARRAY(work->arena, struct claim_item, draft->items->len);
    memcpy(items, draft->items->data, size);
    claim->items = items;
    claim->progress->descriptor = descriptor;
    claim->progress->now = (struct progress){slice->opened_at, slice->first_id - 1, 0, 0};
    return claim;
}

/* A key of her own for each answer that an operator may give. */
static bool add_reply_key(const struct claim_work *work, struct claim_item *item, GError **error)
{
    const struct letter *letter = item->letter;
    const struct page *page = claim_find_page(work, letter->page_id);
    const struct reply_key row = {
        .operator_address = letter->address,
        .incident_id = letter->incident_id,
        .held_id = letter->held_id,
        .expires_at = work->now + page->reply_key_ms,
    };
    uint8_t key[KEYED_KEY_SIZE];
    uint8_t hash[KEYED_HASH_SIZE];

    secret_random(key, sizeof key);
    keyed_hash(work->claims->settings.secret, key, hash);
    item->reply_to = keyed_write_reply(work->arena, page, key);
    return keys_add_reply(work->claims->settings.store, page, hash, &row, work->now, error);
}

static bool is_answerable(const struct letter *letter)
{
    return letter != NULL && letter->is_operator && letter->kind != LETTER_TROUBLE &&
           letter->kind != LETTER_UNPUBLISHED && letter->kind != LETTER_FAREWELL;
}

static bool complete(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    for (guint i = 0; i < draft->items->len; i++) {
        struct claim_item *item = &g_array_index(draft->items, struct claim_item, i);
        if (is_answerable(item->letter) && !add_reply_key(work, item, error))
            return false;
    }
    return claim_missed_fill(work, draft, error);
}

static bool add_row(const struct claim_work *work, const struct claim_draft *draft,
                    struct slice *slice, GError **error)
{
    OWN(statement) added = start(work, QUERY_ADD);

    statements_bind_int(added, 1, slice->kind);
    statements_bind_id(added, 2, draft->news.id);
    if (draft->kind == CLAIM_STRETCH) /* NULL otherwise: covers of a lane are stretches alone */
        statements_bind_int(added, 3, draft->lane);
    statements_bind_int(added, 4, slice->first_id);
    statements_bind_int(added, 5, slice->last_id);
    statements_bind_string(added, 6, work->wish->relay);
    statements_bind_int(added, 7, slice->opened_at);
    if (!statements_run(added, error))
        return false;
    slice->id = statements_last_id(work->claims->settings.store);
    return true;
}

bool claim_slice_open(const struct claim_work *work, struct claim_draft *draft,
                      const struct claim **claim, GError **error)
{
    const bool is_stretch = draft->kind == CLAIM_STRETCH;
    const struct claim_item *items = (const struct claim_item *)(void *)draft->items->data;
    struct slice slice = {
        .kind = draft->kind,
        .first_id = is_stretch ? draft->first_id : items[0].id,
        .last_id = is_stretch ? draft->last_id : items[draft->items->len - 1].id,
        .opened_at = work->now,
    };

    if (!add_row(work, draft, &slice, error) || !claim_due_mark(work, draft, slice.id, error) ||
        !complete(work, draft, error))
        return false;

    const struct progress begun = {slice.opened_at, slice.first_id - 1, 0, 0};
    const int descriptor = progress_make(work->claims->folder, slice.id, &begun, error);
    if (descriptor < 0)
        return false;
    *claim = make_claim(work, draft, &slice, descriptor);
    return true;
}

static bool load_slice(const struct claim_work *work, int64_t slice_id, struct slice *slice,
                       GError **error)
{
    OWN(statement) found = start(work, QUERY_LOAD);

    *slice = (struct slice){0};
    statements_bind_int(found, 1, slice_id);
    if (statements_step(found, error) == STATEMENTS_ROW)
        *slice = (struct slice){
            .id = slice_id,
            .kind = statements_choice(found, 0, 3),
            .notification_id = statements_int(found, 1),
            .lane = statements_choice(found, 2, 2),
            .first_id = statements_int(found, 3),
            .last_id = statements_int(found, 4),
            .opened_at = statements_int(found, 5),
        };
    return statements_run(found, error);
}

static bool run_three(const struct claim_work *work, enum query query, int64_t slice_id,
                      int64_t through_id, GError **error)
{
    OWN(statement) run = start(work, query);
    const bool has_moment = query == QUERY_LETTERS_SENT || query == QUERY_CLOSE;
    const bool has_through = has_moment || query == QUERY_EXCEPTIONS_SENT;

    statements_bind_int(run, 1, slice_id);
    if (query == QUERY_RELEASE_WAITING)
        statements_bind_int(run, 2, work->now);
    if (has_through)
        statements_bind_int(run, 2, through_id);
    if (has_moment)
        statements_bind_int(run, 3, work->now);
    return statements_run(run, error);
}

static bool run_join(const struct claim_work *work, enum query query, const struct slice *slice,
                     int64_t edge_id, GError **error)
{
    OWN(statement) run = start(work, query);

    statements_bind_int(run, 1, slice->id);
    statements_bind_int(run, 2, slice->notification_id);
    statements_bind_int(run, 3, slice->lane);
    if (query != QUERY_REMOVE_JOINED)
        statements_bind_int(run, 4, edge_id);
    return statements_run(run, error);
}

/* What was sent becomes one arc with its neighbours: the rows of a notification stay as few as its
 * workers, however many it is told to. */
static bool close_stretch(const struct claim_work *work, const struct slice *slice,
                          int64_t sent_through, GError **error)
{
    if (sent_through < slice->first_id)
        return run_three(work, QUERY_REMOVE, slice->id, 0, error);
    return run_three(work, QUERY_CLOSE, slice->id, sent_through, error) &&
           run_join(work, QUERY_JOIN_BEFORE, slice, slice->first_id, error) &&
           run_join(work, QUERY_JOIN_AFTER, slice, sent_through, error) &&
           run_join(work, QUERY_REMOVE_JOINED, slice, 0, error);
}

static bool count_sent(const struct claim_work *work, int64_t notification_id, int64_t count,
                       GError **error)
{
    OWN(statement) counted = start(work, QUERY_COUNT_SENT);

    statements_bind_int(counted, 1, notification_id);
    statements_bind_int(counted, 2, count);
    return statements_run(counted, error);
}

bool claim_slice_close(const struct claim_work *work, int64_t slice_id,
                       const struct progress *progress, GError **error)
{
    struct slice slice;

    if (!load_slice(work, slice_id, &slice, error))
        return false;
    if (slice.id == 0)
        return true;
    if (!run_three(work, QUERY_RELEASE_WAITING, slice_id, 0, error) ||
        !count_sent(work, slice.notification_id, progress->sent_count, error))
        return false;
    if (slice.kind == CLAIM_STRETCH)
        return close_stretch(work, &slice, progress->sent_through, error) &&
               claim_slice_end_news(work, slice.notification_id, error);

    const bool is_letters = slice.kind == CLAIM_LETTERS;
    return run_three(work, is_letters ? QUERY_LETTERS_SENT : QUERY_EXCEPTIONS_SENT, slice_id,
                     progress->sent_through, error) &&
           run_three(work, is_letters ? QUERY_LETTERS_LEFT : QUERY_EXCEPTIONS_LEFT, slice_id, 0,
                     error) &&
           run_three(work, QUERY_REMOVE, slice_id, 0, error) &&
           (is_letters || claim_slice_end_news(work, slice.notification_id, error));
}

static bool check_done(const struct claim_work *work, int64_t notification_id, bool *is_done,
                       GError **error)
{
    OWN(statement) asked = start(work, QUERY_IS_DONE);
    int64_t value = 0;

    statements_bind_int(asked, 1, notification_id);
    if (!statements_run_value(asked, 0, &value, error))
        return false;
    *is_done = value != 0;
    return true;
}

static bool forget_slices(const struct claim_work *work, int64_t notification_id, GError **error)
{
    OWN(statement) forgotten = start(work, QUERY_FORGET);

    statements_bind_int(forgotten, 1, notification_id);
    return statements_run(forgotten, error);
}

bool claim_slice_end_news(const struct claim_work *work, int64_t notification_id, GError **error)
{
    bool is_done = false;

    if (!check_done(work, notification_id, &is_done, error))
        return false;
    if (!is_done)
        return true;

    OWN(statement) ended = start(work, QUERY_END);
    statements_bind_int(ended, 1, notification_id);
    statements_bind_int(ended, 2, work->now);
    if (!statements_run(ended, error))
        return false;
    /* Of a superseded one the arcs stay: they say whom it told. */
    return statements_changed(work->claims->settings.store) == 0 ||
           forget_slices(work, notification_id, error);
}

static bool find_open(const struct claim_work *work, int64_t after_id, int64_t *slice_id,
                      GError **error)
{
    OWN(statement) found = start(work, QUERY_OPEN);

    statements_bind_int(found, 1, after_id);
    return statements_run_value(found, 0, slice_id, error);
}

static bool take_row(const struct claim_work *work, int64_t slice_id, GError **error)
{
    OWN(statement) taken = start(work, QUERY_TAKE);

    statements_bind_int(taken, 1, slice_id);
    statements_bind_string(taken, 2, work->wish->relay);
    return statements_run(taken, error);
}

/* What is left of a slice; *is_moot: nothing, for it was superseded. */
static bool refill(const struct claim_work *work, const struct slice *slice,
                   const struct progress *progress, struct claim_draft *draft, GError **error)
{
    draft->kind = slice->kind;
    draft->lane = slice->lane;
    draft->first_id = slice->first_id;
    draft->last_id = slice->last_id;
    if (slice->kind != CLAIM_LETTERS) {
        if (!claim_load_news(work, slice->notification_id, &draft->news, error))
            return false;
        if (!draft->news.is_told_now || draft->news.page == NULL)
            return true;
    }
    return slice->kind == CLAIM_STRETCH
               ? claim_stretch_refill(work, progress->sent_through, draft, error)
               : claim_due_refill(work, slice->id, progress->sent_through, draft, error);
}

/* The file is ours: `descriptor`. *claim NULL: nothing was left, and it is closed. */
static bool take_slice(const struct claim_work *work, const struct slice *slice, int descriptor,
                       const struct claim **claim, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(struct claim_item));
    struct claim_draft draft = {.items = items};
    struct progress progress = {slice->opened_at, slice->first_id - 1, 0, 0};

    progress_read(descriptor, slice->opened_at, &progress);
    if (!refill(work, slice, &progress, &draft, error))
        return false;
    if (items->len == 0) {
        const bool is_foreign = slice->kind != CLAIM_LETTERS && draft.news.page == NULL;

        if (slice->kind == CLAIM_STRETCH && draft.news.is_told_now)
            progress.sent_through = slice->last_id;
        return is_foreign || claim_slice_close(work, slice->id, &progress, error);
    }
    if (!take_row(work, slice->id, error) || !complete(work, &draft, error))
        return false;
    *claim = make_claim(work, &draft, slice, descriptor);
    (*claim)->progress->now = progress;
    return true;
}

static bool try_slice(const struct claim_work *work, int64_t slice_id, const struct claim **claim,
                      GError **error)
{
    struct slice slice;
    GError *problem = NULL;

    if (!load_slice(work, slice_id, &slice, error))
        return false;
    if (work->wish->letters_only && slice.kind != CLAIM_LETTERS)
        return true;

    const int descriptor = progress_take(work->claims->folder, slice_id, &problem);
    if (descriptor < 0) {
        if (problem != NULL)
            g_propagate_error(error, problem);
        return problem == NULL;
    }

    const bool is_good = take_slice(work, &slice, descriptor, claim, error);
    if (*claim == NULL || !is_good)
        (void)close(descriptor);
    return is_good;
}

bool claim_slice_take_over(const struct claim_work *work, const struct claim **claim,
                           GError **error)
{
    int64_t slice_id = 0;

    do {
        if (!find_open(work, slice_id, &slice_id, error))
            return false;
        if (slice_id != 0 && !try_slice(work, slice_id, claim, error))
            return false;
    } while (slice_id != 0 && *claim == NULL);
    return true;
}
