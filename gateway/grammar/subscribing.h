/* gateway/grammar/subscribing.h: what a subscriber, or somebody who wants to become one, writes.
 *
 * The vocabulary is subscriber.yaml: the words in each language that we speak (a person may write in any,
 * whatever her language is). Words: `subscribe` with optional words behind it ("subscribe api, web
 * major pager daily de"), `unsubscribe`, `confirm`, `preferences`, `help`, as the subject (reply prefixes
 * aside) or first line of the new text; in a reply to a preferences letter also lines "name: value", of
 * which any may be left out. */
#pragma once

#include "gateway/grammar/grammar.h"
#include "gateway/incident/wishes.h"

enum subscribing_kind {
    SUBSCRIBING_NOTHING,   /* no command: a person's words */
    SUBSCRIBING_SUBSCRIBE, /* wishes */
    SUBSCRIBING_UNSUBSCRIBE,
    SUBSCRIBING_CONFIRM,     /* `confirm`, `yes` or the language's, first in the new text */
    SUBSCRIBING_PREFERENCES, /* asked for */
    SUBSCRIBING_CHANGE,      /* preference lines: wishes */
    SUBSCRIBING_HELP,
    SUBSCRIBING_QUESTION, /* looks like a command and is none: `problem` */
};
#define SUBSCRIBING_KIND_COUNT 8

struct subscribing {
    enum subscribing_kind kind;
    const struct wishes
        *wishes;          /* SUBSCRIBE, CHANGE: never NULL there; components are the page's */
    const char *language; /* in which the word was: "de"; "" when it is said so in several */
    const char *quoted;   /* QUESTION: the line not understood, at most 200 characters; "" */
    const char *problem;  /* QUESTION: a sentence */
    const char *const *suggestions; /* QUESTION: lines that would have worked */
    size_t suggestion_count;
};

struct subscribing_request {
    const struct mail *mail;
    const struct page *page;
    const char
        *extension;     /* "subscribe", "unsubscribe", "help" or ""; the word when mail has none */
    bool is_subscriber; /* a confirmed one: bare preference lines are a command of hers */
    bool is_keyed;      /* it came to a confirm key: `confirm` need only be the first word */
    const char *time_zone; /* hers, for days; "" or NULL: the page's */
    int64_t now;
};

/* Cannot fail; lives in `arena`. Only a whole line is a command: "Please help us understand" is none,
 * "subscribe" with words behind it that are not ours neither. One bad word, and nothing is wished. */
const struct subscribing *grammar_read_subscriber(struct grammars *grammars, struct arena *arena,
                                                  const struct subscribing_request *request);

const char *subscribing_kind_name(enum subscribing_kind kind); /* "subscribe" */
