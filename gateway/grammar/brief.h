/* gateway/grammar/brief.h: a short mail, as a pager or a telephone sends it: "42 resolved", "ack 42",
 * "#42 monitoring all good", or the word alone; its subject is lost or means nothing. */
#pragma once

#include "gateway/grammar/people.h"

struct brief {
    const struct vocable *word; /* MEANS_STATUS, MEANS_FOREIGN or MEANS_ACKNOWLEDGE */
    int64_t number;             /* 0: none */
    bool
        is_sure; /* the number can be nothing else: it comes first, or behind '#', or nothing follows */
    struct text rest; /* what follows, in `line` */
    const char *line; /* the whole, in one line */
};

/* False: the text is none: more than one line or 160 characters, with a quotation, or in no such form. */
bool brief_read(struct arena *arena, const struct language *language, struct matcher *matcher,
                const struct mail *mail, struct brief *brief);

/* Does the subject say nothing of its author's: "", "SMS", "Re:", "+49 151 …", "Text message from …"? */
bool brief_subject_is_lost(const struct language *language, struct matcher *matcher,
                           const struct subject *subject);

/* Reads a short mail whole, into the hearing. False: it is none, or one that is read as others are. */
bool brief_hear(struct hearing *hearing);
