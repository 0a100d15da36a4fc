/* gateway/config/sources.h: the configuration's files become one tree.
 *
 * FILE, then conf.d/NAME.yaml beside it, sorted by name. Hidden files and what does not end in
 * ".yaml" (editors' copies, half-written files of package managers) are passed over. */
#pragma once

#include "gateway/yaml/yaml.h"

/* NULL: FILE itself cannot be read, and `problems` says why. What is wrong with a file of conf.d
 * stands in `problems`, and the tree has what the others say. Files, and conf.d, that others may
 * write are errors (security A64). */
struct yaml_node *sources_load(struct arena *arena, const char *file, struct problems *problems);
