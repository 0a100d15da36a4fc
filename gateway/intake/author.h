/* gateway/intake/author.h: who wrote a mail, and whether that is proven; private to this folder. */
#pragma once

#include "gateway/intake/taking.h"

/* Sets operator, identity, is_listed and, for an operator of this page, trust. */
void author_judge(struct taking *taking);

/* Is From proven? An operator of this page by what its configuration names; anybody else by her login,
 * or by a signature of her domain that covers our address (then trust is what that found). */
bool author_is_proven(struct taking *taking);

/* The row of the table for a listed author whose proofs need our verifier, which said nothing: 451 for
 * at most an hour a mail, then 550. */
struct intake_verdict author_await_verifier(struct taking *taking);

/* Automatic mail of nobody who is proven: taken without effect, but refused at an address whose key is
 * wrong, expired or spent, as a bounce with a made-up key is (notes A46). */
struct intake_verdict author_drop_automatic(struct taking *taking);

/* Mail by a key that is wrong, expired, spent or unknown, of nobody who is proven. */
struct intake_verdict author_refuse_key(struct taking *taking);

/* The last row: what nobody who is proven wrote. A living key that it came by is spent. */
struct intake_verdict author_refuse(struct taking *taking);
