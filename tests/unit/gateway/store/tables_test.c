#include "gateway/store/connection.h"
#include "tests/unit/gateway/store/scene.h"

/* "SCAN letter USING INDEX …" is allowed by a reason that begins with "letter:". */
static bool may_scan(const char *detail, const char *reason)
{
    if (!g_str_has_prefix(detail, "SCAN ") || strstr(detail, " CONSTANT ROW") != NULL)
        return true;
    const char *const name = detail + strlen("SCAN ");
    const size_t size = strcspn(name, " ");

    return reason != NULL && strncmp(name, reason, size) == 0 && reason[size] == ':';
}

static void check_plan(struct scene *scene, const struct statements_table *table, size_t query)
{
    const struct statements_query *const row = &table->queries[query];
    g_autofree char *sql = g_strdup_printf("EXPLAIN QUERY PLAN %s", row->sql);
    sqlite3_stmt *plan = NULL;

    if (sqlite3_prepare_v2(scene->store->sqlite, sql, -1, &plan, NULL) != SQLITE_OK)
        fail_msg("%s %zu: %s", table->file, query, sqlite3_errmsg(scene->store->sqlite));
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *const detail = (const char *)sqlite3_column_text(plan, 3);

        if (!may_scan(detail, row->may_scan))
            fail_msg("%s %zu: %s\n%s", table->file, query, detail, row->sql);
    }
    (void)sqlite3_finalize(plan);
}

SCENE(every_query_of_every_table_can_be_prepared_and_scans_nothing_that_grows)
{
    for (size_t i = 0; statements_tables[i] != NULL; i++) {
        const struct statements_table *const table = statements_tables[i];

        for (size_t query = 0; query < table->count; query++) {
            if (table->queries[query].sql == NULL)
                fail_msg("%s %zu has no SQL", table->file, query);
            check_plan(scene, table, query);
        }
    }
}

/* Otherwise a new source's queries would never be looked at. */
SCENE(every_source_that_has_queries_is_in_the_list)
{
    g_autoptr(GDir) folder = g_dir_open(TOCSIN_SOURCE_DIR "/gateway/store", 0, NULL);
    const char *name = NULL;
    size_t listed = 0;
    size_t found = 0;

    (void)scene;
    while (statements_tables[listed] != NULL)
        listed++;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(TOCSIN_SOURCE_DIR "/gateway/store", name, NULL);
        g_autofree char *source = NULL;

        if (g_str_has_suffix(name, ".c") && g_file_get_contents(path, &source, NULL, NULL))
            found += strstr(source, "\nconst struct statements_table ") != NULL &&
                     strcmp(name, "tables.c") != 0;
    }
    assert_int_equal(listed, found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(every_query_of_every_table_can_be_prepared_and_scans_nothing_that_grows),
        SCENE_TEST(every_source_that_has_queries_is_in_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
