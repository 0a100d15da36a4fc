/* gateway/store/connection.h: what a `struct store` is, for statements, store, schema and backup. */
#pragma once

#include "gateway/store/store.h"

#include <sqlite3.h>

struct statement {
    struct store *store;
    sqlite3_stmt *prepared; /* NULL until first used, or where preparing failed */
    int failure;            /* kept for the next step; SQLITE_OK when none */
    bool is_in_use;
};

/* The statements of one table, by query. */
struct prepared_table {
    const struct statements_table *table;
    struct statement *statements;
};

struct store {
    sqlite3 *sqlite;
    char *path; /* of the database, absolute */
    int64_t busy_ms;
    int64_t busy_until;     /* on the monotonic clock, while a lock is waited for */
    GArray *tables;         /* of struct prepared_table */
    bool is_in_transaction; /* as the caller sees it: SQLite may have rolled it back by itself */
    bool is_spoiled;        /* something failed in it: it may not be committed */
    bool is_broken; /* a sync failed: what lies on the disk is unknown until it is reopened */
};

/* Sets `error` to what SQLite's `code` (extended) means to whom; false. */
bool connection_fail(struct store *store, int code, GError **error);

/* Runs SQL of ours that has no values and gives no rows. */
bool connection_run(struct store *store, const char *sql, GError **error);

/* Runs SQL of ours and gives the first column of the first row; 0 where there is none. */
bool connection_read_int(struct store *store, const char *sql, int64_t *value, GError **error);

void connection_close_statements(struct store *store);
