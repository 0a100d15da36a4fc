/* gateway/store/claim_keys.h: the keys in the Reply-To of letters; for the claims alone.
 *
 * They are made when a letter is sent, and again when it is sent again: of the key itself nothing is
 * kept but its hash. */
#pragma once

#include "gateway/store/claim_parts.h"

/* Sets reply_to of each letter that has one: a confirm key's address by its kind and facts, else a reply
 * key's for an operator's answer. */
bool claim_keys_add(const struct claim_work *work, struct claim_draft *draft, GError **error);
