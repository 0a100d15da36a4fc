/* gateway/config/monitor_settings.h: monitors, from YAML to struct monitor and struct identity.
 *
 * A monitor with `from:` is known by it and must be proven; one without is whoever is proven and names
 * it. Which grammars there are is known only once they are compiled: see monitor_words.h. */
#pragma once

#include "gateway/config/policy_settings.h"
#include "gateway/trust/trust.h"

struct match_setting {
    const struct monitor_match *at;
    size_t count;
};

/* As read: what was wrong or is missing is NULL or 0. */
struct monitor_setting {
    const struct yaml_node *node;
    const char *name;
    const char *address;
    const char *login;
    unsigned proofs;
    unsigned require;
    const char *grammar;
    struct match_setting match;
    const char *const *forwards_for;
    size_t forwards_for_count;
    struct policy_setting policy;
};

struct monitor_settings {
    struct monitor_setting *at;
    size_t count;
};

extern const struct reader_table monitor_settings_table; /* of one monitor */

void monitor_settings_check(const struct reader *reader, const struct monitor_settings *monitors,
                            const struct page_settings *pages, const struct trust_settings *trust);

struct built_monitors {
    const struct monitor *const *monitors;
    const struct identity *const *identities;
};

/* Only of what was read without an error. */
struct built_monitors monitor_settings_build(struct arena *arena,
                                             const struct monitor_settings *monitors,
                                             const struct page_settings *pages);

/* NULL: there is none of that name, in any case. */
const struct monitor_setting *monitor_settings_find(const struct monitor_settings *monitors,
                                                    const char *name);
