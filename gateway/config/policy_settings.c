#include "gateway/config/policy_settings.h"

#include "gateway/base/moment.h"
#include "gateway/grammar/fill.h"
#include "gateway/incident/alert.h"

#include <assert.h>
#include <string.h>

#define MOST_COMPONENTS   100
#define MOST_ALERTS       1000
#define MOST_TOLD         1000000
#define TITLE_CHARACTERS  200
#define UPDATE_CHARACTERS 5000

static const char *const severity_names[] = {
    [SEVERITY_MINOR] = "minor", [SEVERITY_MAJOR] = "major", [SEVERITY_CRITICAL] = "critical", NULL};
static const char *const group_names[] = {[ALERT_GROUP_MONITOR] = "monitor",
                                          [ALERT_GROUP_NONE] = "none",
                                          [ALERT_GROUP_COMPONENT] = "component",
                                          [ALERT_GROUP_PAGE] = "page",
                                          NULL};

enum maintenance_choice { MAINTENANCE_SUPPRESS, MAINTENANCE_OPEN };
static const char *const maintenance_names[] = {
    [MAINTENANCE_SUPPRESS] = "suppress", [MAINTENANCE_OPEN] = "open", NULL};

enum acknowledge_choice { ACKNOWLEDGE_NOTE, ACKNOWLEDGE_IDENTIFIED };
static const char *const acknowledge_names[] = {
    [ACKNOWLEDGE_NOTE] = "note", [ACKNOWLEDGE_IDENTIFIED] = "identified", NULL};

static const struct reader_field open_after_fields[] = {
    {.name = "alerts",
     .kind = READER_INTEGER,
     .at = READER_AT(struct open_after_setting, alerts),
     .standard = "1",
     .least = 1,
     .most = MOST_ALERTS},
    {.name = "for",
     .kind = READER_SPAN,
     .at = READER_AT(struct open_after_setting, for_ms),
     .standard = "0s",
     .least = 0,
     .most = 7 * DAY_MS},
};
static const struct reader_table open_after_table = {.fields = open_after_fields,
                                                     .count = G_N_ELEMENTS(open_after_fields),
                                                     .size = sizeof(struct open_after_setting)};

static const struct reader_field flapping_fields[] = {
    {.name = "changes",
     .kind = READER_INTEGER,
     .at = READER_AT(struct alert_limit, most),
     .is_required = true,
     .least = 2,
     .most = ALERT_CHANGES_MOST,
     .help = "how many changes of state make an alert unstable"},
    {.name = "within",
     .kind = READER_SPAN,
     .at = READER_AT(struct alert_limit, within_ms),
     .is_required = true,
     .least = SECOND_MS,
     .most = 7 * DAY_MS,
     .help = "the time in which they must happen, such as 30m"},
};
static const struct reader_table flapping_table = {.fields = flapping_fields,
                                                   .count = G_N_ELEMENTS(flapping_fields),
                                                   .size = sizeof(struct alert_limit)};

#define LIMIT_FIELDS(standard_most)                                                                \
    {                                                                                              \
        {.name = "most",                                                                           \
         .kind = READER_INTEGER,                                                                   \
         .at = READER_AT(struct alert_limit, most),                                                \
         .standard = (standard_most),                                                              \
         .least = 0,                                                                               \
         .most = MOST_TOLD},                                                                       \
            {.name = "within",                                                                     \
             .kind = READER_SPAN,                                                                  \
             .at = READER_AT(struct alert_limit, within_ms),                                       \
             .standard = "1h",                                                                     \
             .least = SECOND_MS,                                                                   \
             .most = 7 * DAY_MS},                                                                  \
    }

static const struct reader_field incidents_fields[] = LIMIT_FIELDS("10");
static const struct reader_field updates_fields[] = LIMIT_FIELDS("6");
static const struct reader_table incidents_table = {.fields = incidents_fields,
                                                    .count = G_N_ELEMENTS(incidents_fields),
                                                    .size = sizeof(struct alert_limit)};
static const struct reader_table updates_table = {.fields = updates_fields,
                                                  .count = G_N_ELEMENTS(updates_fields),
                                                  .size = sizeof(struct alert_limit)};

static const struct reader_field limits_fields[] = {
    {.name = "incidents",
     .kind = READER_MAPPING,
     .at = READER_AT(struct policy_limits_setting, incidents),
     .table = &incidents_table},
    {.name = "updates",
     .kind = READER_MAPPING,
     .at = READER_AT(struct policy_limits_setting, updates),
     .table = &updates_table},
};
static const struct reader_table limits_table = {.fields = limits_fields,
                                                 .count = G_N_ELEMENTS(limits_fields),
                                                 .size = sizeof(struct policy_limits_setting)};

static bool check_template(const char *value, GError **error)
{
    OWN(arena) arena = arena_open((size_t)1024 * 1024);

    return fill_parse(arena, value, error) != NULL;
}

static const struct reader_field fields[] = {
    {.name = "create_status_page_incident",
     .kind = READER_BOOL,
     .at = READER_AT(struct policy_setting, creates_incident),
     .standard = "false"},
    {.name = "status_page_id",
     .kind = READER_STRING,
     .at = READER_AT(struct policy_setting, page_id)},
    {.name = "affected_component",
     .kind = READER_STRING,
     .at = READER_AT(struct policy_setting, component_id)},
    {.name = "affected_components",
     .kind = READER_STRINGS,
     .at = READER_AT(struct policy_setting, component_ids),
     .count_at = READER_AT(struct policy_setting, component_count)},
    {.name = "incident_severity",
     .kind = READER_ENUM,
     .at = READER_AT(struct policy_setting, severity),
     .given_at = READER_AT(struct policy_setting, has_severity),
     .names = severity_names},
    {.name = "open_after",
     .kind = READER_MAPPING,
     .at = READER_AT(struct policy_setting, open_after),
     .table = &open_after_table},
    {.name = "resolve_on_clear",
     .kind = READER_BOOL,
     .at = READER_AT(struct policy_setting, resolves_on_clear),
     .standard = "true"},
    {.name = "resolve_after",
     .kind = READER_SPAN,
     .at = READER_AT(struct policy_setting, resolve_after_ms),
     .standard = "0s",
     .least = 0,
     .most = 7 * DAY_MS},
    {.name = "flapping",
     .kind = READER_MAPPING,
     .at = READER_AT(struct policy_setting, flapping),
     .table = &flapping_table},
    {.name = "update_on_change",
     .kind = READER_BOOL,
     .at = READER_AT(struct policy_setting, updates_on_change),
     .standard = "false"},
    {.name = "group",
     .kind = READER_ENUM,
     .at = READER_AT(struct policy_setting, group),
     .names = group_names,
     .standard = "monitor"},
    {.name = "maintenance",
     .kind = READER_ENUM,
     .at = READER_AT(struct policy_setting, maintenance),
     .names = maintenance_names,
     .standard = "suppress"},
    {.name = "quiet_after_human",
     .kind = READER_BOOL,
     .at = READER_AT(struct policy_setting, is_quiet_after_human),
     .standard = "false"},
    {.name = "acknowledge",
     .kind = READER_ENUM,
     .at = READER_AT(struct policy_setting, acknowledge),
     .names = acknowledge_names,
     .standard = "note"},
    {.name = "expect_every",
     .kind = READER_SPAN,
     .at = READER_AT(struct policy_setting, expect_every_ms),
     .least = SECOND_MS,
     .most = 30 * DAY_MS},
    {.name = "limits",
     .kind = READER_MAPPING,
     .at = READER_AT(struct policy_setting, limits),
     .table = &limits_table},
    {.name = "title",
     .kind = READER_STRING,
     .at = READER_AT(struct policy_setting, title),
     .least = 1,
     .most = TITLE_CHARACTERS,
     .check = check_template},
    {.name = "update",
     .kind = READER_TEXT,
     .at = READER_AT(struct policy_setting, update),
     .least = 1,
     .most = UPDATE_CHARACTERS,
     .check = check_template},
    {.name = "resolved",
     .kind = READER_TEXT,
     .at = READER_AT(struct policy_setting, resolved),
     .least = 1,
     .most = UPDATE_CHARACTERS,
     .check = check_template},
};
const struct reader_table policy_settings_table = {
    .fields = fields,
    .count = G_N_ELEMENTS(fields),
    .size = sizeof(struct policy_setting),
    .node_at = READER_AT(struct policy_setting, node),
};

static bool has_component(const struct page_setting *page, const char *id)
{
    for (size_t i = 0; i < page->component_count; i++)
        if (page->components[i].id != NULL && strcmp(page->components[i].id, id) == 0)
            return true;
    return false;
}

static const char *nearest_component(const struct page_setting *page, const char *id)
{
    g_autofree const char **ids = g_new0(const char *, page->component_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < page->component_count; i++)
        if (page->components[i].id != NULL)
            ids[count++] = page->components[i].id;
    return reader_find_nearest(id, ids, count);
}

/* `node` says `id`. */
static void check_component(const struct reader *reader, const struct yaml_node *node,
                            const struct page_setting *page, const char *id)
{
    if (has_component(page, id))
        return;
    const char *nearest = nearest_component(page, id);
    yaml_problem(reader->problems, node, "there is no component \"%.64s\" on page %.64s%s%s%s", id,
                 page->id, nearest == NULL ? "" : ": did you mean ", nearest == NULL ? "" : nearest,
                 nearest == NULL ? "" : "?");
}

static const struct page_setting *find_page(const struct policy_setting *policy,
                                            const struct page_settings *pages)
{
    if (policy->page_id != NULL)
        return page_settings_find(pages, policy->page_id);
    return pages->count == 1 ? &pages->at[0] : NULL;
}

static void check_page(const struct reader *reader, const struct yaml_node *monitor,
                       const struct policy_setting *policy, const struct page_settings *pages)
{
    const struct yaml_node *node = yaml_find(policy->node, "status_page_id");

    if (policy->page_id != NULL) {
        const char *nearest = page_settings_find_nearest(pages, policy->page_id);
        yaml_problem(reader->problems, node, "there is no page \"%.64s\" among status_pages%s%s%s",
                     policy->page_id, nearest == NULL ? "" : ": did you mean ",
                     nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
        return;
    }
    if (node == NULL && pages->count > 1) /* a wrong one has had its sentence */
        yaml_problem(reader->problems, policy->node != NULL ? policy->node : monitor,
                     "needs `status_page_id`%s, since there are several pages",
                     policy->node != NULL ? "" : " in its `alert_policy`");
}

static void check_components(const struct reader *reader, const struct policy_setting *policy,
                             const struct page_setting *page)
{
    const struct yaml_node *list = yaml_find(policy->node, "affected_components");
    const bool is_list = list != NULL && list->kind == YAML_SEQUENCE;
    const struct yaml_node *element = is_list ? list->first : list;

    if (policy->component_id != NULL)
        check_component(reader, yaml_find(policy->node, "affected_component"), page,
                        policy->component_id);
    for (size_t i = 0; i < policy->component_count && element != NULL; i++) {
        check_component(reader, element, page, policy->component_ids[i]);
        element = is_list ? element->next : NULL;
    }
}

/* Each alone is right; together they say what cannot be. */
static void check_together(const struct reader *reader, const struct policy_setting *policy)
{
    const struct yaml_node *node = policy->node;
    const bool has_component = policy->component_id != NULL || policy->component_count > 0;

    if (policy->component_id != NULL && yaml_find(node, "affected_components") != NULL)
        yaml_problem(reader->problems, yaml_find(node, "affected_components"),
                     "stands beside `affected_component`: put all into one list");
    if (policy->group == ALERT_GROUP_COMPONENT && !has_component)
        yaml_problem(reader->problems, yaml_find(node, "group"),
                     "needs an `affected_component`, by which the alerts are put together");
    if (yaml_find(node, "maintenance") != NULL && policy->maintenance == MAINTENANCE_SUPPRESS &&
        !has_component)
        yaml_problem(reader->problems, yaml_find(node, "maintenance"),
                     "needs an `affected_component`, whose maintenance it is");
    if (!policy->resolves_on_clear && policy->resolve_after_ms > 0)
        yaml_problem(reader->problems, yaml_find(node, "resolve_after"),
                     "can never be, since `resolve_on_clear` is false");
    if (!policy->resolves_on_clear && policy->resolved != NULL)
        yaml_problem(reader->problems, yaml_find(node, "resolved"),
                     "is never said, since `resolve_on_clear` is false");
}

void policy_settings_check(const struct reader *reader, const struct yaml_node *monitor,
                           const struct policy_setting *policy, const struct page_settings *pages)
{
    const struct page_setting *page = find_page(policy, pages);

    if (page != NULL && page->id != NULL)
        check_components(reader, policy, page);
    else if (page == NULL)
        check_page(reader, monitor, policy, pages);
    check_together(reader, policy);
}

static const char *const *list_one(struct arena *arena, const char *id)
{
    const char **list = ARENA_ARRAY(arena, const char *, 1);

    list[0] = id;
    return list;
}

struct alert_policy policy_settings_build(struct arena *arena, const struct policy_setting *policy,
                                          const struct page_settings *pages)
{
    const struct page_setting *page = find_page(policy, pages);
    const bool is_one = policy->component_id != NULL;

    assert(page != NULL); /* or there was an error */
    return (struct alert_policy){
        .creates_incident = policy->creates_incident,
        .page_id = page->id,
        .component_ids = is_one ? list_one(arena, policy->component_id) : policy->component_ids,
        .component_count = is_one ? 1 : policy->component_count,
        .has_severity = policy->has_severity,
        .severity = (enum incident_severity)policy->severity,
        .open_after_alerts = policy->open_after.alerts,
        .open_after_ms = policy->open_after.for_ms,
        .resolves_on_clear = policy->resolves_on_clear,
        .resolve_after_ms = policy->resolve_after_ms,
        .flapping = policy->flapping,
        .updates_on_change = policy->updates_on_change,
        .group = (enum alert_group)policy->group,
        .is_suppressed_by_maintenance = policy->maintenance == MAINTENANCE_SUPPRESS,
        .is_quiet_after_human = policy->is_quiet_after_human,
        .identifies_on_acknowledge = policy->acknowledge == ACKNOWLEDGE_IDENTIFIED,
        .expect_every_ms = policy->expect_every_ms,
        .incidents = policy->limits.incidents,
        .updates = policy->limits.updates,
        .title = policy->title,
        .update = policy->update,
        .resolved = policy->resolved,
    };
}
