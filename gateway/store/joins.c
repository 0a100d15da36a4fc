#include "gateway/store/joins.h"

#include "gateway/base/moment.h"
#include "gateway/store/join_tallies.h"
#include "gateway/store/statements.h"
#include "gateway/store/subscriber_rows.h"

/* A key is made when its letter is sent, and may wait for a relay before. */
#define PENDING_MS  (CONFIRM_KEY_LIVES_MS + 5 * DAY_MS)
#define KEPT_KEY_MS (7 * DAY_MS) /* after it expired */
#define FORGET_MOST 500          /* rows of each at a time: nobody waits long for the lock */

enum query {
    QUERY_ASK,
    QUERY_FORGET_TALLY,
    QUERY_ADD_KEY,
    QUERY_FIND_KEY,
    QUERY_SPEND_KEY,
    QUERY_FORGET_KEYS,
    QUERY_PENDING,
    QUERY_IS_NEW,
    QUERY_GO_BACK,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    /* Who asks again waits anew. */
    [QUERY_ASK] = {"INSERT INTO subscriber (page_id, address, public_id, created_at, lane, state)"
                   " VALUES (?1, ?2, ?3, ?4, 1, 0) ON CONFLICT (page_id, address)"
                   " DO UPDATE SET created_at = excluded.created_at WHERE state = 0"
                   " RETURNING id",
                   NULL},
    [QUERY_FORGET_TALLY] = {"DELETE FROM tally WHERE name = '" JOIN_TALLY_LIFE "'"
                            " AND key = ?1 || ' ' || ?2",
                            NULL},
    [QUERY_ADD_KEY] = {"INSERT INTO confirm_key (hash, page_id, address, purpose, wishes, source,"
                       " created_at, expires_at, spent_at)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                       NULL},
    [QUERY_FIND_KEY] = {"SELECT address, purpose, wishes, source, expires_at, spent_at IS NOT NULL"
                        " FROM confirm_key WHERE hash = ?1 AND page_id = ?2",
                        NULL},
    [QUERY_SPEND_KEY] = {"UPDATE confirm_key SET spent_at = ?2"
                         " WHERE hash = ?1 AND spent_at IS NULL",
                         NULL},
    [QUERY_FORGET_KEYS] = {"DELETE FROM confirm_key WHERE hash IN"
                           " (SELECT hash FROM confirm_key WHERE expires_at < ?1 LIMIT ?2)",
                           NULL},
    [QUERY_PENDING] = {"SELECT id FROM subscriber WHERE state = 0 AND created_at < ?1 LIMIT ?2",
                       NULL},
    [QUERY_IS_NEW] = {"SELECT 1 FROM subscriber WHERE id = ?1 AND confirmed_at IS NULL"
                      " AND left_at IS NULL",
                      NULL},
    [QUERY_GO_BACK] = {"UPDATE subscriber SET state = 3 WHERE id = ?1 AND state = 0", NULL},
};

const struct statements_table joins_statements = {"joins", queries, QUERY_COUNT};

static struct statement *start(struct store *store, enum query query)
{
    return statements_start(store, &joins_statements, query);
}

static struct text as_text(const uint8_t hash[KEYED_HASH_SIZE])
{
    return text_from((const char *)hash, KEYED_HASH_SIZE);
}

bool joins_ask(const struct joins_desk *desk, const char *address, const char *source,
               GError **error)
{
    OWN(arena) arena = arena_open(4096);
    OWN(statement) asked = start(desk->store, QUERY_ASK);
    const struct consent consent = {
        .at = desk->now, .act = CONSENT_ASKED, .how = "mail", .source = source, .words = ""};
    int64_t id = 0;

    statements_bind_string(asked, 1, desk->page->id);
    statements_bind_string(asked, 2, address);
    statements_bind_string(asked, 3, secret_public_id(arena, "sub_"));
    statements_bind_int(asked, 4, desk->now);
    return statements_run_value(asked, 0, &id, error) &&
           (id == 0 || joins_record(desk->store, id, &consent, error));
}

/* Once she has confirmed, she has as many letters again. */
static bool forget_tally(const struct joins_desk *desk, const char *address, GError **error)
{
    OWN(statement) forgotten = start(desk->store, QUERY_FORGET_TALLY);

    statements_bind_string(forgotten, 1, desk->page->id);
    statements_bind_string(forgotten, 2, address);
    return statements_run(forgotten, error);
}

static bool confirm_row(const struct joins_desk *desk, const struct subscriber *subscriber,
                        struct subscriber_row *row, GError **error)
{
    struct subscriber known = *subscriber;

    if (row->id == 0 || row->state != SUBSCRIBER_CONFIRMED)
        return subscriber_rows_enrol(desk->store, subscriber, desk->now, row, error);
    known.id = row->id;
    return subscriber_rows_save(desk->store, &known, desk->now, error);
}

bool joins_confirm(const struct joins_desk *desk, const struct subscriber *subscriber, int64_t *id,
                   GError **error)
{
    const struct subscriber_whose whose = {desk->page->id, subscriber->address, 0};
    struct subscriber of_page = *subscriber;
    struct subscriber_row row = {0, SUBSCRIBER_PENDING};

    of_page.page_id = desk->page->id;
    if (!subscriber_rows_find(desk->store, &whose, &row, error) ||
        !confirm_row(desk, &of_page, &row, error) ||
        !joins_unsuppress(desk, subscriber->address, error) ||
        !forget_tally(desk, subscriber->address, error))
        return false;
    *id = row.id;
    return true;
}

bool joins_add_key(struct store *store, const struct page *page,
                   const uint8_t hash[KEYED_HASH_SIZE], const struct confirm_key *key, int64_t now,
                   GError **error)
{
    OWN(statement) added = start(store, QUERY_ADD_KEY);

    statements_bind_blob(added, 1, as_text(hash));
    statements_bind_string(added, 2, page->id);
    statements_bind_string(added, 3, key->address);
    statements_bind_int(added, 4, key->purpose);
    statements_bind_string(added, 5, key->wishes);
    statements_bind_string(added, 6, key->source);
    statements_bind_int(added, 7, now);
    statements_bind_int(added, 8, key->expires_at);
    statements_bind_id(added, 9, key->is_spent ? now : 0);
    return statements_run(added, error);
}

bool joins_find_key(struct store *store, struct arena *arena, const struct page *page,
                    const uint8_t hash[KEYED_HASH_SIZE], const struct confirm_key **key,
                    GError **error)
{
    OWN(statement) found = start(store, QUERY_FIND_KEY);
    struct confirm_key *read = NULL;

    statements_bind_blob(found, 1, as_text(hash));
    statements_bind_string(found, 2, page->id);
    if (statements_step(found, error) == STATEMENTS_ROW) {
        read = ARENA_NEW(arena, struct confirm_key);
        *read = (struct confirm_key){
            .address = statements_string(found, arena, 0),
            .purpose = statements_choice(found, 1, JOIN_PREFERENCES + 1),
            .wishes = statements_string(found, arena, 2),
            .source = statements_string(found, arena, 3),
            .expires_at = statements_int(found, 4),
            .is_spent = statements_int(found, 5) != 0,
        };
    }
    if (!statements_run(found, error))
        return false;
    *key = read;
    return true;
}

bool joins_spend_key(struct store *store, const uint8_t hash[KEYED_HASH_SIZE], int64_t now,
                     GError **error)
{
    OWN(statement) spent = start(store, QUERY_SPEND_KEY);

    statements_bind_blob(spent, 1, as_text(hash));
    statements_bind_int(spent, 2, now);
    return statements_run(spent, error);
}

static bool forget_keys(struct store *store, int64_t now, GError **error)
{
    OWN(statement) forgotten = start(store, QUERY_FORGET_KEYS);

    statements_bind_int(forgotten, 1, now - KEPT_KEY_MS);
    statements_bind_int(forgotten, 2, FORGET_MOST);
    return statements_run(forgotten, error);
}

static bool list_pending(struct store *store, int64_t now, GArray *ids, GError **error)
{
    OWN(statement) found = start(store, QUERY_PENDING);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, now - PENDING_MS);
    statements_bind_int(found, 2, FORGET_MOST);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const int64_t id = statements_int(found, 0);

        g_array_append_val(ids, id);
    }
    return step == STATEMENTS_DONE;
}

static bool forget_one(struct store *store, int64_t id, GError **error)
{
    OWN(statement) asked = start(store, QUERY_IS_NEW);
    int64_t is_new = 0;

    statements_bind_int(asked, 1, id);
    if (!statements_run_value(asked, 0, &is_new, error))
        return false;
    return is_new != 0 ? subscriber_rows_delete(store, id, error)
                       : subscriber_rows_run(store, &joins_statements, QUERY_GO_BACK, id, error);
}

static bool forget_pending(struct store *store, int64_t now, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    bool is_good = list_pending(store, now, ids, error);

    for (guint i = 0; is_good && i < ids->len; i++)
        is_good = forget_one(store, g_array_index(ids, int64_t, i), error);
    return is_good;
}

bool joins_forget(struct store *store, int64_t now, GError **error)
{
    return store_begin(store, error) &&
           statements_leave(store, STATEMENTS_OWN,
                            forget_keys(store, now, error) && forget_pending(store, now, error),
                            error);
}
