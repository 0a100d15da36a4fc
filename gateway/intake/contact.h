/* gateway/intake/contact.h: what subscribers write that is no command; private to this folder. */
#pragma once

#include "gateway/intake/taking.h"

/* The row of DESIGN section 5: a subscriber's mail, or a person's reply to a mail of ours, goes to the
 * page's contact, and never into an incident. False: it is neither. Commits. */
bool contact_fits(struct taking *taking, struct intake_verdict *verdict);
