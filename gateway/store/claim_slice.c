#include "gateway/store/claim_slice.h"

#include "gateway/store/claim_due.h"
#include "gateway/store/claim_keys.h"
#include "gateway/store/claim_missed.h"
#include "gateway/store/claim_stretch.h"

#include <string.h>
#include <unistd.h>

enum query {
    QUERY_ADD,
    QUERY_OPEN,
    QUERY_TAKE,
    QUERY_LOAD,
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
};

const struct statements_table claim_slice_statements = {"claim_slice", queries, QUERY_COUNT};

static struct statement *start(const struct claim_work *work, size_t query)
{
    return statements_start(work->claims->settings.store, &claim_slice_statements, query);
}

static const struct claim *make_claim(const struct claim_work *work,
                                      const struct claim_draft *draft,
                                      const struct claim_slice *slice,
                                      const struct progress_file *file)
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
    claim->progress->file = *file;
    claim->progress->now = (struct progress){slice->opened_at, slice->first_id - 1, 0, 0};
    return claim;
}

static bool complete(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    return claim_keys_add(work, draft, error) && claim_missed_fill(work, draft, error);
}

static bool add_row(const struct claim_work *work, const struct claim_draft *draft,
                    struct claim_slice *slice, GError **error)
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
    struct claim_slice slice = {
        .kind = draft->kind,
        .first_id = is_stretch ? draft->first_id : items[0].id,
        .last_id = is_stretch ? draft->last_id : items[draft->items->len - 1].id,
        .opened_at = work->now,
    };

    if (!add_row(work, draft, &slice, error) || !claim_due_mark(work, draft, slice.id, error) ||
        !complete(work, draft, error))
        return false;

    const struct progress begun = {slice.opened_at, slice.first_id - 1, 0, 0};
    struct progress_file file;
    if (!progress_make(work->claims->folder, slice.id, &begun, &file, error))
        return false;
    *claim = make_claim(work, draft, &slice, &file);
    return true;
}

bool claim_slice_load(const struct claim_work *work, int64_t slice_id, struct claim_slice *slice,
                      GError **error)
{
    OWN(statement) found = start(work, QUERY_LOAD);

    *slice = (struct claim_slice){0};
    statements_bind_int(found, 1, slice_id);
    if (statements_step(found, error) == STATEMENTS_ROW)
        *slice = (struct claim_slice){
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
static bool refill(const struct claim_work *work, const struct claim_slice *slice,
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

/* The file is ours and says `progress`. *claim NULL: nothing was left, and it is closed. */
static bool take_slice(const struct claim_work *work, const struct claim_slice *slice,
                       const struct progress_file *file, const struct progress *left,
                       const struct claim **claim, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(struct claim_item));
    struct claim_draft draft = {.items = items};
    struct progress progress = *left;

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
    *claim = make_claim(work, &draft, slice, file);
    (*claim)->progress->now = progress;
    return true;
}

static bool try_slice(const struct claim_work *work, int64_t slice_id, const struct claim **claim,
                      GError **error)
{
    struct claim_slice slice;

    if (!claim_slice_load(work, slice_id, &slice, error))
        return false;
    if (work->wish->letters_only && slice.kind != CLAIM_LETTERS)
        return true;

    struct progress progress = {slice.opened_at, slice.first_id - 1, 0, 0};
    struct progress_file file;
    if (!progress_take(work->claims->folder, slice_id, &progress, &file, error))
        return false;
    if (file.descriptor < 0)
        return true; /* its owner lives */

    const bool is_good = take_slice(work, &slice, &file, &progress, claim, error);
    if (*claim == NULL || !is_good)
        progress_close(&file);
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
