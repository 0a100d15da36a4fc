/* gateway/intake/drafting.h: an operator's reply to a mail that asks whether an incident shall be published;
 * private to this folder. */
#pragma once

#include "gateway/intake/taking.h"
#include "gateway/store/drafts.h"

enum drafting_word {
    DRAFTING_NO_REPLY, /* the mail answers no draft, or goes on with what became of it */
    DRAFTING_OPEN,
    DRAFTING_IGNORE,
    DRAFTING_UNCLEAR, /* neither word */
    DRAFTING_MACHINE, /* automatic: a person says the word, or nobody */
};

struct drafting {
    enum drafting_word word;
    const struct draft_row *draft;
    bool has_severity; /* `open major` */
    enum incident_severity severity;
    const char *message; /* what follows the words, in place of the draft's; "" none */
};

/* What `mail` says to the draft whose key it came by: the mail that came, or a held one. `draft` is set
 * with NO_REPLY too, where the mail came to a draft's address. */
bool drafting_read(struct taking *taking, const struct mail *mail, struct drafting *drafting,
                   GError **error);

/* What came of it. */
struct drafting_end {
    const char *event;
    const struct decision *decision; /* NULL: nothing was opened */
};

/* Does it and answers, in the open transaction; looks first whether it still waits. */
bool drafting_do(struct taking *taking, const struct drafting *drafting, const struct actor *actor,
                 struct drafting_end *end, GError **error);
