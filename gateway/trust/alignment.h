/* gateway/trust/alignment.h: does a domain that passed speak for the domain of From? (notes A19)
 *
 * Strict: the two are equal. Relaxed (both are the same parent or lie below it) only for parents that
 * the configuration lists, so that no list of public suffixes is needed. */
#pragma once

#include "gateway/trust/trust.h"

/* A domain without a dot is aligned with nothing. */
bool alignment_holds(const struct trust_settings *settings, struct text passed, struct text from);

/* Is `domain` this parent, or below it? "evil-example.com" is not below "example.com". */
bool alignment_is_within(struct text domain, struct text parent);

/* What stands behind the last @; all where there is none. */
struct text alignment_domain(struct text address);
