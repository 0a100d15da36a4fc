/* gateway/mustache/mustache.h: a template and JSON values become text.
 *
 * Mustache (mustache.github.io, specification 1.4.2) with comments, delimiters, interpolation,
 * sections, inverted sections, partials and inheritance ({{<parent}}, {{$block}}); no lambdas and no
 * dynamic names. There is no code in a template, and a value is never read as one: what it holds
 * appears literally (security A53). Names of partials are [A-Za-z0-9_-]{1,32}; partials,
 * parents and sections together nest at most 32 deep, and a rendering takes at most 5 million steps.
 * False are a missing value, null, false, "" and an empty list.
 *
 * A template is parsed once into the arena of its owner and rendered by any number of callers. */
#pragma once

#include "gateway/base/text.h"

#include <jansson.h>

#define MUSTACHE_MOST_SOURCE_BYTES ((size_t)256 * 1024)
#define MUSTACHE_MOST_DEPTH        32

struct mustache_template;

enum mustache_escape {
    MUSTACHE_PLAIN, /* {{name}} as it is: text/plain, headers (whoever writes them escapes) */
    MUSTACHE_HTML,  /* {{name}} with & < > " ' escaped; {{{name}}} and {{&name}} as they are */
};

/* Where partials and parents come from. `find` gives NULL for a name that does not exist: a partial
 * is then empty, as the specification wants; with *error set rendering ends with that error. */
struct mustache_partials {
    const struct mustache_template *(*find)(void *context, const char *name, GError **error);
    void *context;
};

struct mustache_task {
    enum mustache_escape escape;
    const struct mustache_partials *partials; /* NULL: there are none */
    size_t most_bytes;                        /* of output */
};

/* Copies `source` into `arena`. NULL: `error` (CONFIG) reads "NAME:LINE:COLUMN: what and why". */
const struct mustache_template *mustache_parse(struct arena *arena, const char *name,
                                               struct text source, GError **error);

/* Appends to `output`. False: `error` (LIMIT: more than most_bytes; CONFIG: nested too deep, a wrong
 * partial) names template, line and column; `output` is as before. A value that is missing is empty.
 * Integers are written plainly, reals in their shortest form, true and false as words. An object or
 * a list is interpolated as nothing. */
bool mustache_render(const struct mustache_template *template, const json_t *values,
                     const struct mustache_task *task, GString *output, GError **error);

/* Whether each partial and parent that the template names itself is found. False: `error` (CONFIG)
 * names the place of the first that is not. */
bool mustache_check(const struct mustache_template *template,
                    const struct mustache_partials *partials, GError **error);
