/* gateway/config/twice.h: names that may be given only once.
 *
 *     OWN(twice) ids = twice_open(problems);
 *     twice_add(ids, page->node, "id", page->id); */
#pragma once

#include "gateway/base/own.h"
#include "gateway/yaml/yaml.h"

struct twice;

struct twice *twice_open(struct problems *problems);
void twice_close(struct twice *twice);
OWN_DEFINE(twice);

/* `name`, without regard to ASCII case, is the value of `field` of `mapping`; given before, it is a
 * problem there that names the first. NULL is passed over. */
void twice_add(struct twice *twice, const struct yaml_node *mapping, const char *field,
               const char *name);
