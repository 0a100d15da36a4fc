/* gateway/store/letters.h: mails to one person each: answers, copies, questions. */
#pragma once

#include "gateway/incident/letter.h"
#include "gateway/store/store.h"

/* In the open transaction. Sets letter->id. */
bool letters_add(struct store *store, struct letter *letter, GError **error);

/* A copy of what `decision` tells (its notification, or its note) for each operator of the page that
 * wants one, but not for `but_address` (the author, "" for none), whose answer replaces it. An unsent
 * copy of the same incident to the same operator is replaced. */
bool letters_add_copies(struct store *store, const struct page *page,
                        const struct operator* const * operators, size_t operator_count,
                        const struct decision *decision, const char *but_address, int64_t now,
                        GError **error);
