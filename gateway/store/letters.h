/* gateway/store/letters.h: mails to one person each: answers, copies, questions. */
#pragma once

#include "gateway/incident/letter.h"
#include "gateway/store/store.h"

/* Letters of this priority and above come after all lists: digests. */
#define LETTER_PRIORITY_DIGEST 9

/* In the open transaction, or one of its own. Sets letter->id. due_at before created_at is now. */
bool letters_add(struct store *store, struct letter *letter, GError **error);

/* What was made for a moment that is still to come (`clock --now`) becomes due now. */
bool letters_make_due(struct store *store, int64_t now, GError **error);

struct letter_return {
    const struct page *page;
    int64_t letter_id;
    const char *reason; /* printable, at most 500 bytes */
    int64_t now;
};
/* It came back: failed, with the reason, for `queue` to show. *was_there false: none of the page, or it
 * was not sent. */
bool letters_note_return(struct store *store, const struct letter_return *came_back,
                         bool *was_there, GError **error);

/* A copy of what `decision` tells (its notification, or its note) for each operator of the page that
 * wants one, but not for `but_address` (the author, "" for none), whose answer replaces it. Unsent
 * copies of the same incident to the same operator (but one that a worker has in hand) are replaced:
 * the new one has a fact "missed" for each update that they would have told, by its id, oldest first,
 * at most 100. A note is a letter of its own and never replaced. In the open transaction, or one of its
 * own. */
bool letters_add_copies(struct store *store, const struct page *page,
                        const struct operator* const * operators, size_t operator_count,
                        const struct decision *decision, const char *but_address, int64_t now,
                        GError **error);
