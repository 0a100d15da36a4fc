/* gateway/store/letters.h: mails to one person each: answers, copies, questions. */
#pragma once

#include "gateway/store/store.h"

enum letter_kind {
    LETTER_ANSWER,      /* what was understood and what it changed */
    LETTER_PREVIEW,     /* what would be sent */
    LETTER_QUESTION,    /* not understood, ambiguous, refused by the rules: what would have worked */
    LETTER_HELP,
    LETTER_HELD,        /* "publish this?" */
    LETTER_UNPUBLISHED, /* a held command's time is over */
    LETTER_KEY_SPENT,   /* a reply key was seen where it should not be: here is a new one */
    LETTER_COPY,        /* an operator's copy of a notification */
    LETTER_NOTE,        /* an operator's copy of a private note */
    LETTER_FAREWELL,    /* unsubscribed: how to come back */
    LETTER_TROUBLE,     /* a relay is paused, a page cannot be delivered: to the contact */
};
#define LETTER_KIND_COUNT 11

struct letter {
    int64_t id; /* 0 before it was stored */
    const char *page_id;
    enum letter_kind kind;
    const char *address;
    bool is_operator;
    const char *language;  /* "" is the page's */
    const char *time_zone; /* likewise */
    const char *facts;     /* JSON object: what the template needs beside the incident */
    int64_t incident_id;   /* 0: none */
    int64_t update_id;
    int64_t notification_id;
    int64_t held_id;
    int64_t created_at;
    int64_t due_at;
};

/* In the open transaction. Sets letter->id. */
bool letters_add(struct store *store, struct letter *letter, GError **error);

/* A copy of what `decision` tells (its notification, or its note) for each operator of the page that
 * wants one, but not for `but_address` (the author, "" for none), whose answer replaces it. An unsent
 * copy of the same incident to the same operator is replaced. */
bool letters_add_copies(struct store *store, const struct page *page,
                        const struct operator *const *operators, size_t operator_count,
                        const struct decision *decision, const char *but_address, int64_t now,
                        GError **error);
