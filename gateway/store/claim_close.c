#include "gateway/store/claim_slice.h"

enum query {
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
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
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
    /* Of one relay only: who asks why nothing came is told which it was, and when. */
    [QUERY_JOIN_BEFORE] = {"UPDATE slice SET (first_id, opened_at) ="
                           " (SELECT b.first_id, min(b.opened_at, slice.opened_at) FROM slice AS b"
                           " WHERE b.notification_id = ?2 AND b.lane = ?3 AND b.first_id < ?4"
                           " ORDER BY b.first_id DESC LIMIT 1)"
                           " WHERE id = ?1 AND EXISTS (SELECT 1 FROM (SELECT b.last_id AS ended,"
                           " b.closed_at AS closed, b.relay AS name FROM slice AS b"
                           " WHERE b.notification_id = ?2 AND b.lane = ?3 AND b.first_id < ?4"
                           " ORDER BY b.first_id DESC LIMIT 1)"
                           " WHERE ended = ?4 - 1 AND closed IS NOT NULL AND name = slice.relay)",
                           "(subquery-2): one row"},
    [QUERY_JOIN_AFTER] = {"UPDATE slice SET (last_id, sent_through, opened_at) ="
                          " (SELECT a.last_id, a.last_id, min(a.opened_at, slice.opened_at)"
                          " FROM slice AS a WHERE a.notification_id = ?2 AND a.lane = ?3"
                          " AND a.first_id = ?4 + 1)"
                          " WHERE id = ?1 AND EXISTS (SELECT 1 FROM slice AS a"
                          " WHERE a.notification_id = ?2 AND a.lane = ?3"
                          " AND a.first_id = ?4 + 1 AND a.closed_at IS NOT NULL"
                          " AND a.relay = slice.relay)",
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
};

const struct statements_table claim_close_statements = {"claim_close", queries, QUERY_COUNT};

static struct statement *start(const struct claim_work *work, size_t query)
{
    return statements_start(work->claims->settings.store, &claim_close_statements, query);
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

static bool run_join(const struct claim_work *work, enum query query,
                     const struct claim_slice *slice, int64_t edge_id, GError **error)
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
static bool close_stretch(const struct claim_work *work, const struct claim_slice *slice,
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
    struct claim_slice slice;

    if (!claim_slice_load(work, slice_id, &slice, error))
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
    /* The arcs stay: of a superseded one they say whom it told, of any when and by which relay. */
    return statements_run(ended, error);
}
