/* gateway/mail/forward_block.h: the header lines that stand above a mail passed on inline. For
 * forwarded.c and what it is made of. */
#pragma once

#include "gateway/mail/forward_words.h"

struct forward_block {
    const char
        *values[FORWARD_FIELD_COUNT]; /* by enum forward_field: clean lines; NULL where none */
    size_t fields;                    /* how many different ones */
    size_t end;                       /* the first line behind them, and behind an empty one */
};

/* Reads the block that begins at line `first`; looks at no more than a fixed number of lines. An overlong
 * field is continued in the next line; an empty line ends the block unless From or Subject is still
 * missing. False: there is no From or no Subject among at least two. */
bool forward_block_read(struct arena *arena, const struct lines *lines, size_t first,
                        struct forward_block *block);
