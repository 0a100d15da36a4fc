/* gateway/intake/addressed.h: which page a mail is for, and what its address says; private to this
 * folder. */
#pragma once

#include "gateway/intake/taking.h"

/* Sets page, keyed and extension from the recipient that says most: a key before a word before the
 * plain address. False: none of the recipients is ours. */
bool addressed_read(struct taking *taking);

/* Looks the reply or confirm key up, whoever wrote. */
bool addressed_find_key(struct taking *taking, GError **error);
