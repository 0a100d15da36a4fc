/* gateway/mustache/tag.h: one tag of a template: where it begins and ends, and what of its line it
 * takes. Offsets count bytes of the source. */
#pragma once

#include "gateway/base/text.h"

struct tag_delimiters {
    struct text open;
    struct text close;
};

struct tag {
    char sigil; /* one of "&#^/!><$=", '{' for {{{name}}}, or 'v' for a plain value */
    struct text content;
    size_t begin; /* offsets in the source */
    size_t end;
    /* What of the source this tag takes: more than itself if it stands alone on its line. */
    size_t from;
    size_t to;
    bool is_alone;
};

/* Reads the tag whose opening delimiter stands at tag->begin. False: it is never closed. */
bool tag_read(struct text source, const struct tag_delimiters *delimiters, struct tag *tag);

/* Takes the new delimiters of a `{{=<% %>=}}`. NULL: done; else what is wrong. */
const char *tag_read_delimiters(const struct tag *tag, struct tag_delimiters *delimiters);

/* Where the next line begins, if only white space stands between `at` and it. */
bool tag_find_line_end(struct text source, size_t at, size_t *next);

/* Where the line of `at` begins, if only white space stands between. */
bool tag_find_line_begin(struct text source, size_t at, size_t *begin);

/* The spaces and tabs at `at`. */
struct text tag_blanks_at(struct text source, size_t at);
