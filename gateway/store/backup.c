/* store_backup() and store_check() of store.h. */
#include "gateway/store/store.h"

#include "gateway/base/error.h"
#include "gateway/store/connection.h"
#include "gateway/store/statements.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum query { QUERY_COPY, QUERY_LOOK, QUERY_LOOK_THOROUGHLY, QUERY_LOOK_FOR_ORPHANS, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_COPY] = {"VACUUM INTO ?1", NULL},
    [QUERY_LOOK] = {"PRAGMA quick_check(10)", NULL},
    [QUERY_LOOK_THOROUGHLY] = {"PRAGMA integrity_check(10)", NULL},
    [QUERY_LOOK_FOR_ORPHANS] = {"SELECT 'a row of ' || \"table\" || ' refers to none of ' || parent"
                                " FROM pragma_foreign_key_check() LIMIT 10",
                                "pragma_foreign_key_check: asked for by people"},
};

const struct statements_table backup_statements = {"backup", queries, QUERY_COUNT};

static bool fail(GError **error, const char *path, int why)
{
    return error_set(error, TOCSIN_ERROR_INPUT, "%s: %s", path, g_strerror(why));
}

/* VACUUM INTO attaches the copy, which nothing else may do. */
static bool copy_into(struct store *store, const char *path, GError **error)
{
    OWN(statement) copied = statements_start(store, &backup_statements, QUERY_COPY);
    const int most = sqlite3_limit(store->sqlite, SQLITE_LIMIT_ATTACHED, 1);

    statements_bind_string(copied, 1, path);
    const bool is_copied = statements_run(copied, error);
    (void)sqlite3_limit(store->sqlite, SQLITE_LIMIT_ATTACHED, most);
    return is_copied;
}

static bool sync_path(const char *path, int flags, GError **error)
{
    const int file = open(path, flags | O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (file < 0)
        return fail(error, path, errno);
    const int why = fsync(file) == 0 ? 0 : errno;
    (void)close(file);
    return why == 0 || fail(error, path, why);
}

/* Where the file system cannot rename without replacing, a second name does the same. */
static int rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    return link(from, to) == 0 ? unlink(from) : -1;
}

static bool copy_and_rename(struct store *store, const char *temporary, const char *path,
                            GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (!copy_into(store, temporary, error) || !sync_path(temporary, 0, error))
        return false;
    if (rename_new(temporary, path) != 0)
        return fail(error, path, errno);
    return sync_path(folder, O_DIRECTORY, error);
}

bool store_backup(struct store *store, const char *path, GError **error)
{
    struct stat status;

    if (store->is_in_transaction)
        return error_set(error, TOCSIN_ERROR_BUG, "%s: a backup in a transaction", store->path);
    if (lstat(path, &status) == 0)
        return fail(error, path, EEXIST);
    if (errno != ENOENT)
        return fail(error, path, errno);
    g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
    const int file = mkstemp(temporary); /* 0600, O_EXCL; SQLite writes into an empty file */
    if (file < 0)
        return fail(error, path, errno);
    (void)close(file);
    if (copy_and_rename(store, temporary, path, error))
        return true;
    g_autofree char *journal = g_strconcat(temporary, "-journal", NULL);
    (void)unlink(temporary);
    (void)unlink(journal); /* SQLite leaves it where the copy failed */
    return false;
}

/* Adds a line for each row but "ok". */
static bool add_findings(struct store *store, enum query query, struct arena *arena,
                         GString *findings, GError **error)
{
    OWN(statement) looked = statements_start(store, &backup_statements, query);
    enum statements_step step = STATEMENTS_DONE;

    while ((step = statements_step(looked, error)) == STATEMENTS_ROW) {
        const char *const line = statements_string(looked, arena, 0);

        if (!text_is_equal(text_of(line), TEXT("ok")))
            g_string_append_printf(findings, "%s%s", findings->len > 0 ? "\n" : "", line);
    }
    return step == STATEMENTS_DONE;
}

bool store_check(struct store *store, struct arena *arena, bool is_thorough, const char **finding,
                 GError **error)
{
    g_autoptr(GString) findings = g_string_new(NULL);
    const enum query query = is_thorough ? QUERY_LOOK_THOROUGHLY : QUERY_LOOK;

    if (!add_findings(store, query, arena, findings, error) ||
        (is_thorough && !add_findings(store, QUERY_LOOK_FOR_ORPHANS, arena, findings, error)))
        return false;
    *finding = findings->len > 0 ? arena_string(arena, findings->str) : "ok";
    return true;
}
