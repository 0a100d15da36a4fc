#include "gateway/store/keys.h"

#include "gateway/store/statements.h"

enum query { QUERY_ADD, QUERY_FIND, QUERY_SPEND, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_ADD] = {"INSERT INTO reply_key (hash, page_id, operator_address, incident_id, held_id,"
                   " created_at, expires_at, spent_at, draft_id)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   NULL},
    [QUERY_FIND] =
        {"SELECT operator_address, incident_id, held_id, expires_at,"
         " spent_at IS NOT NULL, draft_id FROM reply_key WHERE hash = ?1 AND page_id = ?2",
         NULL},
    [QUERY_SPEND] = {"UPDATE reply_key SET spent_at = ?1 WHERE hash = ?2 AND spent_at IS NULL",
                     NULL},
};

const struct statements_table keys_statements = {"keys", queries, QUERY_COUNT};

static struct text as_text(const uint8_t hash[KEYED_HASH_SIZE])
{
    return text_from((const char *)hash, KEYED_HASH_SIZE);
}

bool keys_add_reply(struct store *store, const struct page *page,
                    const uint8_t hash[KEYED_HASH_SIZE], const struct reply_key *key, int64_t now,
                    GError **error)
{
    OWN(statement) added = statements_start(store, &keys_statements, QUERY_ADD);

    statements_bind_blob(added, 1, as_text(hash));
    statements_bind_string(added, 2, page->id);
    statements_bind_string(added, 3, key->operator_address);
    statements_bind_id(added, 4, key->incident_id);
    statements_bind_id(added, 5, key->held_id);
    statements_bind_int(added, 6, now);
    statements_bind_int(added, 7, key->expires_at);
    statements_bind_id(added, 8, key->is_spent ? now : 0);
    statements_bind_id(added, 9, key->draft_id);
    return statements_run(added, error);
}

bool keys_find_reply(struct store *store, struct arena *arena, const struct page *page,
                     const uint8_t hash[KEYED_HASH_SIZE], const struct reply_key **key,
                     GError **error)
{
    OWN(statement) found = statements_start(store, &keys_statements, QUERY_FIND);
    struct reply_key *read = NULL;
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_blob(found, 1, as_text(hash));
    statements_bind_string(found, 2, page->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        read = ARENA_NEW(arena, struct reply_key);
        read->operator_address = statements_string(found, arena, 0);
        read->incident_id = statements_int(found, 1);
        read->held_id = statements_int(found, 2);
        read->expires_at = statements_int(found, 3);
        read->is_spent = statements_int(found, 4) != 0;
        read->draft_id = statements_int(found, 5);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *key = read;
    return true;
}

bool keys_spend_reply(struct store *store, const uint8_t hash[KEYED_HASH_SIZE], int64_t now,
                      GError **error)
{
    OWN(statement) spent = statements_start(store, &keys_statements, QUERY_SPEND);

    statements_bind_int(spent, 1, now);
    statements_bind_blob(spent, 2, as_text(hash));
    return statements_run(spent, error);
}
