/* gateway/store/claim_missed.h: what each reader of a claim was not told yet; for the claims alone.
 *
 * A reader was told by an older notification if it concerned her (severity, topics, confirmed before
 * it was made) and it, or a slice of it in her lane, was sent as far as her id, and no exception of
 * hers says otherwise. Her first missed update is the one after the latest notification that told her;
 * the incident's first if none did. The chain of older ones is walked only as far as somebody of the
 * claim is unresolved: usually one step, and one range query for everybody. */
#pragma once

#include "gateway/store/claim_parts.h"

/* Sets first_missed_id of all items. */
bool claim_missed_fill(const struct claim_work *work, struct claim_draft *draft, GError **error);
