#include "gateway/store/statements.h"

#include "gateway/base/error.h"
#include "gateway/store/connection.h"

#include <assert.h>
#include <limits.h>

static struct statement *find_statements(struct store *store, const struct statements_table *table)
{
    for (guint i = 0; i < store->tables->len; i++) {
        const struct prepared_table *known =
            &g_array_index(store->tables, struct prepared_table, i);

        if (known->table == table)
            return known->statements;
    }
    const struct prepared_table fresh = {table, g_new0(struct statement, table->count)};
    g_array_append_val(store->tables, fresh);
    return fresh.statements;
}

static void close_prepared(struct prepared_table *table)
{
    for (size_t i = 0; i < table->table->count; i++)
        (void)sqlite3_finalize(table->statements[i].prepared);
    g_free(table->statements);
}

void connection_close_statements(struct store *store)
{
    for (guint i = 0; i < store->tables->len; i++)
        close_prepared(&g_array_index(store->tables, struct prepared_table, i));
    g_array_set_size(store->tables, 0);
}

struct statement *statements_start(struct store *store, const struct statements_table *table,
                                   size_t query)
{
    assert(query < table->count);
    struct statement *const statement = &find_statements(store, table)[query];

    assert(!statement->is_in_use);
    statement->store = store;
    statement->is_in_use = true;
    statement->failure = SQLITE_OK;
    if (statement->prepared == NULL)
        statement->failure =
            sqlite3_prepare_v3(store->sqlite, table->queries[query].sql, -1,
                               SQLITE_PREPARE_PERSISTENT, &statement->prepared, NULL);
    return statement;
}

void statement_close(struct statement *statement)
{
    if (statement == NULL)
        return;
    if (statement->prepared != NULL) {
        (void)sqlite3_reset(statement->prepared); /* repeats the last step's code, which was told */
        (void)sqlite3_clear_bindings(statement->prepared);
    }
    statement->is_in_use = false;
}

static void keep_failure(struct statement *statement, int code)
{
    if (statement->failure == SQLITE_OK)
        statement->failure = code;
}

void statements_bind_int(struct statement *statement, int parameter, int64_t value)
{
    if (statement->failure == SQLITE_OK)
        keep_failure(statement, sqlite3_bind_int64(statement->prepared, parameter, value));
}

void statements_bind_id(struct statement *statement, int parameter, int64_t id)
{
    if (statement->failure == SQLITE_OK && id == 0)
        keep_failure(statement, sqlite3_bind_null(statement->prepared, parameter));
    else
        statements_bind_int(statement, parameter, id);
}

void statements_bind_string(struct statement *statement, int parameter, const char *string)
{
    if (statement->failure == SQLITE_OK) /* binds NULL for NULL */
        keep_failure(statement, sqlite3_bind_text(statement->prepared, parameter, string, -1,
                                                  SQLITE_TRANSIENT));
}

void statements_bind_blob(struct statement *statement, int parameter, struct text bytes)
{
    if (statement->failure == SQLITE_OK) /* an empty one is no NULL */
        keep_failure(statement, sqlite3_bind_blob64(statement->prepared, parameter,
                                                    bytes.size > 0 ? bytes.at : "", bytes.size,
                                                    SQLITE_TRANSIENT));
}

/* Where SQLite ended the caller's transaction by itself (disk full, I/O error), a write would now be
 * one of its own. */
static bool may_step(const struct statement *statement, GError **error)
{
    const struct store *const store = statement->store;

    if (store->is_broken)
        return error_set(error, TOCSIN_ERROR_BUSY, "%s: a sync failed: it must be opened again",
                         store->path);
    if (store->is_in_transaction && sqlite3_get_autocommit(store->sqlite) != 0)
        return error_set(error, TOCSIN_ERROR_BUSY, "%s: the transaction was rolled back",
                         store->path);
    return true;
}

enum statements_step statements_step(struct statement *statement, GError **error)
{
    if (!may_step(statement, error))
        return STATEMENTS_FAILED;
    const int code =
        statement->failure != SQLITE_OK ? statement->failure : sqlite3_step(statement->prepared);
    if (code == SQLITE_ROW)
        return STATEMENTS_ROW;
    if (code == SQLITE_DONE)
        return STATEMENTS_DONE;
    (void)connection_fail(statement->store, code, error);
    return STATEMENTS_FAILED;
}

bool statements_run(struct statement *statement, GError **error)
{
    enum statements_step step = STATEMENTS_ROW;

    while (step == STATEMENTS_ROW)
        step = statements_step(statement, error);
    return step == STATEMENTS_DONE;
}

bool statements_run_value(struct statement *statement, int64_t otherwise, int64_t *value,
                          GError **error)
{
    const enum statements_step step = statements_step(statement, error);
    const bool is_found = step == STATEMENTS_ROW && !statements_is_null(statement, 0);
    const int64_t found = is_found ? statements_int(statement, 0) : otherwise;

    if (step == STATEMENTS_FAILED)
        return false;
    if (step == STATEMENTS_ROW && !statements_run(statement, error))
        return false;
    *value = found;
    return true;
}

int64_t statements_int(struct statement *statement, int column)
{
    return sqlite3_column_int64(statement->prepared, column);
}

unsigned statements_choice(struct statement *statement, int column, unsigned count)
{
    const int64_t value = statements_int(statement, column);

    if (value >= 0 && value < (int64_t)count)
        return (unsigned)value;
    keep_failure(statement, SQLITE_CORRUPT);
    return 0;
}

bool statements_is_null(struct statement *statement, int column)
{
    return sqlite3_column_type(statement->prepared, column) == SQLITE_NULL;
}

static struct text borrow_blob(struct statement *statement, int column)
{
    const void *const bytes = sqlite3_column_blob(statement->prepared, column);
    const int size = sqlite3_column_bytes(statement->prepared, column);

    return text_from(bytes, bytes == NULL || size < 0 ? 0 : (size_t)size);
}

const char *statements_string(struct statement *statement, struct arena *arena, int column)
{
    const char *const string = text_string(arena, borrow_blob(statement, column), NULL);

    if (string != NULL)
        return string;
    keep_failure(statement, SQLITE_CORRUPT);
    return "";
}

struct text statements_blob(struct statement *statement, struct arena *arena, int column)
{
    const struct text bytes = borrow_blob(statement, column);

    return text_from(arena_copy(arena, bytes.at, bytes.size), bytes.size);
}

int64_t statements_changed(struct store *store)
{
    return sqlite3_changes64(store->sqlite);
}

int64_t statements_last_id(struct store *store)
{
    return sqlite3_last_insert_rowid(store->sqlite);
}

enum statements_scope statements_enter(struct store *store, GError **error)
{
    if (store->is_in_transaction)
        return STATEMENTS_JOINED;
    return store_begin(store, error) ? STATEMENTS_OWN : STATEMENTS_REFUSED;
}

bool statements_leave(struct store *store, enum statements_scope scope, bool is_good,
                      GError **error)
{
    if (scope == STATEMENTS_JOINED)
        return is_good;
    if (is_good)
        return store_commit(store, error);
    store_rollback(store);
    return false;
}
