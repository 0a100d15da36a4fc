#include "gateway/clock/unpublished.h"

#include "gateway/store/intakes.h"
#include "gateway/store/letters.h"

#define MAIL_BYTES ((size_t)16 * 1024 * 1024) /* it holds the mail */

static bool tell(struct store *store, struct arena *arena, const struct page *page,
                 const struct held *held, int64_t now, GError **error)
{
    const struct letter_fact facts[] = {
        {"text", arena_format(arena, "It was asked back: %s", held->reason)},
    };
    struct letter letter = {
        .page_id = page->id,
        .kind = LETTER_UNPUBLISHED,
        .address = held->operator_address,
        .is_operator = true,
        .language = "",
        .time_zone = "",
        .facts = facts,
        .fact_count = G_N_ELEMENTS(facts),
        .incident_id = held->incident_id,
        .held_id = held->id,
        .created_at = now,
        .due_at = now,
    };

    return letters_add(store, &letter, error) && intakes_end_held(store, held->id, now, error);
}

/* *is_told false: there is none. */
static bool tell_next(struct store *store, const struct page *page, int64_t now, bool *is_told,
                      GError **error)
{
    OWN(arena) arena = arena_open(MAIL_BYTES);
    const struct held *held = NULL;

    if (!store_begin(store, error))
        return false;
    if (intakes_next_expired_held(store, arena, page, now, &held, error) &&
        (held == NULL || tell(store, arena, page, held, now, error)) &&
        store_commit(store, error)) {
        *is_told = held != NULL;
        return true;
    }
    store_rollback(store);
    return false;
}

bool unpublished_tell(struct store *store, const struct page *page, int64_t now, int64_t most,
                      int64_t *done, GError **error)
{
    OWN(arena) arena = arena_open(MAIL_BYTES);
    const struct held *held = NULL;
    bool is_told = false;

    /* Looked at without a lock first: mostly there is none. */
    if (!intakes_next_expired_held(store, arena, page, now, &held, error))
        return false;
    *done = 0;
    is_told = held != NULL;
    while (is_told && *done < most) {
        if (!tell_next(store, page, now, &is_told, error))
            return false;
        *done += is_told ? 1 : 0;
    }
    return true;
}
