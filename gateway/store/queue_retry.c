#include "gateway/base/error.h"
#include "gateway/store/domains.h"
#include "gateway/store/queue.h"
#include "gateway/store/relays.h"
#include "gateway/store/statements.h"

enum query {
    QUERY_RETRY_DELIVERIES,
    QUERY_RETRY_LETTERS,
    QUERY_RETRY_LETTER,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_RETRY_DELIVERIES] = {"UPDATE exception SET due_at = ?2 WHERE state = 0 AND due_at > ?2"
                                " AND (?1 = 0 OR notification_id = ?1)",
                                NULL},
    [QUERY_RETRY_LETTERS] = {"UPDATE letter SET due_at = ?1 WHERE state = 0 AND due_at > ?1",
                             "letter: those that wait"},
    [QUERY_RETRY_LETTER] = {"UPDATE letter SET state = 0, due_at = ?2, began_at = ?2,"
                            " ended_at = NULL WHERE id = ?1 AND state IN (0, 2)",
                            NULL},
};

const struct statements_table queue_retry_statements = {"queue_retry", queries, QUERY_COUNT};

static bool retry_deliveries(struct store *store, int64_t number, int64_t now, int64_t *count,
                             GError **error)
{
    OWN(statement)
    retried = statements_start(store, &queue_retry_statements, QUERY_RETRY_DELIVERIES);

    statements_bind_int(retried, 1, number);
    statements_bind_int(retried, 2, now);
    if (!statements_run(retried, error))
        return false;
    *count += statements_changed(store);
    return true;
}

static bool retry_letters(struct store *store, int64_t number, int64_t now, int64_t *count,
                          GError **error)
{
    OWN(statement)
    retried = statements_start(store, &queue_retry_statements,
                               number == 0 ? QUERY_RETRY_LETTERS : QUERY_RETRY_LETTER);

    statements_bind_int(retried, 1, number == 0 ? now : number);
    if (number != 0)
        statements_bind_int(retried, 2, now);
    if (!statements_run(retried, error))
        return false;
    *count += statements_changed(store);
    return true;
}

bool queue_retry(struct store *store, const char *id, int64_t now, int64_t *count, GError **error)
{
    bool is_letter = false;
    int64_t number = 0;
    int64_t retried = 0;

    if (id != NULL && !queue_read_id(id, &is_letter, &number))
        return error_set(error, TOCSIN_ERROR_MISSING, "%s: nothing of that id waits", id);

    const enum statements_scope scope = statements_enter(store, error);
    if (scope == STATEMENTS_REFUSED)
        return false;

    const bool has_deliveries = id == NULL || !is_letter;
    const bool has_letters = id == NULL || is_letter;
    const bool is_good =
        (!has_deliveries || retry_deliveries(store, number, now, &retried, error)) &&
        (!has_letters || retry_letters(store, number, now, &retried, error)) &&
        relays_end_rest(store, NULL, error) && domains_reset(store, NULL, error);
    if (!statements_leave(store, scope, is_good, error))
        return false;
    *count = retried;
    return true;
}
