#include "gateway/store/bounce_score.h"

#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#define ROWS_MOST  20
#define COUNT_MOST 1000

enum query { QUERY_COUNTING, QUERY_ROWS, QUERY_STANDING, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_COUNTING] = {"SELECT min(b.at), max(b.is_permanent)"
                        " FROM subscriber AS s JOIN bounce AS b ON b.subscriber_id = s.id"
                        " WHERE s.id = ?1 AND b.at > ?2 AND b.at >= coalesce(s.confirmed_at, 0)"
                        " GROUP BY b.notification_id, b.letter_id ORDER BY 1 LIMIT ?3",
                        NULL},
    [QUERY_ROWS] = {"SELECT at, is_permanent, in_dialogue, status, words FROM bounce"
                    " WHERE subscriber_id = ?1 ORDER BY at DESC, id DESC LIMIT ?2",
                    NULL},
    [QUERY_STANDING] = {"SELECT suspended_at, probed_at, probe_count FROM subscriber"
                        " WHERE id = ?1 AND state = 2",
                        NULL},
};

const struct statements_table bounce_score_statements = {"bounce_score", queries, QUERY_COUNT};

/* How far the count has come; the bounces are told to it oldest first. */
struct counting {
    const struct bounce_settings *settings;
    int64_t now;
    int64_t permanent;
    int64_t permanent_at; /* of the last that counted */
    int64_t run_began_at; /* of temporary ones without a pause of `within` */
    int64_t run_last_at;
    int64_t run_count;
};

static void count_permanent(struct counting *counting, int64_t at)
{
    if (at <= counting->now - counting->settings->within_ms)
        return;
    if (counting->permanent > 0 && at - counting->permanent_at < counting->settings->apart_ms)
        return; /* a burst is one failure */
    counting->permanent++;
    counting->permanent_at = at;
}

static void count_temporary(struct counting *counting, int64_t at)
{
    if (counting->run_count == 0 || at - counting->run_last_at > counting->settings->within_ms) {
        counting->run_began_at = at;
        counting->run_count = 0;
    }
    counting->run_last_at = at;
    counting->run_count++;
}

static struct bounce_sum sum_up(const struct counting *counting)
{
    const struct bounce_settings *settings = counting->settings;
    const bool is_going_on =
        counting->run_count > 0 && counting->run_last_at > counting->now - settings->within_ms;
    /* One failure says nothing of days. */
    const bool is_long = is_going_on && counting->run_count > 1 &&
                         counting->run_last_at - counting->run_began_at >= settings->temporary_ms;

    return (struct bounce_sum){
        .permanent = counting->permanent,
        .temporary_since = is_going_on ? counting->run_began_at : 0,
        .is_suspending = counting->permanent >= settings->permanent || is_long,
    };
}

bool bounce_score_sum(const struct bounce_desk *desk, int64_t subscriber_id, struct bounce_sum *sum,
                      GError **error)
{
    const struct bounce_settings *settings = desk->settings;
    OWN(statement)
    found = statements_start(desk->store, &bounce_score_statements, QUERY_COUNTING);
    struct counting counting = {.settings = settings, .now = desk->now};
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, subscriber_id);
    statements_bind_int(found, 2, desk->now - settings->temporary_ms - settings->within_ms);
    statements_bind_int(found, 3, COUNT_MOST);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        if (statements_int(found, 1) != 0)
            count_permanent(&counting, statements_int(found, 0));
        else
            count_temporary(&counting, statements_int(found, 0));
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *sum = sum_up(&counting);
    return true;
}

static bool load_rows(const struct bounce_desk *desk, struct arena *arena, int64_t subscriber_id,
                      struct bounce_score *score, GError **error)
{
    OWN(statement) found = statements_start(desk->store, &bounce_score_statements, QUERY_ROWS);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct bounce_row));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, subscriber_id);
    statements_bind_int(found, 2, ROWS_MOST);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct bounce_row row = {
            .at = statements_int(found, 0),
            .is_permanent = statements_int(found, 1) != 0,
            .in_dialogue = statements_int(found, 2) != 0,
            .status = statements_string(found, arena, 3),
            .words = statements_string(found, arena, 4),
        };
        g_array_append_val(rows, row);
    }
    score->rows = rows_keep(arena, rows);
    score->row_count = rows->len;
    return step == STATEMENTS_DONE;
}

static bool load_standing(const struct bounce_desk *desk, int64_t subscriber_id,
                          struct bounce_score *score, GError **error)
{
    OWN(statement)
    found = statements_start(desk->store, &bounce_score_statements, QUERY_STANDING);

    statements_bind_int(found, 1, subscriber_id);
    if (statements_step(found, error) == STATEMENTS_ROW) {
        score->suspended_at = statements_int(found, 0);
        score->probed_at = statements_int(found, 1);
        score->probe_count = statements_int(found, 2);
    }
    return statements_run(found, error);
}

bool bounces_score(const struct bounce_desk *desk, struct arena *arena, int64_t subscriber_id,
                   struct bounce_score *score, GError **error)
{
    struct bounce_score found = {0};
    struct bounce_sum sum = {0};

    if (!bounce_score_sum(desk, subscriber_id, &sum, error) ||
        !load_rows(desk, arena, subscriber_id, &found, error) ||
        !load_standing(desk, subscriber_id, &found, error))
        return false;
    found.permanent = sum.permanent;
    found.temporary_since = sum.temporary_since;
    *score = found;
    return true;
}
