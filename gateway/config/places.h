/* gateway/config/places.h: where templates and grammars lie: ours, and the site's. */
#pragma once

#include "gateway/yaml/reader.h"

enum place_kind { PLACES_TEMPLATES, PLACES_GRAMMARS, PLACES_MONITORS };

/* Beside the sources while the program runs from its build tree, else PREFIX/share/tocsin of the
 * program that is PREFIX/bin/tocsin. NULL: grammars of monitors that are not there; the rest must be. */
const char *places_shipped(struct arena *arena, enum place_kind kind);

/* Of templates and grammars: the directory that was configured, else the usual one if it is there; NULL: none. */
const char *places_site(const char *given, enum place_kind kind);

/* `templates:` and `grammars:` must be there when they are given. */
void places_check(const struct reader *reader, const struct yaml_node *root);

/* A language without templates is a warning at `owner`'s field `language`: all will be in "en".
 * `site` are the site's templates. */
void places_check_language(const struct reader *reader, const struct yaml_node *owner,
                           const char *site, const char *language);
