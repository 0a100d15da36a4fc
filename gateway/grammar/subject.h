/* gateway/grammar/subject.h: a subject taken apart: prefixes, leading brackets, numbers, and what is left. */
#pragma once

#include "gateway/grammar/grammar.h"
#include "gateway/grammar/language.h"

#define SUBJECT_BRACKETS 16

struct subject {
    bool is_reply;   /* the first prefix is that of a reply */
    bool is_forward; /* ... of something forwarded */
    struct text
        brackets[SUBJECT_BRACKETS]; /* without the brackets themselves; empty ones as well */
    size_t bracket_count;
    int64_t numbers[GRAMMAR_NUMBERS];
    size_t number_count;
    struct text titled; /* without prefixes and leading brackets */
    struct text bare;   /* nor numbers */
};

/* Borrows `subject`, which outlives the result. */
struct subject subject_split(const struct language *language, struct matcher *matcher,
                             const char *subject);
