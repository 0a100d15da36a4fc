/* gateway/base/when_words.h: the words of times in English, German, French, Spanish and Japanese. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

enum when_word_kind {
    WHEN_WORD_FILLER,  /* says nothing: "on", "the", "Uhrzeit" */
    WHEN_WORD_WEEKDAY, /* value: Monday is 1 */
    WHEN_WORD_MONTH,   /* value: 1 to 12 */
    WHEN_WORD_DAY,     /* value: days from today */
    WHEN_WORD_UNIT,    /* value: milliseconds */
    WHEN_WORD_HALF,    /* value: 0 before noon, 12 after it; 1 and 13 where the hour may be of 24 */
    WHEN_WORD_CLOCK,   /* behind an hour; value: 1 where it is a unit of spans too ("h") */
    WHEN_WORD_AT,      /* before an hour; value: 12 where its language counts to 12 */
    WHEN_WORD_IN,      /* before a span from now */
    WHEN_WORD_LATER,   /* behind a span from now */
    WHEN_WORD_NEXT,    /* before a weekday */
    WHEN_WORD_NOON,    /* 12:00 */
    WHEN_WORD_MIDNIGHT, /* of which day? asked */
    WHEN_WORD_NOW,
    WHEN_WORD_ONE,       /* before a unit */
    WHEN_WORD_AND,       /* between the parts of a span */
    WHEN_WORD_ORDINAL,   /* behind the number of a day */
    WHEN_WORD_YEAR_SIGN, /* Japanese, behind numbers */
    WHEN_WORD_MONTH_SIGN,
    WHEN_WORD_DAY_SIGN,
    WHEN_WORD_MINUTE_SIGN,
};

struct when_word {
    enum when_word_kind kind;
    int64_t value;
    bool
        is_german; /* in no other of our languages: "am" behind an hour then is no half of the day */
};

/* The longest word that `text` begins with and that ends there, and its size. False: none. */
bool when_words_find(struct text text, struct when_word *word, size_t *size);
