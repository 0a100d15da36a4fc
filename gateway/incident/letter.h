/* gateway/incident/letter.h: one mail to one person, as a value; it is rendered when it is sent. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

enum letter_kind {
    LETTER_ANSWER,   /* what was understood and what it changed */
    LETTER_PREVIEW,  /* what would be sent */
    LETTER_QUESTION, /* not understood, ambiguous, refused by the rules: what would have worked */
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

/* A name given several times is a list, in order. */
struct letter_fact {
    const char *name; /* "understood", "change", "quoted", "in_reply_to" … */
    const char *value;
};

struct letter {
    int64_t id; /* 0 before it was stored */
    const char *page_id;
    enum letter_kind kind;
    const char *address;
    bool is_operator;
    const char *language;            /* "" is the page's */
    const char *time_zone;           /* likewise */
    const struct letter_fact *facts; /* what the template needs beside the incident */
    size_t fact_count;
    int64_t incident_id; /* 0: none */
    int64_t update_id;
    int64_t notification_id;
    int64_t held_id;
    int64_t created_at;
    int64_t due_at;
};

/* "answer", "copy" …: also the name of its template. */
const char *letter_kind_name(enum letter_kind kind);
