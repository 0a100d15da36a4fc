#include "gateway/store/letters.h"

#include "gateway/store/statements.h"

#include <assert.h>

enum query { QUERY_ADD, QUERY_ADD_FACT, QUERY_MAKE_DUE, QUERY_RETURNED, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_ADD] = {"INSERT INTO letter (page_id, kind, address, is_operator, language, time_zone,"
                   " incident_id, update_id, notification_id, held_id, priority, created_at,"
                   " due_at, subscriber_id, draft_id)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                   " ?15)",
                   NULL},
    [QUERY_ADD_FACT] = {"INSERT INTO letter_fact (letter_id, position, name, value)"
                        " VALUES (?1, ?2, ?3, ?4)",
                        NULL},
    [QUERY_MAKE_DUE] = {"UPDATE letter SET created_at = ?1, due_at = ?1"
                        " WHERE state = 0 AND priority >= 0 AND due_at > ?1 AND created_at > ?1"
                        " AND slice_id IS NULL",
                        NULL},
    /* It may come back while its slice is still open. */
    [QUERY_RETURNED] = {"UPDATE letter SET state = 2, reason = ?3, ended_at = ?4, slice_id = NULL"
                        " WHERE id = ?1 AND page_id = ?2"
                        " AND (state = 1 OR (state = 0 AND slice_id IS NOT NULL))",
                        NULL},
};

const struct statements_table letters_statements = {"letters", queries, QUERY_COUNT};

/* Less is sooner: somebody waits for an answer, colleagues must know, the rest can wait. */
static const int priorities[] = {
    [LETTER_ANSWER] = 0,      [LETTER_PREVIEW] = 0,
    [LETTER_QUESTION] = 0,    [LETTER_HELP] = 2,
    [LETTER_HELD] = 0,        [LETTER_UNPUBLISHED] = 2,
    [LETTER_KEY_SPENT] = 2,   [LETTER_COPY] = 1,
    [LETTER_NOTE] = 1,        [LETTER_FAREWELL] = 2,
    [LETTER_TROUBLE] = 2,     [LETTER_CONFIRM] = 2,
    [LETTER_LEAVE] = 2,       [LETTER_WELCOME] = 2,
    [LETTER_PREFERENCES] = 2, [LETTER_COMMANDS] = 2,
    [LETTER_FORWARD] = 2,     [LETTER_PROBE] = 3,
    [LETTER_RESTORED] = 3,    [LETTER_DIGEST] = LETTER_PRIORITY_DIGEST,
    [LETTER_DRAFT] = 0,
};
static_assert(G_N_ELEMENTS(priorities) == LETTER_KIND_COUNT, "each kind has its priority");

static bool add_row(struct store *store, const struct letter *letter, GError **error)
{
    OWN(statement) added = statements_start(store, &letters_statements, QUERY_ADD);

    statements_bind_string(added, 1, letter->page_id);
    statements_bind_int(added, 2, letter->kind);
    statements_bind_string(added, 3, letter->address);
    statements_bind_int(added, 4, letter->is_operator);
    statements_bind_string(added, 5, letter->language);
    statements_bind_string(added, 6, letter->time_zone);
    statements_bind_id(added, 7, letter->incident_id);
    statements_bind_id(added, 8, letter->update_id);
    statements_bind_id(added, 9, letter->notification_id);
    statements_bind_id(added, 10, letter->held_id);
    statements_bind_int(added, 11, priorities[letter->kind]);
    statements_bind_int(added, 12, letter->created_at);
    statements_bind_int(added, 13, MAX(letter->due_at, letter->created_at));
    statements_bind_id(added, 14, letter->subscriber_id);
    statements_bind_id(added, 15, letter->draft_id);
    return statements_run(added, error);
}

static bool add_fact(struct store *store, int64_t letter_id, size_t position,
                     const struct letter_fact *fact, GError **error)
{
    OWN(statement) added = statements_start(store, &letters_statements, QUERY_ADD_FACT);

    statements_bind_int(added, 1, letter_id);
    statements_bind_int(added, 2, (int64_t)position);
    statements_bind_string(added, 3, fact->name);
    statements_bind_string(added, 4, fact->value);
    return statements_run(added, error);
}

static bool add(struct store *store, struct letter *letter, GError **error)
{
    if (!add_row(store, letter, error))
        return false;
    letter->id = statements_last_id(store);
    for (size_t i = 0; i < letter->fact_count; i++)
        if (!add_fact(store, letter->id, i, &letter->facts[i], error))
            return false;
    return true;
}

bool letters_add(struct store *store, struct letter *letter, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);

    return scope != STATEMENTS_REFUSED &&
           statements_leave(store, scope, add(store, letter, error), error);
}

bool letters_make_due(struct store *store, int64_t now, GError **error)
{
    const enum statements_scope scope = statements_enter(store, error);

    if (scope == STATEMENTS_REFUSED)
        return false;
    OWN(statement) made = statements_start(store, &letters_statements, QUERY_MAKE_DUE);
    statements_bind_int(made, 1, now);
    return statements_leave(store, scope, statements_run(made, error), error);
}

bool letters_note_return(struct store *store, const struct letter_return *came_back,
                         bool *was_there, GError **error)
{
    OWN(statement) returned = statements_start(store, &letters_statements, QUERY_RETURNED);

    statements_bind_int(returned, 1, came_back->letter_id);
    statements_bind_string(returned, 2, came_back->page->id);
    statements_bind_string(returned, 3, came_back->reason);
    statements_bind_int(returned, 4, came_back->now);
    if (!statements_run(returned, error))
        return false;
    *was_there = statements_changed(store) > 0;
    return true;
}
