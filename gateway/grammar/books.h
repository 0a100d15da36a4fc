/* gateway/grammar/books.h: the inside of `struct grammars`, and reading a mail by one rulebook. */
#pragma once

#include "gateway/grammar/bouncebook.h"
#include "gateway/grammar/grammar.h"
#include "gateway/grammar/people.h"
#include "gateway/grammar/rulebook.h"

struct grammars {
    struct arena *arena;
    GPtrArray *patterns;
    struct matcher *matcher;
    const struct rulebook **books; /* the site's first */
    size_t book_count;
    const struct bouncebook **bouncebooks; /* the site's first */
    size_t bouncebook_count;
    const struct language *language;    /* the operators' */
    const struct language *subscribing; /* the subscribers' */
    const char *const *dropped_words;
    size_t dropped_word_count;
    const struct generic_words *generic; /* NULL: none */
    const char *const *monitor_names;    /* of all that are configured, folded (generic.h) */
    size_t monitor_name_count;
    const struct monitor_fit *fits; /* the monitors' `match:` */
    size_t fit_count;
};

/* Of one mail, through all books. */
struct books_reading {
    struct grammars *grammars;
    struct arena *arena;
    const struct grammar_request *request;
    struct reading *reading;
    struct rule_failure *failures;
    struct trial_rule *trial;      /* a row for each rule of the book; NULL: nobody looks */
    bool is_trial;                 /* each role may give each command */
    struct candidates *candidates; /* rules that cannot match are not asked; NULL: all are */
};

/* An arena, a room to match in, the standard list of dropped words, no books. */
struct grammars *books_open(void);

/* Loads one file. `is_trusted`: it must be ours or root's alone to write; a site's are, while those that we
 * ship are as trustworthy as the program beside them, however the source tree was checked out. False:
 * problems were added. */
bool books_add(struct grammars *grammars, const char *path, bool is_trusted,
               struct problems *problems);

/* Those of the monitors that we ship; where the site has a grammar of the same name, that one alone is kept.
 * False: problems were added. */
bool books_add_monitors(struct grammars *grammars, const char *path, struct problems *problems);

/* Asks the rules of `book`; its language. True: a rule matched, and reading->reading says what. The book may
 * be closed before the reading is used. */
bool books_ask_rules(struct books_reading *reading, const struct rulebook *book);
void books_ask_language(struct books_reading *reading, const struct rulebook *book);
