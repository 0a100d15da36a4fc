/* gateway/intake/obeying.h: words that mean one thing to everybody, whoever writes them; private to this
 * folder. */
#pragma once

#include "gateway/intake/visitor.h"

/* The row of DESIGN section 5: `subscribe`, `unsubscribe`, `confirm`, `preferences`, `help`, and what a
 * subscriber writes that looks like a command and is none. False: it is none of these. Commits. */
bool obeying_fits(struct taking *taking, struct intake_verdict *verdict);
