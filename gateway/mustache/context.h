/* gateway/mustache/context.h: values found by name, and written.
 *
 * A context is a stack of JSON values: what a section is about lies on top of what is around it. */
#pragma once

#include "gateway/mustache/mustache.h"

struct context {
    const json_t *values[MUSTACHE_MOST_DEPTH + 1];
    size_t count;
};

/* The value of a path: its first part is looked for from the top down, the others in it alone; no
 * part at all is the top. NULL: there is none. */
const json_t *context_find(const struct context *context, const char *const *path, size_t size);

/* Missing, null, false, "" and an empty list are false. */
bool context_is_true(const json_t *value);

/* Appends a value as text: nothing for NULL, null, lists and objects. */
void context_write(const json_t *value, GString *output);
