/* gateway/grammar/phrase.h: a line as words, of which several together may name one thing. */
#pragma once

#include "gateway/base/text.h"

#define PHRASE_WORDS 500
/* No name has more. */
#define PHRASE_SPAN 6

struct phrase {
    struct text words[PHRASE_WORDS]; /* without marks of punctuation around them; none is empty */
    struct text raw[PHRASE_WORDS];   /* with them */
    size_t count;
    bool is_question; /* ends with a question mark */
    bool is_cut;      /* has more words than that */
};

/* Words stand between spaces, commas and semicolons of any kind. Dashes and quotes of all kinds become
 * plain, quotes around words vanish. */
struct phrase phrase_split(struct arena *arena, struct text line);

/* From word `first` to `last`, with what stands between them. */
struct text phrase_span(const struct phrase *phrase, size_t first, size_t last);
struct text phrase_raw_span(const struct phrase *phrase, size_t first, size_t last);

/* What follows the first `count` words. */
void phrase_skip(struct phrase *phrase, size_t count);
