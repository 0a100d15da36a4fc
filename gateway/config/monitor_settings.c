#include "gateway/config/monitor_settings.h"

#include "gateway/config/twice.h"
#include "gateway/grammar/pattern.h"

#include <string.h>

static const char *string_of(const struct yaml_node *node)
{
    return node != NULL && node->kind == YAML_SCALAR && !yaml_is_null(node) ? node->value : NULL;
}

static bool has_component(const struct page_setting *page, const char *id)
{
    for (size_t i = 0; i < page->component_count; i++)
        if (page->components[i].id != NULL && strcmp(page->components[i].id, id) == 0)
            return true;
    return false;
}

static void check_policy(const struct reader *reader, const struct yaml_node *policy,
                         const struct page_settings *pages)
{
    const struct yaml_node *page_node = yaml_find(policy, "status_page_id");
    const struct yaml_node *component_node = yaml_find(policy, "affected_component");
    const char *page_id = string_of(page_node);
    const char *component_id = string_of(component_node);
    const struct page_setting *page = page_id == NULL ? NULL : page_settings_find(pages, page_id);

    if (page_id != NULL && page == NULL)
        yaml_problem(reader->problems, page_node, "there is no page \"%.64s\" among status_pages",
                     page_id);
    if (page != NULL && component_id != NULL && !has_component(page, component_id))
        yaml_problem(reader->problems, component_node,
                     "there is no component \"%.64s\" on page %.64s", component_id, page_id);
}

static void check_match(const struct reader *reader, const struct yaml_node *match)
{
    const struct yaml_node *one =
        match != NULL && match->kind == YAML_MAPPING ? match->first : NULL;

    for (; one != NULL; one = one->next) {
        g_autoptr(GError) error = NULL;
        size_t offset = 0;
        if (string_of(one) == NULL)
            continue;
        OWN(pattern) pattern = pattern_open(one->value, &offset, &error);
        if (pattern == NULL)
            yaml_problem(reader->problems, one, "is no pattern: %s at character %zu",
                         error->message, offset + 1);
    }
}

void monitor_settings_check(const struct reader *reader, const struct yaml_node *root,
                            const struct page_settings *pages)
{
    const struct yaml_node *monitors = yaml_find(root, "monitors");
    OWN(twice) names = twice_open(reader->problems);

    if (monitors == NULL || monitors->kind != YAML_SEQUENCE)
        return;
    for (const struct yaml_node *one = monitors->first; one != NULL; one = one->next) {
        twice_add(names, one, "name", string_of(yaml_find(one, "name")));
        check_match(reader, yaml_find(one, "match"));
        check_policy(reader, yaml_find(one, "alert_policy"), pages);
    }
}
