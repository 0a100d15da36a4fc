/* gateway/config/places.h: where templates and grammars lie: ours, and the site's. */
#pragma once

#include "gateway/yaml/reader.h"

enum place_kind { PLACES_TEMPLATES, PLACES_GRAMMARS };

/* Beside the sources while the program runs from its build tree, else where it is installed. */
const char *places_shipped(enum place_kind kind);

/* The directory that was configured, else the usual one if it is there; NULL: none. */
const char *places_site(const char *given, enum place_kind kind);

/* `templates:` and `grammars:` must be there when they are given. */
void places_check(const struct reader *reader, const struct yaml_node *root);
