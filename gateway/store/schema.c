#include "gateway/store/schema.h"

#include "gateway/base/error.h"
#include "gateway/store/schema_sql.h" /* made by CMake: schema_sql[], a string for each file */

#include <inttypes.h>

#define APPLICATION_ID 0x54435331 /* "TCS1": 0001-start.sql sets it */
#define NEWEST         ((int64_t)G_N_ELEMENTS(schema_sql))

static bool read_version(struct store *store, int64_t *version, GError **error)
{
    return connection_read_int(store, "PRAGMA user_version", version, error);
}

bool schema_check(struct store *store, GError **error)
{
    int64_t version = 0;
    int64_t application = 0;
    int64_t table_count = 0;

    if (!read_version(store, &version, error) ||
        !connection_read_int(store, "PRAGMA application_id", &application, error) ||
        !connection_read_int(store, "SELECT count(*) FROM sqlite_schema", &table_count, error))
        return false;
    if (table_count == 0 && version == 0)
        return true;
    if (application != APPLICATION_ID)
        return error_set(error, TOCSIN_ERROR_CONFIG, "%s: is another program's database",
                         store->path);
    if (version > NEWEST)
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "%s: has schema %" PRId64 ", newer than this program's %" PRId64
                         ": install the newer program",
                         store->path, version, NEWEST);
    return true;
}

static bool run_one(struct store *store, int64_t version, GError **error)
{
    int64_t reached = 0;

    if (!store_begin(store, error))
        return false;
    if (!connection_run(store, (const char *)schema_sql[version - 1], error) ||
        !read_version(store, &reached, error)) {
        store_rollback(store);
        return false;
    }
    if (reached != version) {
        store_rollback(store);
        return error_set(error, TOCSIN_ERROR_BUG, "sets user_version to %" PRId64, reached);
    }
    return store_commit(store, error);
}

bool schema_migrate(struct store *store, GError **error)
{
    int64_t version = 0;

    if (!read_version(store, &version, error))
        return false;
    for (int64_t next = version + 1; next <= NEWEST; next++) {
        if (!run_one(store, next, error)) {
            g_prefix_error(error, "schema %" PRId64 ": ", next);
            return false;
        }
    }
    return true;
}
