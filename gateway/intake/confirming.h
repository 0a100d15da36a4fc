/* gateway/intake/confirming.h: replies to our questions whether somebody wants to join or leave, and to
 * letters of preferences; private to this folder.
 *
 * The key is bound to the address that the letter went to, and proves it. Joining and leaving are done
 * once, by a person, from that address, with the word first in the new text; the key of preferences lives
 * on, and is good from wherever she writes. */
#pragma once

#include "gateway/intake/taking.h"

/* Does the key that the mail came by exist, unspent, its time not over? */
bool confirming_is_alive(const struct taking *taking);

/* The whole mail, which came by an address with `c` and is not the automatic mail of a stranger. Commits. */
struct intake_verdict confirming_take(struct taking *taking);
