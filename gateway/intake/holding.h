/* gateway/intake/holding.h: mails that wait for their author's `publish`; private to this folder. */
#pragma once

#include "gateway/intake/taking.h"
#include "gateway/store/intakes.h"

/* Keeps the mail and asks its author, in the open transaction. `incident_id` 0: about none. *was_asked
 * false: she was asked too often within this hour, and nothing may be kept of which nobody knows. */
bool held_ask(struct taking *taking, int64_t incident_id, const char *reason, bool *was_asked,
              GError **error);

enum held_reply {
    HELD_NO_REPLY, /* the mail answers no "publish this?" */
    HELD_PUBLISH,  /* *held and *mail are what waited, parsed again */
    HELD_DROP,
    HELD_UNCLEAR, /* neither word */
    HELD_OVER,    /* it was completed, dropped, or its time is over */
    HELD_IGNORE,  /* automatic: a person says the word, or nobody */
};

/* What the mail of taking says to the question whose key it came by. */
bool held_read_reply(struct taking *taking, enum held_reply *reply, const struct held **held,
                     const struct mail **mail, GError **error);

/* Looks again, in the open transaction: two replies may come at once. */
bool held_waits(struct taking *taking, int64_t id, bool *waits, GError **error);

/* HELD_DROP, HELD_UNCLEAR and HELD_OVER, whole: commits. */
struct intake_verdict held_settle(struct taking *taking, enum held_reply reply,
                                  const struct held *held);

/* Is the mail a reply of nothing but the word that publishes, where nothing waits for it? */
bool held_is_stray_word(const struct taking *taking);
