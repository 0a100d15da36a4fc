/* The writers of subscribers.h that concern one subscriber's state and settings. */
#include "gateway/store/subscribers.h"

#include "gateway/store/statements.h"
#include "gateway/store/subscriber_rows.h"

enum query { QUERY_SUSPEND, QUERY_RESTORE, QUERY_NOTE_ANSWER, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_SUSPEND] = {"UPDATE subscriber SET state = 2, suspended_at = ?2, silent_since = ?2"
                       " WHERE id = ?1 AND state = 1",
                       NULL},
    [QUERY_RESTORE] =
        {"UPDATE subscriber SET state = 1, hears_since = ?2, suspended_at = NULL,"
         " probed_at = NULL, probe_at = NULL, probe_count = 0 WHERE id = ?1 AND state = 2",
         NULL},
    [QUERY_NOTE_ANSWER] = {"UPDATE subscriber SET answered_at = ?2 WHERE id = ?1"
                           " AND (answered_at IS NULL OR answered_at <= ?2 - 86400000"
                           " OR answered_at > ?2)",
                           NULL},
};

const struct statements_table enrolment_statements = {"enrolment", queries, QUERY_COUNT};

static bool add(struct store *store, const struct subscriber *subscriber, int64_t now,
                bool *was_there, GError **error)
{
    const struct subscriber_whose whose = {subscriber->page_id, subscriber->address, 0};
    struct subscriber_row row = {0, SUBSCRIBER_PENDING};

    if (!subscriber_rows_find(store, &whose, &row, error))
        return false;
    *was_there = row.id != 0 && row.state == SUBSCRIBER_CONFIRMED;
    return *was_there || subscriber_rows_enrol(store, subscriber, now, &row, error);
}

bool subscribers_add(struct store *store, const struct subscriber *subscriber, int64_t now,
                     bool *was_there, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);
    bool was = false;

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = add(store, subscriber, now, &was, error);
    if (!statements_leave(store, scope, is_good, error))
        return false;
    *was_there = was;
    return true;
}

static bool save(struct store *store, const struct page *page, const struct subscriber *subscriber,
                 int64_t now, GError **error)
{
    const struct subscriber_whose whose = {page->id, NULL, subscriber->id};
    struct subscriber_row row = {0, SUBSCRIBER_PENDING};

    if (!subscriber_rows_find(store, &whose, &row, error))
        return false;
    return row.id == 0 || subscriber_rows_save(store, subscriber, now, error);
}

bool subscribers_save(struct store *store, const struct page *page,
                      const struct subscriber *subscriber, int64_t now, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);

    return scope != STATEMENTS_REFUSED &&
           statements_leave(store, scope, save(store, page, subscriber, now, error), error);
}

static bool is_there(const struct subscriber_row *row)
{
    return row->id != 0 && row->state != SUBSCRIBER_UNSUBSCRIBED;
}

static bool leave(struct store *store, const struct subscriber_whose *whose, int64_t now,
                  bool *was_there, GError **error)
{
    struct subscriber_row row = {0, SUBSCRIBER_PENDING};

    if (!subscriber_rows_find(store, whose, &row, error))
        return false;
    *was_there = is_there(&row);
    return !*was_there || subscriber_rows_leave(store, row.id, now, error);
}

static bool remove_row(struct store *store, const struct subscriber_whose *whose, int64_t now,
                       bool *was_there, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);
    bool was = false;

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = leave(store, whose, now, &was, error);
    if (!statements_leave(store, scope, is_good, error))
        return false;
    *was_there = was;
    return true;
}

bool subscribers_remove(struct store *store, const struct page *page, const char *address,
                        int64_t now, bool *was_there, GError **error)
{
    const struct subscriber_whose whose = {page->id, address, 0};

    return remove_row(store, &whose, now, was_there, error);
}

bool subscribers_remove_id(struct store *store, const struct page *page, int64_t id, int64_t now,
                           bool *was_there, GError **error)
{
    const struct subscriber_whose whose = {page->id, NULL, id};

    return remove_row(store, &whose, now, was_there, error);
}

static bool turn(struct store *store, enum query query, int64_t id, int64_t now, GError **error)
{
    OWN(statement) turned = statements_start(store, &enrolment_statements, query);

    statements_bind_int(turned, 1, id);
    statements_bind_int(turned, 2, now);
    return statements_run(turned, error) && subscriber_rows_refresh_interest(store, id, error);
}

bool subscribers_suspend(struct store *store, int64_t id, int64_t now, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);

    return scope != STATEMENTS_REFUSED &&
           statements_leave(store, scope, turn(store, QUERY_SUSPEND, id, now, error), error);
}

bool subscribers_restore(struct store *store, int64_t id, int64_t now, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);

    return scope != STATEMENTS_REFUSED &&
           statements_leave(store, scope, turn(store, QUERY_RESTORE, id, now, error), error);
}

bool subscribers_note_answer(struct store *store, int64_t id, int64_t now, bool *may,
                             GError **error)
{
    OWN(statement) noted = statements_start(store, &enrolment_statements, QUERY_NOTE_ANSWER);

    statements_bind_int(noted, 1, id);
    statements_bind_int(noted, 2, now);
    if (!statements_run(noted, error))
        return false;
    *may = statements_changed(store) > 0;
    return true;
}
