/* Of joins.h: who must not come back by an import, and who is to be forgotten. */
#include "gateway/store/join_tallies.h"
#include "gateway/store/joins.h"
#include "gateway/store/statements.h"
#include "gateway/store/subscriber_rows.h"

enum query {
    QUERY_SUPPRESS,
    QUERY_IS_SUPPRESSED,
    QUERY_UNSUPPRESS,
    QUERY_ERASE_FACTS,
    QUERY_ERASE_LETTERS,
    QUERY_ERASE_KEYS,
    QUERY_ERASE_TALLIES,
    QUERY_COUNT,
};

/* An operator's letters to the same address are the operator's. */
#define HER_LETTERS "SELECT id FROM letter WHERE address = ?2 AND page_id = ?1 AND is_operator = 0"

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_SUPPRESS] = {"INSERT INTO suppression (page_id, hash, why, at) VALUES (?1, ?2, ?3, ?4)"
                        " ON CONFLICT (page_id, hash) DO UPDATE SET why = ?3, at = ?4",
                        NULL},
    [QUERY_IS_SUPPRESSED] = {"SELECT 1 FROM suppression WHERE page_id = ?1 AND hash = ?2", NULL},
    [QUERY_UNSUPPRESS] = {"DELETE FROM suppression WHERE page_id = ?1 AND hash = ?2", NULL},
    [QUERY_ERASE_FACTS] = {"DELETE FROM letter_fact WHERE letter_id IN (" HER_LETTERS ")", NULL},
    [QUERY_ERASE_LETTERS] = {"DELETE FROM letter WHERE id IN (" HER_LETTERS ")", NULL},
    [QUERY_ERASE_KEYS] = {"DELETE FROM confirm_key WHERE page_id = ?1 AND address = ?2", NULL},
    [QUERY_ERASE_TALLIES] = {"DELETE FROM tally WHERE name IN ('" JOIN_TALLY_HOUR
                             "', '" JOIN_TALLY_DAY "', '" JOIN_TALLY_LIFE "')"
                             " AND key = ?1 || ' ' || ?2",
                             NULL},
};

const struct statements_table suppression_statements = {"suppression", queries, QUERY_COUNT};

static struct statement *start(const struct joins_desk *desk, enum query query)
{
    return statements_start(desk->store, &suppression_statements, query);
}

/* Whoever forgets a page's people forgets them there: the page is part of it. */
static void bind_hash(struct statement *statement, const struct joins_desk *desk,
                      const char *address)
{
    g_autofree char *low = g_ascii_strdown(address, -1);
    g_autofree char *named = g_strconcat(desk->page->id, "\n", low, NULL);
    uint8_t hash[KEYED_HASH_SIZE];

    secret_mac(desk->secret, SECRET_SUPPRESSION, text_of(named), hash, sizeof hash);
    statements_bind_string(statement, 1, desk->page->id);
    statements_bind_blob(statement, 2, text_from((const char *)hash, sizeof hash));
}

bool joins_suppress(const struct joins_desk *desk, const char *address, enum suppression_why why,
                    GError **error)
{
    OWN(statement) suppressed = start(desk, QUERY_SUPPRESS);

    bind_hash(suppressed, desk, address);
    statements_bind_int(suppressed, 3, why);
    statements_bind_int(suppressed, 4, desk->now);
    return statements_run(suppressed, error);
}

bool joins_is_suppressed(const struct joins_desk *desk, const char *address, bool *is,
                         GError **error)
{
    OWN(statement) found = start(desk, QUERY_IS_SUPPRESSED);
    int64_t value = 0;

    bind_hash(found, desk, address);
    if (!statements_run_value(found, 0, &value, error))
        return false;
    *is = value != 0;
    return true;
}

bool joins_unsuppress(const struct joins_desk *desk, const char *address, GError **error)
{
    OWN(statement) forgiven = start(desk, QUERY_UNSUPPRESS);

    bind_hash(forgiven, desk, address);
    return statements_run(forgiven, error);
}

static bool erase_by_address(const struct joins_desk *desk, const char *address, GError **error)
{
    for (enum query query = QUERY_ERASE_FACTS; query <= QUERY_ERASE_TALLIES; query++) {
        OWN(statement) erased = start(desk, query);

        statements_bind_string(erased, 1, desk->page->id);
        statements_bind_string(erased, 2, address);
        if (!statements_run(erased, error))
            return false;
    }
    return true;
}

static bool erase(const struct joins_desk *desk, const char *address, bool *was_there,
                  GError **error)
{
    const struct subscriber_whose whose = {desk->page->id, address, 0};
    struct subscriber_row row = {0, SUBSCRIBER_PENDING};

    if (!erase_by_address(desk, address, error) ||
        !subscriber_rows_find(desk->store, &whose, &row, error))
        return false;
    *was_there = row.id != 0;
    return row.id == 0 || (subscriber_rows_delete(desk->store, row.id, error) &&
                           joins_suppress(desk, address, SUPPRESSED_FORGOTTEN, error));
}

bool joins_erase(const struct joins_desk *desk, const char *address, bool *was_there,
                 GError **error)
{
    const enum statements_scope scope = statements_enter(desk->store, error);
    bool was = false;

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = erase(desk, address, &was, error);
    if (!statements_leave(desk->store, scope, is_good, error))
        return false;
    *was_there = was;
    return true;
}
