/* gateway/grammar/language.h: the vocabulary of a grammar that people write: the `language:` of operator.yaml
 * and of subscriber.yaml.
 *
 * The file says which words there are, in which spellings, and how they may stand (patterns); what each word
 * *means* is one of the things below. Words are compared without regard to case. */
#pragma once

#include "gateway/grammar/loader.h"
#include "gateway/incident/incident.h"

enum language_kind { LANGUAGE_OF_OPERATORS, LANGUAGE_OF_SUBSCRIBERS };
#define LANGUAGE_KIND_COUNT 2

enum meaning {
    MEANS_NOTHING,
    MEANS_STATUS,      /* value: enum incident_status */
    MEANS_SEVERITY,    /* value: enum incident_severity */
    MEANS_LINE,        /* value: enum line_kind; the word of a `Word: text` line */
    MEANS_FOREIGN,     /* a state that we do not have; value: the enum incident_status to suggest */
    MEANS_YES,         /* an answer */
    MEANS_NO,          /* an answer */
    MEANS_ALL,         /* every component */
    MEANS_MAINTENANCE, /* a bracketed word that announces one */
    MEANS_TIMING,      /* value: enum timing_kind; the word of a `Word: time` line */
    MEANS_ORDER,       /* value: enum timing_order; begins a line about a maintenance */
    MEANS_STAGE,       /* value: enum maintenance_state; likewise */
    MEANS_REPLY,       /* a prefix that mail programs put before a subject */
    MEANS_FORWARD,     /* the same */
    MEANS_ACKNOWLEDGE, /* in a short mail: somebody has it in hand */
    /* Subscribers', from here on. */
    MEANS_WORD,       /* value: enum subscribing_kind; alone on a line */
    MEANS_PREFERENCE, /* value: enum preference; the name of a preference line */
    MEANS_KIND,       /* value: enum news_kind */
    MEANS_FORMAT,     /* value: enum subscriber_format */
    MEANS_DELIVERY,   /* value: enum subscriber_delivery */
    MEANS_WEEKDAY,    /* value: 1 to 7 */
    MEANS_LANGUAGE,   /* tag: its code */
    MEANS_UNIT,       /* value: hours */
    MEANS_DEFAULT,    /* the page's */
    MEANS_UNTIL,      /* before a day */
    MEANS_GROUP,      /* before the name of a group */
    MEANS_FOLLOWED,   /* what who follows one incident has for components */
    MEANS_FILLER,     /* between other words: nothing */
    MEANS_POLITE,     /* around a command: nothing */
};
#define MEANING_COUNT 29

enum line_kind {
    LINE_STATUS,
    LINE_SEVERITY,
    LINE_COMPONENTS,
    LINE_TITLE,
    LINE_NOTIFY,
    LINE_PRIVATE,
    LINE_PREVIEW,
};
#define LINE_KIND_COUNT 7

enum preference {
    PREFERENCE_COMPONENTS,
    PREFERENCE_SEVERITY,
    PREFERENCE_KINDS,
    PREFERENCE_FORMAT,
    PREFERENCE_DELIVERY,
    PREFERENCE_CRITICAL,
    PREFERENCE_TIME_ZONE,
    PREFERENCE_LANGUAGE,
    PREFERENCE_PAUSE,
    PREFERENCE_RESUME,
    PREFERENCE_MUTE,
    PREFERENCE_UNMUTE,
    PREFERENCE_FOLLOW,
};
#define PREFERENCE_COUNT 13

struct vocable {
    const char *word;     /* as the file spells it */
    const char *key;      /* folded */
    const char *tag;      /* under which the file has it: "resolved" */
    const char *language; /* to which it belongs: "de"; "" when to none */
    enum meaning meaning;
    int value;
};

/* Where a pattern is applied, and which group it must have. */
enum language_pattern {
    LANGUAGE_PREFIX,   /* subject: word */
    LANGUAGE_BRACKET,  /* subject: word */
    LANGUAGE_NUMBER,   /* subject: number */
    LANGUAGE_GREETING, /* a line of the text */
    LANGUAGE_LINE,     /* `Word: text`: word, text */
    LANGUAGE_MARK,     /* `#word text`: word, text */
    LANGUAGE_FORM,     /* `word - text`, a word alone: word, text */
    LANGUAGE_LOST,     /* a subject that says nothing */
    LANGUAGE_BRIEF,    /* a short mail, whole: word, and perhaps number and text */
};
#define LANGUAGE_PATTERN_COUNT 9

struct language_patterns {
    const struct pattern **patterns;
    size_t count;
};

struct language {
    enum language_kind kind;
    const struct vocable *vocables;
    size_t count;
    struct language_patterns patterns[LANGUAGE_PATTERN_COUNT]; /* those that its kind needs */
};

/* NULL: problems were added. */
const struct language *language_read(const struct loader *loader, const struct yaml_node *node,
                                     enum language_kind kind);

/* NULL: no such word with one of the meanings, a set of 1 << meaning. */
const struct vocable *language_find(const struct language *language, struct text word,
                                    unsigned meanings);

/* The nearest that is one edit away, two from six letters on. */
const struct vocable *language_find_near(const struct language *language, struct text word,
                                         unsigned meanings);

/* In which language the word was said: "" when it says the same in several. */
const char *language_of_word(const struct language *language, const struct vocable *word);

/* How a meaning with that value is first spelled; "" when it has no word. */
const char *language_spell(const struct language *language, enum meaning meaning, int value);

/* The first pattern of that kind that matches; NULL: none (one that broke a limit does not match: our own
 * do not, and tests hold that). Its groups are in `matcher`. */
const struct pattern *language_match(const struct language *language, struct matcher *matcher,
                                     enum language_pattern kind, struct text text);
