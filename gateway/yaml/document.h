/* gateway/yaml/document.h: libyaml's events become a tree; the only place that knows libyaml.
 *
 * Events rather than libyaml's documents: there an alias is already the node that it names, and the
 * line on which somebody wrote it is lost. */
#pragma once

#include "gateway/yaml/yaml.h"

/* As yaml_load(); `file` outlives the tree. */
struct yaml_node *document_parse(struct arena *arena, const char *file, struct text bytes,
                                 struct problems *problems);

/* Makes `child` the last of `parent`. */
void document_append(struct yaml_node *parent, struct yaml_node *child);
