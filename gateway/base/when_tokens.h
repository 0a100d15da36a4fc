/* gateway/base/when_tokens.h: a written time as numbers, words, names and signs. */
#pragma once

#include "gateway/base/when_words.h"

enum when_token_kind {
    WHEN_TOKEN_END, /* behind the last one */
    WHEN_TOKEN_NUMBER,
    WHEN_TOKEN_WORD, /* one that is known */
    WHEN_TOKEN_NAME, /* other letters: a zone, "T", "Z" */
    WHEN_TOKEN_SIGN, /* one character */
};

struct when_token {
    enum when_token_kind kind;
    struct text text;
    int64_t number;
    bool is_joined; /* no space before it */
    struct when_word word;
};

#define WHEN_TOKENS_MOST  40
#define WHEN_TOKENS_SPARE 12 /* END, as often as a reader looks ahead */

/* The tokens of `text`, at most WHEN_TOKENS_MOST, and WHEN_TOKENS_SPARE times END. NULL: not UTF-8, too long, too many. */
const struct when_token *when_tokens_split(struct arena *arena, struct text text);
