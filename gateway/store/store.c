#include "gateway/store/store.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/store/connection.h"
#include "gateway/store/place.h"
#include "gateway/store/schema.h"

#include <unistd.h>

/* The largest values are held mails (1 MiB at most by default); SQLite's own limit is 1 GB. */
#define LENGTH_MOST     (64 * 1024 * 1024)
#define SQL_LENGTH_MOST (64 * 1024)
#define PAUSE_STEP_US   100
#define PAUSE_MOST_US   10000

struct limit {
    int which;
    int most;
};

static const struct limit limits[] = {
    {SQLITE_LIMIT_LENGTH, LENGTH_MOST},
    {SQLITE_LIMIT_SQL_LENGTH, SQL_LENGTH_MOST},
    {SQLITE_LIMIT_ATTACHED, 0},
};

struct option {
    int which;
    int value;
};

/* No checkpoint at the end until the database is known to be ours: a newer one stays untouched. */
static const struct option options_for_looking[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
};

static const struct option options_for_working[] = {
    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0},
};

/* An I/O error on a mapped page would be a SIGBUS: no mmap. A WAL that a long reader made grow gives
 * its space back (F15). */
static const char settings_sql[] = "PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0;"
                                   "PRAGMA secure_delete = FAST; PRAGMA temp_store = MEMORY;"
                                   "PRAGMA wal_autocheckpoint = 1000;"
                                   "PRAGMA journal_size_limit = 16777216;";

/* Many subscribers are added through an intake's kind of connection; each of the sender's workers walks
 * an index and must stay small. */
static const char *const durability_sql[] = {
    [STORE_FULL] = "PRAGMA synchronous = FULL; PRAGMA cache_size = -16384",
    [STORE_NORMAL] = "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2048",
};

/* SQLite's own handler sleeps up to 100 ms at a time: who waits for a lock that is held for 1 ms
 * would mostly wait for nothing (measured: at most 330 ms for 4 writers). In steps of 1 ms the
 * workers that one hint woke slept longer than their claims took. */
static int wait_for_lock(void *data, int tries)
{
    struct store *const store = data;
    const int64_t now = moment_monotonic();

    if (tries == 0)
        store->busy_until = now + store->busy_ms;
    if (now >= store->busy_until)
        return 0;
    (void)usleep((useconds_t)MIN((tries + 1) * PAUSE_STEP_US, PAUSE_MOST_US));
    return 1;
}

static bool set_options(struct store *store, const struct option *options, size_t count,
                        GError **error)
{
    for (size_t i = 0; i < count; i++) {
        const int code =
            sqlite3_db_config(store->sqlite, options[i].which, options[i].value, (int *)NULL);

        if (code != SQLITE_OK)
            return connection_fail(store, code, error);
    }
    return true;
}

static bool open_sqlite(struct store *store, GError **error)
{
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(store->path, &store->sqlite, flags, NULL);

    if (code != SQLITE_OK)
        return connection_fail(store, code, error);
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
        (void)sqlite3_limit(store->sqlite, limits[i].which, limits[i].most);
    (void)sqlite3_busy_handler(store->sqlite, wait_for_lock, store);
    return set_options(store, options_for_looking, G_N_ELEMENTS(options_for_looking), error);
}

static bool set_wal(struct store *store, GError **error)
{
    int64_t is_wal = 0;

    if (!connection_run(store, "PRAGMA journal_mode = WAL", error) ||
        !connection_read_int(store, "SELECT journal_mode = 'wal' FROM pragma_journal_mode()",
                             &is_wal, error))
        return false;
    return is_wal == 1 ||
           error_set(error, TOCSIN_ERROR_CONFIG,
                     "%s: its file system cannot hold a database in WAL mode", store->path);
}

struct store *store_open(const struct store_settings *settings, enum store_durability durability,
                         GError **error)
{
    OWN(place) place = place_open(settings, error);

    if (place == NULL)
        return NULL;
    OWN(store) store = g_new0(struct store, 1);
    store->path = g_strdup(place->path);
    store->busy_ms = settings->busy_ms;
    store->tables = g_array_new(FALSE, FALSE, sizeof(struct prepared_table));
    if (!open_sqlite(store, error) || !schema_check(store, error) ||
        !connection_run(store, settings_sql, error) || !set_wal(store, error) ||
        !connection_run(store, durability_sql[STORE_FULL], error) ||
        !set_options(store, options_for_working, G_N_ELEMENTS(options_for_working), error) ||
        !schema_migrate(store, error) || !connection_run(store, durability_sql[durability], error))
        return NULL;
    return g_steal_pointer(&store);
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    store_rollback(store);
    connection_close_statements(store);
    g_array_free(store->tables, TRUE);
    (void)sqlite3_close_v2(store->sqlite);
    g_free(store->path);
    g_free(store);
}

bool store_is_broken(const struct store *store)
{
    return store->is_broken;
}

bool store_begin(struct store *store, GError **error)
{
    if (store->is_in_transaction)
        return error_set(error, TOCSIN_ERROR_BUG, "%s: a transaction in a transaction",
                         store->path);
    if (store->is_broken)
        return error_set(error, TOCSIN_ERROR_BUSY, "%s: a sync failed: it must be opened again",
                         store->path);
    if (!connection_run(store, "BEGIN IMMEDIATE", error))
        return false;
    store->is_in_transaction = true;
    store->is_spoiled = false;
    return true;
}

void store_rollback(struct store *store)
{
    if (store->is_in_transaction && sqlite3_get_autocommit(store->sqlite) == 0)
        (void)sqlite3_exec(store->sqlite, "ROLLBACK", NULL, NULL, NULL);
    store->is_in_transaction = false;
    store->is_spoiled = false;
}

bool store_commit(struct store *store, GError **error)
{
    if (!store->is_in_transaction)
        return error_set(error, TOCSIN_ERROR_BUG, "%s: a commit without a transaction",
                         store->path);
    const bool may_commit = !store->is_spoiled && sqlite3_get_autocommit(store->sqlite) == 0;
    if (!may_commit)
        error_set(error, TOCSIN_ERROR_BUSY, "%s: something failed in the transaction", store->path);
    const bool is_committed = may_commit && connection_run(store, "COMMIT", error);
    if (!is_committed) {
        store_rollback(store);
        return false;
    }
    store->is_in_transaction = false;
    return true;
}
