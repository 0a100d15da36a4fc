/* gateway/intake/noticing.h: an operator forwards what somebody else says of his own trouble; private to
 * this folder. */
#pragma once

#include "gateway/intake/naming.h"

/* Keeps it as a draft and asks her alone, in the open transaction; a notice that all is well is no
 * draft. *event says what became of it. */
bool noticing_ask(struct taking *taking, const struct mail *mail,
                  const struct naming_notice *notice, const char **event, GError **error);
