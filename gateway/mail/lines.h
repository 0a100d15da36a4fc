/* gateway/mail/lines.h: a text's lines in the form in which they are compared. */
#pragma once

#include "gateway/base/text.h"

struct line {
    struct text raw;   /* as it stands, without spaces at its end */
    const char *plain; /* lower case, every white space and run of it one space, no '*', typographic
                          apostrophes and wide colons as ASCII; "" for a quoted or overlong line */
    bool is_quoted;    /* begins with '>' */
    bool is_fenced;    /* inside ``` or one of its lines */
    bool is_delimiter; /* "-- " or "--" */
    bool is_dropped;
};

struct lines {
    struct line *at;
    size_t count;
};

struct lines lines_split(struct arena *arena, const char *text);

/* The plain form of `count` lines from `first`, joined by spaces. */
const char *lines_join(struct arena *arena, const struct lines *lines, size_t first, size_t count);

bool line_is_blank(const struct line *line);

/* The first line from `from` that is not blank; `count` when there is none. */
size_t lines_find_text(const struct lines *lines, size_t from);

/* Without spaces and -_=~#>| at both ends. */
struct text line_undecorate(const char *plain);

/* `word` is one of a list of strings. */
bool word_is_listed(struct text word, const char *const *list, size_t count);
