/* gateway/intake/ours.h: what is this installation's own: addresses, ids, mail; private to this folder. */
#pragma once

#include "gateway/intake/taking.h"

/* Any page's, with any extension. */
bool ours_is_address(const struct taking *taking, const char *address);

/* Did we send that mail: from an address of ours, with an id of ours, or with our loop mark? */
bool ours_is_mail(const struct taking *taking, const struct mail *mail);

/* Does it answer a mail of ours, or go on in its thread? */
bool ours_is_answered(const struct taking *taking, const struct mail *mail);
