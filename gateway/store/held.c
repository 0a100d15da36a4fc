/* Held mails of intakes.h. */
#include "gateway/store/intakes.h"

#include "gateway/store/statements.h"

#define COLUMNS                                                                                    \
    "SELECT id, operator_address, incident_id, mail, proofs, reason, created_at, expires_at,"      \
    " ended_at IS NOT NULL FROM held "

enum query { QUERY_HOLD, QUERY_BY_ID, QUERY_END, QUERY_NEXT_EXPIRED, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_HOLD] = {"INSERT INTO held (page_id, operator_address, incident_id, mail, proofs,"
                    " reason, created_at, expires_at)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    NULL},
    [QUERY_BY_ID] = {COLUMNS "WHERE page_id = ?1 AND id = ?2", NULL},
    [QUERY_END] = {"UPDATE held SET ended_at = ?1 WHERE id = ?2 AND ended_at IS NULL", NULL},
    [QUERY_NEXT_EXPIRED] = {COLUMNS "WHERE page_id = ?1 AND expires_at <= ?2 AND ended_at IS NULL"
                                    " ORDER BY expires_at LIMIT 1",
                            NULL},
};

const struct statements_table held_statements = {"held", queries, QUERY_COUNT};

bool intakes_hold(struct store *store, const struct page *page, struct held *held, GError **error)
{
    OWN(statement) added = statements_start(store, &held_statements, QUERY_HOLD);

    statements_bind_string(added, 1, page->id);
    statements_bind_string(added, 2, held->operator_address);
    statements_bind_id(added, 3, held->incident_id);
    statements_bind_blob(added, 4, held->mail);
    statements_bind_string(added, 5, held->proofs);
    statements_bind_string(added, 6, held->reason);
    statements_bind_int(added, 7, held->created_at);
    statements_bind_int(added, 8, held->expires_at);
    if (!statements_run(added, error))
        return false;
    held->id = statements_last_id(store);
    return true;
}

static bool load_one(struct statement *found, struct arena *arena, const struct held **held,
                     GError **error)
{
    struct held *read = NULL;
    enum statements_step step = STATEMENTS_DONE;

    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        read = ARENA_NEW(arena, struct held);
        read->id = statements_int(found, 0);
        read->operator_address = statements_string(found, arena, 1);
        read->incident_id = statements_int(found, 2);
        read->mail = statements_blob(found, arena, 3);
        read->proofs = statements_string(found, arena, 4);
        read->reason = statements_string(found, arena, 5);
        read->created_at = statements_int(found, 6);
        read->expires_at = statements_int(found, 7);
        read->is_ended = statements_int(found, 8) != 0;
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *held = read;
    return true;
}

bool intakes_find_held(struct store *store, struct arena *arena, const struct page *page,
                       int64_t id, const struct held **held, GError **error)
{
    OWN(statement) found = statements_start(store, &held_statements, QUERY_BY_ID);

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, id);
    return load_one(found, arena, held, error);
}

bool intakes_end_held(struct store *store, int64_t id, int64_t now, GError **error)
{
    OWN(statement) ended = statements_start(store, &held_statements, QUERY_END);

    statements_bind_int(ended, 1, now);
    statements_bind_int(ended, 2, id);
    return statements_run(ended, error);
}

bool intakes_next_expired_held(struct store *store, struct arena *arena, const struct page *page,
                               int64_t now, const struct held **held, GError **error)
{
    OWN(statement) found = statements_start(store, &held_statements, QUERY_NEXT_EXPIRED);

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, now);
    return load_one(found, arena, held, error);
}
