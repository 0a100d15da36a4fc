/* gateway/grammar/loader.h: what all parts of a grammar file are read with. */
#pragma once

#include "gateway/grammar/pattern.h"
#include "gateway/yaml/yaml.h"

struct loader {
    struct arena *arena; /* values */
    struct problems *problems;
    GPtrArray *patterns; /* owns what loader_pattern() gives */
};

/* The pattern in a scalar. NULL: a problem was added, in the column where PCRE2 stopped. */
const struct pattern *loader_pattern(const struct loader *loader, const struct yaml_node *node);

/* The same; a problem unless it has a group of that name. */
const struct pattern *loader_pattern_with(const struct loader *loader, const struct yaml_node *node,
                                          const char *group);

/* How many values: the elements of a list, or 1; loader_next() walks them, from NULL. */
size_t loader_count(const struct yaml_node *node);
const struct yaml_node *loader_next(const struct yaml_node *node, const struct yaml_node *last);

/* Patterns of a list or of a single scalar; those that are none are left out, with a problem. */
const struct pattern **loader_patterns(const struct loader *loader, const struct yaml_node *node,
                                       const char *group, size_t *count);

/* False: a problem was added. */
bool loader_is_scalar(const struct loader *loader, const struct yaml_node *node);
