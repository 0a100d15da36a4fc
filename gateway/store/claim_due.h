/* gateway/store/claim_due.h: exceptions and letters that are due; for the claims alone. */
#pragma once

#include "gateway/store/claim_parts.h"
#include "gateway/store/claim_stretch.h"

/* Letters, ahead of all lists, or (digests) after them: at most CLAIM_LETTERS_MOST, one of each incident
 * and address. */
bool claim_due_letters(const struct claim_work *work, struct claim_draft *draft, GError **error);
bool claim_due_digests(const struct claim_work *work, struct claim_draft *draft, GError **error);

/* Exceptions of one notification, the most severe first; none if a stretch of `urgency` goes before
 * them. What is superseded is dropped on the way. */
bool claim_due_exceptions(const struct claim_work *work, const struct claim_urgency *urgency,
                          struct claim_draft *draft, GError **error);

/* Marks what `draft` holds as in hand in a slice. */
bool claim_due_mark(const struct claim_work *work, const struct claim_draft *draft,
                    int64_t slice_id, GError **error);

/* What is left of a slice that somebody left, behind `after_id`. */
bool claim_due_refill(const struct claim_work *work, int64_t slice_id, int64_t after_id,
                      struct claim_draft *draft, GError **error);
