/* gateway/intake/author.h: who wrote a mail, and whether that is proven; private to this folder. */
#pragma once

#include "gateway/intake/taking.h"

/* Sets operator, identity, is_listed and, for an operator of this page, trust. */
void author_judge(struct taking *taking);

/* The row of the table for a listed author whose proofs need our verifier, which said nothing: 451 for
 * at most an hour a mail, then 550. */
struct intake_verdict author_await_verifier(struct taking *taking);

/* A living key under another From is spent, and its owner told. Nothing where no such key came. */
bool author_spend_stolen_key(struct taking *taking, GError **error);

/* The last row: what nobody who is proven wrote. */
struct intake_verdict author_refuse(struct taking *taking);
