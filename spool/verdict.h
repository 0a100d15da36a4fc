/* spool/verdict.h: what a relay's answer means: for the address, for the mail, for the relay.
 *
 * Pure. RFC 5321 section 4.2, RFC 3463; DESIGN section 8 lists which codes are the address's own. */
#pragma once

#include "spool/relay.h"

enum verdict {
    VERDICT_SENT,
    VERDICT_ADDRESS_FAILED, /* this address does not take mail: no other attempt */
    VERDICT_LATER,          /* this mail later; says nothing of the relay */
    VERDICT_REFUSED, /* the relay's policy, or ours: later, and many in a row pause the relay */
    VERDICT_RELAY_FAILED, /* the connection or the relay itself: it rests, another may try at once */
    VERDICT_GATE,         /* our own gate: no attempt will do */
};

/* `bare_used`: an answer without an enhanced code has already counted as the address's today. */
enum verdict verdict_of(const struct relay_reply *reply, bool bare_used);

/* The enhanced code as "5.1.1"; "" when none was given, or one of another class than the code. */
#define VERDICT_STATUS_SIZE 16
void verdict_write_status(const struct relay_reply *reply, char status[VERDICT_STATUS_SIZE]);
/* Is it the policy of the recipient's side (RCPT, 5.7.x)? */
bool verdict_is_policy(const struct relay_reply *reply);
/* Did the verdict rest on a bare 550, 551 or 553? */
bool verdict_is_bare(const struct relay_reply *reply);
