/* gateway/grammar/fill.h: a value with places for groups: '{{host}}/{{service}}'.
 *
 * Taken apart once, when the grammar is loaded; what a group held is put in as it is and never looked at
 * again (security A53). */
#pragma once

#include "gateway/base/text.h"
#include "gateway/grammar/grammar.h"

struct fill_piece {
    const char *literal; /* NULL: a group */
    const char *group;
};

struct fill {
    const struct fill_piece *pieces;
    size_t count;
};

/* NULL: `error` (CONFIG) says what is wrong with a place. */
const struct fill *fill_parse(struct arena *arena, const char *source, GError **error);

/* A group that `groups` have not is empty. */
char *fill_write(struct arena *arena, const struct fill *fill, const struct grammar_value *groups,
                 size_t group_count);

/* What a value of that name holds; NULL: there is none. */
const char *grammar_value_find(const struct grammar_value *values, size_t count, const char *name);
