/* gateway/grammar/utterance.h: one line of a subscriber's mail: a command, a preference line, or text. */
#pragma once

#include "gateway/grammar/subscribing.h"
#include "gateway/grammar/wished.h"

/* What reads the lines of one mail. */
struct listener {
    const struct language *language;
    struct matcher *matcher;
    bool is_subscriber;
    bool takes_lines; /* preference lines count */
};

struct utterance {
    enum subscribing_kind kind;
    const char *language;
    bool is_near; /* QUESTION: it is nearly one of the words */
};

/* What is wished comes into `wished`; unless the kind is SUBSCRIBE, CHANGE or QUESTION it is left alone. */
struct utterance utterance_read(const struct listener *listener, struct wished *wished,
                                struct text line);

/* A preference line whose name is spelled as we spell it, or nothing. */
struct utterance utterance_read_named(const struct listener *listener, struct wished *wished,
                                      struct text line);
