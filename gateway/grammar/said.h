/* gateway/grammar/said.h: what an author has said so far, put together to a command.
 *
 * Whatever is said twice, differently, or cannot be understood, becomes the question; the first one stays,
 * since it is answered with the line that it is about. */
#pragma once

#include "gateway/grammar/grammar.h"
#include "gateway/grammar/language.h"

struct timing;

struct said {
    struct arena *arena;
    const struct language *language;
    struct matcher *matcher;
    const struct page *page;
    struct command command;
    bool has_components;
    bool has_notify;
    bool is_note;  /* from here on all text is private */
    GString *text; /* public */
    GString *note;
    bool was_explicit;
    struct timing *timing;           /* timing.h; NULL: it is about no maintenance */
    const struct question *question; /* NULL: none so far */
};

void said_open(struct said *said, struct arena *arena, const struct language *language,
               struct matcher *matcher, const struct page *page);
void said_close(struct said *said);

void said_status(struct said *said, enum incident_status status, struct text line);
void said_severity(struct said *said, enum incident_severity severity, struct text line);
void said_title(struct said *said, struct text value, struct text line);
void said_notify(struct said *said, struct text value, struct text line);
void said_preview(struct said *said, struct text value, struct text line);
/* components.c */
void said_components(struct said *said, struct text value, struct text line);

/* Adds to the public text, or to the note once `is_note`; `gap` stands between it and what there is. */
void said_add_text(struct said *said, const char *gap, struct text text);

/* Asks `kind` about `line`; `format` is the sentence, `suggestions` ends with NULL. Does nothing when there
 * is a question already. */
void said_ask(struct said *said, enum question_kind kind, struct text line,
              const char *const *suggestions, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Questions that are asked in several places. `word` is what was not understood; `near` the word of ours that it
 * nearly is, or NULL. */
void said_ask_status(struct said *said, struct text word, const struct vocable *near,
                     struct text line);
void said_ask_word(struct said *said, struct text word, const struct vocable *near,
                   struct text line);

/* Room for suggestions: a list of at most SAID_SUGGESTIONS that ends with NULL. */
#define SAID_SUGGESTIONS 8
