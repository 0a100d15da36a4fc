/* store_mirror(): the configuration's pages and components, as rows. */
#include "gateway/store/store.h"

#include "gateway/store/statements.h"

#include <string.h>

enum query {
    QUERY_LAST_DIGEST,
    QUERY_KEEP_DIGEST,
    QUERY_RETIRE_PAGES,
    QUERY_RETIRE_COMPONENTS,
    QUERY_SAVE_PAGE,
    QUERY_SAVE_COMPONENT,
    QUERY_RAISE_VERSION,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_LAST_DIGEST] = {"SELECT value FROM counter WHERE name = 'mirror'", NULL},
    [QUERY_KEEP_DIGEST] = {"INSERT INTO counter (name, value) VALUES ('mirror', ?1)"
                           " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                           NULL},
    [QUERY_RETIRE_PAGES] = {"UPDATE page SET is_retired = 1 WHERE is_retired = 0",
                            "page: as many as are configured"},
    [QUERY_RETIRE_COMPONENTS] = {"UPDATE component SET is_retired = 1 WHERE is_retired = 0",
                                 "component: as many as are configured"},
    [QUERY_SAVE_PAGE] = {"INSERT INTO page (id, name, address) VALUES (?1, ?2, ?3)"
                         " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                         " address = excluded.address, is_retired = 0",
                         NULL},
    [QUERY_SAVE_COMPONENT] =
        {"INSERT INTO component (page_id, id, name, group_name, position, state_since)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
         " ON CONFLICT (page_id, id) DO UPDATE SET name = excluded.name,"
         " group_name = excluded.group_name, position = excluded.position, is_retired = 0",
         NULL},
    /* What the page showed is not known any more: every mirrored change counts as one of each page. */
    [QUERY_RAISE_VERSION] = {"UPDATE page SET version = version + 1", "page: as configured"},
};

const struct statements_table mirror_statements = {"mirror", queries, QUERY_COUNT};

static void add_texts(GArray *texts, const char *const *strings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct text text = text_of(strings[i]);

        g_array_append_val(texts, text);
    }
}

/* 63 bits of a digest: nobody gains by a collision, and changes by chance do not collide. */
static int64_t digest_pages(const struct page *const *pages, size_t page_count)
{
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(struct text));
    uint8_t digest[SECRET_DIGEST_SIZE];
    int64_t number = 0;

    for (size_t i = 0; i < page_count; i++) {
        const struct page *const page = pages[i];
        const char *const of_page[] = {"page", page->id, page->name, page->address};

        add_texts(texts, of_page, G_N_ELEMENTS(of_page));
        for (size_t j = 0; j < page->component_count; j++) {
            const struct component *const component = &page->components[j];
            const char *const of_component[] = {component->id, component->name, component->group};

            add_texts(texts, of_component, G_N_ELEMENTS(of_component));
        }
    }
    secret_digest((const struct text *)(const void *)texts->data, texts->len, digest);
    memcpy(&number, digest, sizeof number);
    return number & INT64_MAX;
}

static bool run(struct store *store, enum query query, GError **error)
{
    OWN(statement) statement = statements_start(store, &mirror_statements, query);

    return statements_run(statement, error);
}

static bool save_component(struct store *store, const struct page *page, size_t position,
                           int64_t now, GError **error)
{
    OWN(statement) saved = statements_start(store, &mirror_statements, QUERY_SAVE_COMPONENT);
    const struct component *const component = &page->components[position];

    statements_bind_string(saved, 1, page->id);
    statements_bind_string(saved, 2, component->id);
    statements_bind_string(saved, 3, component->name);
    statements_bind_string(saved, 4, component->group);
    statements_bind_int(saved, 5, (int64_t)position);
    statements_bind_int(saved, 6, now);
    return statements_run(saved, error);
}

static bool save_page(struct store *store, const struct page *page, int64_t now, GError **error)
{
    OWN(statement) saved = statements_start(store, &mirror_statements, QUERY_SAVE_PAGE);

    statements_bind_string(saved, 1, page->id);
    statements_bind_string(saved, 2, page->name);
    statements_bind_string(saved, 3, page->address);
    bool is_good = statements_run(saved, error);
    for (size_t i = 0; is_good && i < page->component_count; i++)
        is_good = save_component(store, page, i, now, error);
    return is_good;
}

static bool keep_digest(struct store *store, int64_t digest, GError **error)
{
    OWN(statement) kept = statements_start(store, &mirror_statements, QUERY_KEEP_DIGEST);

    statements_bind_int(kept, 1, digest);
    return statements_run(kept, error);
}

static bool read_digest(struct store *store, int64_t *digest, GError **error)
{
    OWN(statement) last = statements_start(store, &mirror_statements, QUERY_LAST_DIGEST);

    return statements_run_value(last, -1, digest, error);
}

static bool save_all(struct store *store, const struct page *const *pages, size_t page_count,
                     int64_t now, GError **error)
{
    bool is_good =
        run(store, QUERY_RETIRE_PAGES, error) && run(store, QUERY_RETIRE_COMPONENTS, error);

    for (size_t i = 0; is_good && i < page_count; i++)
        is_good = save_page(store, pages[i], now, error);
    return is_good && run(store, QUERY_RAISE_VERSION, error);
}

bool store_mirror(struct store *store, const struct page *const *pages, size_t page_count,
                  int64_t now, GError **error)
{
    const int64_t digest = digest_pages(pages, page_count);
    int64_t last = -1;

    if (!read_digest(store, &last, error))
        return false;
    if (last == digest)
        return true;
    if (!store_begin(store, error))
        return false;
    const bool is_good =
        save_all(store, pages, page_count, now, error) && keep_digest(store, digest, error);
    return statements_leave(store, STATEMENTS_OWN, is_good, error);
}
