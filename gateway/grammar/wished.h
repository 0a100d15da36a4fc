/* gateway/grammar/wished.h: what a subscriber has wished so far, put together.
 *
 * Whatever is said twice, differently, or cannot be understood becomes the problem; the first one stays,
 * since it is answered with the line that it is about, and then nothing is wished. */
#pragma once

#include "gateway/grammar/language.h"
#include "gateway/grammar/phrase.h"
#include "gateway/incident/wishes.h"

#define WISHED_SUGGESTIONS 8
#define WISHED_NUMBERS     50

struct wished {
    struct arena *arena;
    const struct language *language;
    const struct page *page;
    const char *time_zone; /* hers */
    int64_t now;
    struct text line; /* that is being read */
    struct wishes wishes;
    const char **topics[3]; /* without sign, +, -: WISHES_TOPICS_MOST each */
    size_t topic_counts[3];
    bool has_all; /* components: all */
    int command;  /* enum subscribing_kind: behind which word, for suggestions */
    int64_t *muted;
    int64_t *unmuted;
    const char *problem; /* NULL: none so far */
    const char *quoted;
    const char *suggestions[WISHED_SUGGESTIONS];
    size_t suggestion_count;
};

/* All false: asked, or asked already. */

/* A preference line: its name, and what stands behind it. */
bool wished_line(struct wished *wished, enum preference name, struct text value);
/* Words in any order, as they stand behind `subscribe`. */
bool wished_words(struct wished *wished, const struct phrase *phrase);

/* How many words from `at` on mean something there; 0: none. Nothing is wished. */
size_t wished_know(struct wished *wished, const struct phrase *phrase, size_t at);
bool wished_nearly_know(struct wished *wished, struct text word);

/* Puts the lists into wished->wishes. */
void wished_close(struct wished *wished);

/* For the files of this module. `suggestions` ends with NULL, or is NULL. */
bool wished_ask(struct wished *wished, const char *const *suggestions, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *wished_name(const struct wished *wished, enum preference name);
/* The vocable that words from `at` on are, with the most words, of a set of meanings. NULL: none. */
const struct vocable *wished_find(const struct wished *wished, const struct phrase *phrase,
                                  size_t at, unsigned meanings, size_t *taken);

bool wished_take_word(struct wished *wished, const struct vocable *word);
bool wished_take_time(struct wished *wished, unsigned minute);
bool wished_check_delivery(struct wished *wished);

/* wished_topics.c */
struct topic_found {
    const char *topic;
    size_t taken;      /* words */
    size_t candidates; /* that begin so */
};
/* By its whole name, then by the beginning of one. */
bool wished_find_topic(struct wished *wished, const struct phrase *phrase, size_t at,
                       struct topic_found *found);
bool wished_find_topic_begun(struct wished *wished, const struct phrase *phrase, size_t at,
                             struct topic_found *found);
bool wished_add_topic(struct wished *wished, char sign, const char *topic);
bool wished_add_all(struct wished *wished);
bool wished_ask_topic(struct wished *wished, struct text word, size_t candidates);
bool wished_components(struct wished *wished, struct text value);

/* wished_values.c */
bool wished_parse_time(struct text word, unsigned *minute);
bool wished_parse_number(struct text word, int64_t *number);
bool wished_follow(struct wished *wished, int64_t number);
bool wished_pause(struct wished *wished, struct text value);
bool wished_zone(struct wished *wished, struct text value);
bool wished_numbers(struct wished *wished, enum preference name, struct text value);
