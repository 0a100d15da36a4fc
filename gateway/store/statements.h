/* gateway/store/statements.h: how the files of this folder run their SQL; for this folder alone.
 *
 * Each source has a static table of queries, indexed by its own enum, and names it once in tables.c:
 *
 *     enum query { QUERY_BY_ID, QUERY_COUNT };
 *     static const struct statements_query queries[QUERY_COUNT] = {
 *         [QUERY_BY_ID] = {"SELECT title FROM incident WHERE id = ?1", NULL},
 *     };
 *     const struct statements_table incidents_statements = {"incidents", queries, QUERY_COUNT};
 *
 *     OWN(statement) found = statements_start(store, &incidents_statements, QUERY_BY_ID);
 *     enum statements_step step = STATEMENTS_DONE;
 *
 *     statements_bind_int(found, 1, id);
 *     while ((step = statements_step(found, error)) == STATEMENTS_ROW)
 *         title = statements_string(found, arena, 0);
 *     return step == STATEMENTS_DONE;
 *
 * A query is prepared when it is first used, once a connection; the scope's end resets it and forgets
 * what was bound. The same query cannot be in use twice at once (asserted). What fails on the way to a
 * step (preparing, binding, a stored value out of its range) is kept and said by the step; so the
 * functions between need no checks, and a loop that ends with STATEMENTS_DONE read nothing wrong.
 *
 * Errors: a locked, full, failing, read-only, missing or damaged database is BUSY; a value that is too
 * large LIMIT; everything else (a constraint that our own code broke, wrong SQL) BUG. An error inside a
 * transaction spoils it: no commit will be possible, so that half of a change is never kept.
 *
 * A unit test prepares every query of tables.c, and fails where one scans a table, unless `may_scan`
 * names that table and the reason: "relay: a row a relay". */
#pragma once

#include "gateway/store/store.h"

struct statements_query {
    const char *sql;      /* values are ?1, ?2 … */
    const char *may_scan; /* NULL: never */
};

struct statements_table {
    const char *file;
    const struct statements_query *queries;
    size_t count;
};

/* All tables, for the test (tables.c); ends with NULL. */
extern const struct statements_table *const statements_tables[];

struct statement;

/* Never NULL. */
struct statement *statements_start(struct store *store, const struct statements_table *table,
                                   size_t query);
void statement_close(struct statement *statement);
OWN_DEFINE(statement);

/* The first parameter is 1. Bytes are copied. */
void statements_bind_int(struct statement *statement, int parameter, int64_t value);
/* 0 is bound as NULL: for references and moments that may be none. */
void statements_bind_id(struct statement *statement, int parameter, int64_t id);
/* A string that we vouch for; NULL is bound as NULL. */
void statements_bind_string(struct statement *statement, int parameter, const char *string);
void statements_bind_blob(struct statement *statement, int parameter, struct text bytes);

enum statements_step { STATEMENTS_ROW, STATEMENTS_DONE, STATEMENTS_FAILED };

enum statements_step statements_step(struct statement *statement, GError **error);
/* Steps to the end; rows are passed over. */
bool statements_run(struct statement *statement, GError **error);
/* Runs to the end; *value becomes the first column of the first row, or `otherwise` where there is no
 * row or it is NULL. */
bool statements_run_value(struct statement *statement, int64_t otherwise, int64_t *value,
                          GError **error);

/* Columns of the row; the first is 0. A NULL is 0, and as a string "". */
int64_t statements_int(struct statement *statement, int column);
/* A stored number that becomes an enum or an index: within 0..count-1, else the next step fails. */
unsigned statements_choice(struct statement *statement, int column, unsigned count);
bool statements_is_null(struct statement *statement, int column);
/* In `arena`; what is no string that we can vouch for makes the next step fail. */
const char *statements_string(struct statement *statement, struct arena *arena, int column);
/* A copy in `arena`. */
struct text statements_blob(struct statement *statement, struct arena *arena, int column);

/* Of the last INSERT, UPDATE or DELETE of this connection. */
int64_t statements_changed(struct store *store);
int64_t statements_last_id(struct store *store);

/* For functions that work "in the open transaction, or in one of their own":
 *
 *     const enum statements_scope scope = statements_enter(store, error);
 *     return scope != STATEMENTS_REFUSED && statements_leave(store, scope, work(…), error);
 *
 * leave() commits a transaction of our own if `is_good`, else rolls it back; it leaves an open one of
 * the caller alone. True: good, and (if it was ours) committed. */
enum statements_scope { STATEMENTS_REFUSED, STATEMENTS_JOINED, STATEMENTS_OWN };

enum statements_scope statements_enter(struct store *store, GError **error);
bool statements_leave(struct store *store, enum statements_scope scope, bool is_good,
                      GError **error);
