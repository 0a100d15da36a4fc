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
    LETTER_CONFIRM,     /* subscribe? a reply `confirm` to its key does it */
    LETTER_LEAVE,       /* unsubscribe? likewise */
    LETTER_WELCOME,     /* subscribed, or changed by a confirmed request: what is set */
    LETTER_PREFERENCES, /* what is set, and the lines that change it; its key makes a reply believed */
    LETTER_COMMANDS,    /* what a subscriber can say */
    LETTER_FORWARD,     /* a subscriber's words, to the page's contact */
    LETTER_PROBE,       /* to who is suspended: does mail work again? */
    LETTER_RESTORED,    /* mail works again; what happened meanwhile is on the page */
    LETTER_DIGEST,      /* what changed since the last one */
    LETTER_DRAFT,       /* publish this incident? `open` or `ignore` */
};
#define LETTER_KIND_COUNT 21

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
    int64_t draft_id;      /* LETTER_DRAFT: its reply key answers this */
    int64_t subscriber_id; /* whose bounce it is when it comes back; 0: nobody's */
    int64_t created_at;
    int64_t due_at;
};

/* Does its Reply-To hold a confirm key (of the fact "wishes")? */
bool letter_has_confirm_key(enum letter_kind kind);

/* "answer", "copy" …: also the name of its template. */
const char *letter_kind_name(enum letter_kind kind);
