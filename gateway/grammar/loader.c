#include "gateway/grammar/loader.h"

#include <string.h>

bool loader_is_scalar(const struct loader *loader, const struct yaml_node *node)
{
    if (node->kind == YAML_BROKEN)
        return false;
    if (node->kind == YAML_SCALAR && *node->value != '\0')
        return true;
    yaml_problem(loader->problems, node, "must be one text that is not empty");
    return false;
}

/* Where in the file byte `offset` of the value stands: known only for what is written on one line. */
static unsigned find_column(const struct yaml_node *node, size_t offset)
{
    unsigned column = node->column + (node->is_plain ? 0 : 1);

    if (strchr(node->value, '\n') != NULL)
        return node->column;
    offset = MIN(offset, strlen(node->value));
    for (size_t i = 0; i < offset; i++)
        if (((unsigned char)node->value[i] & 0xC0) != 0x80) /* libyaml counts characters */
            column++;
    return column;
}

static void add_pattern_problem(const struct loader *loader, const struct yaml_node *node,
                                size_t offset, const char *reason)
{
    const struct problem place = {.file = node->file,
                                  .line = node->line,
                                  .column = find_column(node, offset),
                                  .field = yaml_path(loader->arena, node)};

    problems_add(loader->problems, &place, "is no pattern: %s", reason);
}

const struct pattern *loader_pattern(const struct loader *loader, const struct yaml_node *node)
{
    g_autoptr(GError) error = NULL;
    size_t offset = 0;

    if (!loader_is_scalar(loader, node))
        return NULL;
    struct pattern *pattern = pattern_open(node->value, &offset, &error);
    if (pattern == NULL) {
        add_pattern_problem(loader, node, offset, error->message);
        return NULL;
    }
    g_ptr_array_add(loader->patterns, pattern);
    return pattern;
}

const struct pattern *loader_pattern_with(const struct loader *loader, const struct yaml_node *node,
                                          const char *group)
{
    const struct pattern *pattern = loader_pattern(loader, node);

    if (pattern == NULL || group == NULL || pattern_has_name(pattern, group))
        return pattern;
    yaml_problem(loader->problems, node, "needs a group named `%s`: write (?<%s>...)", group,
                 group);
    return NULL;
}

size_t loader_count(const struct yaml_node *node)
{
    return node->kind == YAML_SEQUENCE ? node->count : 1;
}

const struct yaml_node *loader_next(const struct yaml_node *node, const struct yaml_node *last)
{
    if (node->kind == YAML_SEQUENCE)
        return last == NULL ? node->first : last->next;
    return last == NULL ? node : NULL;
}

const struct pattern **loader_patterns(const struct loader *loader, const struct yaml_node *node,
                                       const char *group, size_t *count)
{
    const struct pattern **patterns =
        ARENA_ARRAY(loader->arena, const struct pattern *, loader_count(node));

    *count = 0;
    for (const struct yaml_node *one = NULL; (one = loader_next(node, one)) != NULL;) {
        const struct pattern *pattern = loader_pattern_with(loader, one, group);
        if (pattern != NULL)
            patterns[(*count)++] = pattern;
    }
    return patterns;
}
