/* gateway/config/page_settings.h: status pages and their components, from YAML to struct page. */
#pragma once

#include "gateway/incident/page.h"
#include "gateway/yaml/reader.h"

struct component_setting {
    const struct yaml_node *node;
    const char *id;
    const char *name;
    const char *group;
};

/* As read: what was wrong or is missing is NULL. */
struct page_setting {
    const struct yaml_node *node;
    const char *id;
    const char *name;
    const char *address;
    const char *url;
    const char *time_zone;
    const char *language;
    const char *contact;
    int64_t reopen_ms;
    int64_t reply_key_ms;
    const char *const *reminders; /* "24h" … */
    size_t reminder_count;
    bool has_reminders; /* else the standard ones */
    struct component_setting *components;
    size_t component_count;
};

struct page_settings {
    struct page_setting *at;
    size_t count;
};

extern const struct reader_table page_settings_table; /* of one page */

/* What no single field shows: ids and addresses given twice, components that people could not tell
 * apart, a contact whose mail would come back to the page. */
void page_settings_check(const struct reader *reader, const struct page_settings *pages);

/* Only of what was read without an error. */
const struct page *const *page_settings_build(struct arena *arena,
                                              const struct page_settings *pages);

/* Is the address one of a page's, an extension included? The page's number, or -1. */
ptrdiff_t page_settings_find_address(const struct page_settings *pages, const char *address);

/* NULL: there is none of that id. */
const struct page_setting *page_settings_find(const struct page_settings *pages, const char *id);
/* The id that somebody who wrote `id` may have meant; NULL: none. */
const char *page_settings_find_nearest(const struct page_settings *pages, const char *id);
