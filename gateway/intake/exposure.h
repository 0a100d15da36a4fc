/* gateway/intake/exposure.h: reply keys that others have seen (notes A27); private to this folder. */
#pragma once

#include "gateway/intake/taking.h"

/* Spends a living key that came under another From than its owner's, or in a To or Cc beside other
 * recipients, and tells its owner, who gets a new one. Nothing for automatic mail, whose author nobody
 * is. In the open transaction. */
bool exposure_settle(struct taking *taking, GError **error);
