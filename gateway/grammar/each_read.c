#include "gateway/grammar/each.h"

#include <string.h>

static bool read_within(const struct loader *loader, const struct yaml_node *node,
                        struct rule_each *each)
{
    struct rule_pattern *within =
        ARENA_ARRAY(loader->arena, struct rule_pattern, loader_count(node));

    if (loader_count(node) > RULE_PATTERNS) {
        yaml_problem(loader->problems, node, "has too many patterns: %d are the most",
                     RULE_PATTERNS);
        return false;
    }
    for (const struct yaml_node *one = NULL; (one = loader_next(node, one)) != NULL;) {
        const struct pattern *pattern = loader_pattern(loader, one);
        if (pattern == NULL)
            return false;
        within[each->within_count++] =
            (struct rule_pattern){each->block.field, each->block.header, pattern, one->value};
    }
    each->within = within;
    return true;
}

static bool read_block(const struct loader *loader, const struct yaml_node *node,
                       struct rule_each *each)
{
    struct rule_pattern *block = &each->block;

    if (block->pattern != NULL) {
        yaml_problem_key(loader->problems, node,
                         "`each:` looks at one field alone: `%s` is another", node->key);
        return false;
    }
    if (!field_parse(node->key, &block->field, &block->header)) {
        yaml_problem_key(
            loader->problems, node,
            "`%s` is no part of `each:`: there are a field of the mail (raw_body, body, "
            "subject, header NAME …), under and within",
            node->key);
        return false;
    }
    block->pattern = loader_pattern(loader, node);
    block->source = node->value;
    return block->pattern != NULL;
}

static bool is_of_field(const struct yaml_node *node)
{
    return strcmp(node->key, "under") != 0 && strcmp(node->key, "within") != 0;
}

const struct rule_each *each_read(const struct loader *loader, const struct yaml_node *node)
{
    struct rule_each *each = ARENA_NEW(loader->arena, struct rule_each);
    bool is_good = true;

    if (node->kind != YAML_MAPPING) {
        if (node->kind != YAML_BROKEN)
            yaml_problem(loader->problems, node,
                         "must be a mapping, such as { raw_body: '^(?<host>\\S+) is down$' }");
        return NULL;
    }
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next)
        if (is_of_field(one))
            is_good = read_block(loader, one, each) && is_good;
    const struct yaml_node *under = yaml_find(node, "under");
    const struct yaml_node *within = yaml_find(node, "within");
    if (under != NULL) {
        each->under = loader_pattern(loader, under);
        each->under_source = under->value;
        is_good = each->under != NULL && is_good;
    }
    if (within != NULL)
        is_good = read_within(loader, within, each) && is_good;
    if (is_good && each->block.pattern == NULL) {
        yaml_problem(loader->problems, node,
                     "needs a field of the mail and a pattern, such as "
                     "raw_body: '^(?<host>\\S+) is down$'");
        return NULL;
    }
    return is_good ? each : NULL;
}
