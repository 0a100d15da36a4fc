/* gateway/grammar/literal.h: a text without which a pattern cannot match, read off its source.
 *
 * It is what lets a mail pass by all grammars but its own at the cost of a search for a few bytes. It errs to one
 * side: what it does not understand has no literal, and such a pattern is always tried. */
#pragma once

#include "gateway/base/text.h"

struct literal {
    struct text bytes; /* empty: none */
    bool
        is_any_case; /* then `bytes` are in lower case, and ASCII without k and s, which have other forms */
    bool is_at_start; /* nothing stands before it on its line */
};

/* The longest there is; lives in `arena`. */
struct literal literal_find(struct arena *arena, const char *pattern);
