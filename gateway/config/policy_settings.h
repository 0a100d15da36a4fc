/* gateway/config/policy_settings.h: `alert_policy:` of a monitor, from YAML to struct alert_policy. */
#pragma once

#include "gateway/config/page_settings.h"
#include "gateway/incident/monitor.h"

struct open_after_setting {
    int64_t alerts;
    int64_t for_ms;
};

struct policy_limits_setting {
    struct alert_limit incidents;
    struct alert_limit updates;
};

/* As read: what was wrong or is missing is NULL, 0 or its default. */
struct policy_setting {
    const struct yaml_node *node; /* NULL: none was given */
    bool creates_incident;
    const char *page_id;
    const char *component_id;
    const char *const *component_ids;
    size_t component_count;
    bool has_severity;
    int severity;
    struct open_after_setting open_after;
    bool resolves_on_clear;
    int64_t resolve_after_ms;
    struct alert_limit flapping;
    bool updates_on_change;
    int group;
    int maintenance;
    bool is_quiet_after_human;
    int acknowledge;
    int64_t expect_every_ms;
    struct policy_limits_setting limits;
    const char *title;
    const char *update;
    const char *resolved;
};

extern const struct reader_table policy_settings_table;

/* Pages and components that do not exist, settings that contradict each other, templates with a wrong
 * place. `monitor` is the mapping that the policy belongs to. */
void policy_settings_check(const struct reader *reader, const struct yaml_node *monitor,
                           const struct policy_setting *policy, const struct page_settings *pages);

/* Only of what was read without an error. */
struct alert_policy policy_settings_build(struct arena *arena, const struct policy_setting *policy,
                                          const struct page_settings *pages);
