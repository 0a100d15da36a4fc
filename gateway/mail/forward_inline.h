/* gateway/mail/forward_inline.h: where in a text another mail is passed on. For forwarded.c and what it
 * is made of. */
#pragma once

#include "gateway/mail/forward_block.h"

struct forward_inline {
    const char *comment; /* new text before it */
    struct forward_block block;
    const char
        *text; /* of the inner mail, one level of '>' less where it was quoted; nothing cut */
};

/* The first mail passed on in `text`, which stands under `subject`. What replies quote is none: not behind
 * an attribution ("On … wrote:"), nor a block as Outlook puts before both, unless the subject says that it
 * was passed on, or nothing stands before it and the subject is no reply's. Looks at the first 500 lines;
 * linear in the size. False: there is none. */
bool forward_inline_find(struct arena *arena, const char *text, const char *subject,
                         struct forward_inline *found);
