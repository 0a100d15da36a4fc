/* gateway/mail/attribution.h: the words by which mail programs introduce what they quote. For
 * newtext.c alone. */
#pragma once

#include "gateway/mail/lines.h"

struct attribution {
    size_t lines;   /* how many, ending with the line asked about; 0: it is none */
    bool is_strong; /* it names who and when: also without a '>' behind it */
};

/* Whether line `last` ends an introduction ("On …, Ada wrote:"). `is_before_quote`: the next line with
 * text is quoted, so that less evidence is enough. */
struct attribution attribution_find(struct arena *arena, const struct lines *lines, size_t last,
                                    bool is_before_quote);
