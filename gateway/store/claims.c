#include "gateway/store/claims.h"

#include "gateway/store/claim_due.h"
#include "gateway/store/claim_slice.h"
#include "gateway/store/claim_stretch.h"
#include "gateway/store/connection.h"

#include <assert.h>
#include <unistd.h>

enum query {
    QUERY_MAY_TELL,
    QUERY_MAY_WRITE,
    QUERY_SKIP_EXCEPTION,
    QUERY_SKIP_LETTER,
    QUERY_NOTE_EXCEPTION,
    QUERY_NOTE_LETTER,
    QUERY_IS_OPEN,
    QUERY_NEXT_OPEN,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_MAY_TELL] = {"SELECT n.state, s.state FROM notification AS n"
                        " JOIN subscriber AS s ON s.id = ?2 WHERE n.id = ?1",
                        NULL},
    /* 19: a digest, which is nobody's who has left or is suspended. */
    [QUERY_MAY_WRITE] = {"SELECT CASE WHEN l.kind = 19 AND s.state IS NOT 1 THEN 3 ELSE l.state END"
                         " FROM letter AS l LEFT JOIN subscriber AS s ON s.id = l.subscriber_id"
                         " WHERE l.id = ?1",
                         NULL},
    [QUERY_SKIP_EXCEPTION] = {"UPDATE exception SET state = 4, slice_id = NULL"
                              " WHERE notification_id = ?1 AND subscriber_id = ?2",
                              NULL},
    [QUERY_SKIP_LETTER] = {"UPDATE letter SET slice_id = NULL, state = 3 WHERE id = ?1", NULL},
    /* Unless she was erased meanwhile. */
    [QUERY_NOTE_EXCEPTION] = {"INSERT INTO exception (notification_id, subscriber_id, state,"
                              " in_doubt, due_at, began_at, failures, reason)"
                              " SELECT ?1, ?2, ?3, ?4, ?5, ?6, 1, ?7"
                              " WHERE EXISTS (SELECT 1 FROM subscriber WHERE id = ?2)"
                              " ON CONFLICT (notification_id, subscriber_id) DO UPDATE SET"
                              " state = ?3, in_doubt = ?4, due_at = ?5, failures = failures + 1,"
                              " reason = ?7, slice_id = NULL",
                              NULL},
    [QUERY_NOTE_LETTER] = {"UPDATE letter SET state = CASE state WHEN 3 THEN 3 ELSE ?2 END,"
                           " due_at = ?3, began_at = coalesce(began_at, ?4),"
                           " failures = failures + 1, reason = ?5, slice_id = NULL,"
                           " ended_at = CASE ?2 WHEN 2 THEN ?4 ELSE ended_at END WHERE id = ?1",
                           NULL},
    [QUERY_IS_OPEN] = {"SELECT 1 FROM slice WHERE id = ?1 AND closed_at IS NULL", NULL},
    [QUERY_NEXT_OPEN] = {"SELECT id FROM slice WHERE closed_at IS NULL AND id > ?1"
                         " ORDER BY id LIMIT 1",
                         NULL},
};

static_assert(LETTER_DIGEST == 19, "QUERY_MAY_WRITE says so");

const struct statements_table claims_statements = {"claims", queries, QUERY_COUNT};

/* The states of an exception, and of a letter, that a result may give. */
enum {
    STATE_DUE = 0,
    EXCEPTION_FAILED = 2,
    LETTER_FAILED = 2,
    LETTER_REPLACED = 3,
};

struct claims *claims_open(const struct claims_settings *settings, GError **error)
{
    const int folder = progress_open_folder(settings->state, error);

    if (folder < 0)
        return NULL;

    struct claims *claims = g_new0(struct claims, 1);
    claims->settings = *settings;
    claims->folder = folder;
    return claims;
}

void claims_close(struct claims *claims)
{
    if (claims == NULL)
        return;
    (void)close(claims->folder);
    g_free(claims);
}

static struct statement *start(const struct claims *claims, size_t query)
{
    return statements_start(claims->settings.store, &claims_statements, query);
}

/* What the search for a stretch left in the draft is not theirs. */
static bool find_digests(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    *draft = (struct claim_draft){.items = draft->items};
    return claim_due_digests(work, draft, error);
}

static bool find_draft(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    struct claim_urgency urgency;

    if (!claim_due_letters(work, draft, error))
        return false;
    if (draft->items->len > 0 || work->wish->letters_only)
        return true;
    if (!claim_stretch_look(work, &urgency, error) ||
        !claim_due_exceptions(work, &urgency, draft, error))
        return false;
    if (draft->items->len == 0 && !claim_stretch_take(work, draft, error))
        return false;
    return draft->items->len > 0 || find_digests(work, draft, error);
}

static bool find_claim(const struct claim_work *work, const struct claim **claim, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(struct claim_item));
    struct claim_draft draft = {.items = items};

    if (!claim_slice_take_over(work, claim, error))
        return false;
    if (*claim != NULL)
        return true;
    if (!find_draft(work, &draft, error))
        return false;
    return items->len == 0 || claim_slice_open(work, &draft, claim, error);
}

void claims_release(struct claims *claims, const struct claim *claim)
{
    (void)claims;
    if (claim != NULL)
        progress_close(&claim->progress->file);
}

bool claims_take(struct claims *claims, struct arena *arena, const struct claims_wish *wish,
                 int64_t now, const struct claim **claim, GError **error)
{
    const struct claim_work work = {claims, arena, wish, now};
    const struct claim *found = NULL;

    if (!store_begin(claims->settings.store, error))
        return false;
    if (!find_claim(&work, &found, error) || !claim_look_at_domains(&work, found, error) ||
        !store_commit(claims->settings.store, error)) {
        store_rollback(claims->settings.store);
        claims_release(claims, found);
        return false;
    }
    *claim = found;
    return true;
}

static bool check_reader(struct claims *claims, const struct claim *claim, int64_t id,
                         enum claims_answer *answer, GError **error)
{
    OWN(statement) asked = start(claims, QUERY_MAY_TELL);

    statements_bind_int(asked, 1, claim->notification_id);
    statements_bind_int(asked, 2, id);

    const enum statements_step step = statements_step(asked, error);
    if (step == STATEMENTS_FAILED)
        return false;
    *answer = CLAIMS_SEND;
    if (step == STATEMENTS_DONE || statements_int(asked, 1) != SUBSCRIBER_CONFIRMED)
        *answer = CLAIMS_SKIP;
    if (step == STATEMENTS_ROW && statements_int(asked, 0) != 0)
        *answer = CLAIMS_SUPERSEDED;
    return true;
}

static bool check_letter(struct claims *claims, int64_t id, enum claims_answer *answer,
                         GError **error)
{
    OWN(statement) asked = start(claims, QUERY_MAY_WRITE);
    int64_t state = LETTER_REPLACED;

    statements_bind_int(asked, 1, id);
    if (!statements_run_value(asked, LETTER_REPLACED, &state, error))
        return false;
    *answer = state == LETTER_REPLACED ? CLAIMS_SKIP : CLAIMS_SEND;
    return true;
}

/* So that closing the slice does not take it for sent. */
static bool skip(struct claims *claims, const struct claim *claim, int64_t id, GError **error)
{
    if (claim->kind == CLAIM_STRETCH)
        return true;
    if (claim->kind == CLAIM_LETTERS) {
        OWN(statement) letter = start(claims, QUERY_SKIP_LETTER);
        statements_bind_int(letter, 1, id);
        return statements_run(letter, error);
    }
    OWN(statement) exception = start(claims, QUERY_SKIP_EXCEPTION);
    statements_bind_int(exception, 1, claim->notification_id);
    statements_bind_int(exception, 2, id);
    return statements_run(exception, error);
}

/* All through this item are done. */
static void pass(const struct claim *claim, size_t item, bool is_sent)
{
    struct progress *now = &claim->progress->now;

    now->sent_through = item + 1 == claim->count ? claim->last_id : claim->items[item].id;
    now->in_hand = 0;
    now->sent_count += is_sent ? 1 : 0;
}

bool claims_may_send(struct claims *claims, const struct claim *claim, size_t item,
                     enum claims_answer *answer, GError **error)
{
    struct claims_progress *progress = claim->progress;
    const int64_t id = claim->items[item].id;

    /* First written, then looked: a newer notification that does not see her in hand was made after
     * this look, or before it and then she is not sent to. */
    progress->now.in_hand = id;
    progress_store(&progress->file, &progress->now);
    if (!(claim->kind == CLAIM_LETTERS ? check_letter(claims, id, answer, error)
                                       : check_reader(claims, claim, id, answer, error)))
        return false;
    if (*answer == CLAIMS_SEND)
        return true;
    progress->now.in_hand = 0;
    if (*answer == CLAIMS_SUPERSEDED)
        return true;
    if (!skip(claims, claim, id, error))
        return false;
    pass(claim, item, false);
    progress_store(&progress->file, &progress->now);
    return true;
}

static bool save_exception(struct claims *claims, const struct claim *claim, size_t item,
                           const struct claims_result *result, int64_t now, GError **error)
{
    OWN(statement) noted = start(claims, QUERY_NOTE_EXCEPTION);

    statements_bind_int(noted, 1, claim->notification_id);
    statements_bind_int(noted, 2, claim->items[item].id);
    statements_bind_int(noted, 3, result->outcome == CLAIMS_LATER ? STATE_DUE : EXCEPTION_FAILED);
    statements_bind_int(noted, 4, result->is_in_doubt ? 1 : 0);
    statements_bind_int(noted, 5, result->due_at);
    statements_bind_int(noted, 6, now);
    statements_bind_string(noted, 7, result->reason);
    return statements_run(noted, error);
}

static bool save_letter(struct claims *claims, int64_t id, const struct claims_result *result,
                        int64_t now, GError **error)
{
    OWN(statement) noted = start(claims, QUERY_NOTE_LETTER);

    statements_bind_int(noted, 1, id);
    statements_bind_int(noted, 2, result->outcome == CLAIMS_LATER ? STATE_DUE : LETTER_FAILED);
    statements_bind_int(noted, 3, result->due_at);
    statements_bind_int(noted, 4, now);
    statements_bind_string(noted, 5, result->reason);
    return statements_run(noted, error);
}

static bool save_result(struct claims *claims, const struct claim *claim, size_t item,
                        const struct claims_result *result, int64_t now, GError **error)
{
    if (!store_begin(claims->settings.store, error))
        return false;

    const bool is_saved = claim->kind == CLAIM_LETTERS
                              ? save_letter(claims, claim->items[item].id, result, now, error)
                              : save_exception(claims, claim, item, result, now, error);
    if (is_saved && store_commit(claims->settings.store, error))
        return true;
    store_rollback(claims->settings.store);
    return false;
}

/* A power cut must not take the row back and leave the file that has passed its item. */
static bool save_durably(struct claims *claims, const struct claim *claim, size_t item,
                         const struct claims_result *result, int64_t now, GError **error)
{
    struct store *store = claims->settings.store;

    return connection_run(store, "PRAGMA synchronous = FULL", error) &&
           save_result(claims, claim, item, result, now, error) &&
           connection_run(store, "PRAGMA synchronous = NORMAL", error);
}

bool claims_note(struct claims *claims, const struct claim *claim, size_t item,
                 const struct claims_result *result, int64_t now, GError **error)
{
    struct claims_progress *progress = claim->progress;

    if (result->outcome != CLAIMS_SENT && !save_durably(claims, claim, item, result, now, error))
        return false;
    pass(claim, item, result->outcome == CLAIMS_SENT);
    progress_store(&progress->file, &progress->now);
    return true;
}

bool claims_finish(struct claims *claims, const struct claim *claim, int64_t now, GError **error)
{
    const struct claim_work work = {.claims = claims, .now = now};
    struct store *store = claims->settings.store;

    if (!store_begin(store, error)) {
        claims_release(claims, claim);
        return false;
    }

    const bool is_closed =
        claim_slice_close(&work, claim->slice_id, &claim->progress->now, error) &&
        store_commit(store, error);
    if (is_closed)
        progress_remove(claims->folder, claim->slice_id);
    else
        store_rollback(store);
    claims_release(claims, claim);
    return is_closed;
}

static bool check_slices(struct claims *claims, bool *is_left, bool *is_in_hand, GError **error)
{
    int64_t slice_id = 0;

    for (;;) {
        OWN(statement) found = start(claims, QUERY_NEXT_OPEN);

        statements_bind_int(found, 1, slice_id);
        if (!statements_run_value(found, 0, &slice_id, error))
            return false;
        if (slice_id == 0)
            return true;
        if (progress_is_owned(claims->folder, slice_id))
            *is_in_hand = true;
        else
            *is_left = true;
    }
}

/* Looks by claiming, and takes it back. */
bool claims_look(struct claims *claims, int64_t now, bool *is_due, bool *is_in_hand, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(struct claim_item));
    struct claim_draft draft = {.items = items};
    const struct claims_wish wish = {.relay = "", .most = 1};
    OWN(arena) arena = arena_open((size_t)16 * 1024 * 1024);
    const struct claim_work work = {claims, arena, &wish, now};
    bool is_left = false;
    bool is_held = false;

    if (!store_begin(claims->settings.store, error))
        return false;

    const bool is_good =
        check_slices(claims, &is_left, &is_held, error) && find_draft(&work, &draft, error);
    store_rollback(claims->settings.store);
    if (!is_good)
        return false;
    *is_due = is_left || items->len > 0;
    *is_in_hand = is_held;
    return true;
}

static bool is_open(void *context, int64_t slice_id)
{
    struct claims *claims = context;
    g_autoptr(GError) error = NULL;
    OWN(statement) found = start(claims, QUERY_IS_OPEN);
    int64_t value = 1;

    statements_bind_int(found, 1, slice_id);
    return !statements_run_value(found, 0, &value, &error) || value != 0;
}

bool claims_sweep(struct claims *claims, GError **error)
{
    /* Within a transaction: nobody makes a file whose row is not committed yet. */
    if (!store_begin(claims->settings.store, error))
        return false;

    const bool is_swept = progress_sweep(claims->folder, is_open, claims, error);
    store_rollback(claims->settings.store);
    return is_swept;
}
