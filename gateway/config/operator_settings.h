/* gateway/config/operator_settings.h: operators, from YAML to struct operator and struct identity. */
#pragma once

#include "gateway/config/page_settings.h"
#include "gateway/intake/intake.h"

/* An address from which an operator sends short replies. */
struct pager_setting {
    const struct yaml_node *node;
    const char *address;
    const char *login;
    unsigned proofs;
    unsigned require;
};

/* As read: what was wrong or is missing is NULL or 0. */
struct operator_setting {
    const struct yaml_node *node;
    const char *name;
    const char *address;
    const char *login;
    const char *const *pages;
    size_t page_count;
    bool has_pages; /* else: of all */
    unsigned proofs;
    unsigned require;
    int notify;
    const char *time_zone;
    const char *language;
    const char *const *forwards_for;
    size_t forwards_for_count;
    struct pager_setting *pagers;
    size_t pager_count;
};

struct operator_settings {
    struct operator_setting *at;
    size_t count;
};

extern const struct reader_table operator_settings_table; /* of one operator */

/* Addresses given twice or a page's own, pages that do not exist, proofs that can never hold or that
 * prove less than they seem to. `trust` is as read: authserv_id may be NULL. */
void operator_settings_check(const struct reader *reader, const struct operator_settings *operators,
                             const struct page_settings *pages, const struct trust_settings *trust);

struct built_operators {
    const struct operator* const * operators;
    const struct identity *const *identities;
    const struct speaker *speakers;
};

/* Only of what was read without an error. */
struct built_operators operator_settings_build(struct arena *arena,
                                               const struct operator_settings *operators,
                                               const struct page_settings *pages);
