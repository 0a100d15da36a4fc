#include "gateway/store/connection.h"

#include "gateway/base/error.h"

/* What a primary result code means to whoever can mend it. */
struct meaning {
    int code;
    enum tocsin_error who;
    const char *what;
};

static const struct meaning meanings[] = {
    {SQLITE_BUSY, TOCSIN_ERROR_BUSY, "another process holds its lock"},
    {SQLITE_LOCKED, TOCSIN_ERROR_BUSY, "another process holds its lock"},
    {SQLITE_PROTOCOL, TOCSIN_ERROR_BUSY, "another process holds its lock"},
    {SQLITE_INTERRUPT, TOCSIN_ERROR_BUSY, "it was interrupted"},
    {SQLITE_FULL, TOCSIN_ERROR_BUSY, "the disk is full"},
    {SQLITE_IOERR, TOCSIN_ERROR_BUSY, "reading or writing it failed"},
    {SQLITE_NOMEM, TOCSIN_ERROR_BUSY, "no memory"},
    {SQLITE_READONLY, TOCSIN_ERROR_BUSY, "it cannot be written"},
    {SQLITE_PERM, TOCSIN_ERROR_BUSY, "it cannot be written"},
    {SQLITE_CANTOPEN, TOCSIN_ERROR_BUSY, "it cannot be opened"},
    {SQLITE_CORRUPT, TOCSIN_ERROR_BUSY, "it is damaged: restore a backup"},
    {SQLITE_NOTADB, TOCSIN_ERROR_BUSY, "it is damaged or no database: restore a backup"},
    {SQLITE_TOOBIG, TOCSIN_ERROR_LIMIT, "a value is too large for it"},
};

static const struct meaning *find_meaning(int code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (meanings[i].code == (code & 0xff))
            return &meanings[i];
    return NULL;
}

bool connection_fail(struct store *store, int code, GError **error)
{
    const struct meaning *meaning = find_meaning(code);

    store->is_spoiled = store->is_in_transaction;
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
        store->is_broken = true;
    if (meaning == NULL)
        return error_set(error, TOCSIN_ERROR_BUG, "%s: %s (SQLite %d)", store->path,
                         sqlite3_errmsg(store->sqlite), code);
    return error_set(error, meaning->who, "%s: %s (SQLite %d)", store->path, meaning->what, code);
}

bool connection_run(struct store *store, const char *sql, GError **error)
{
    const int code = sqlite3_exec(store->sqlite, sql, NULL, NULL, NULL);

    return code == SQLITE_OK || connection_fail(store, code, error);
}

bool connection_read_int(struct store *store, const char *sql, int64_t *value, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->sqlite, sql, -1, &statement, NULL);
    int64_t found = 0;

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        found = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return connection_fail(store, code, error);
    *value = found;
    return true;
}
