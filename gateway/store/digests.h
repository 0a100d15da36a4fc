/* gateway/store/digests.h: one mail with what changed, for who does not want each. */
#pragma once

#include "gateway/incident/digest.h"
#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

/* For at most `most` subscribers of the page whose digest is due: a LETTER_DIGEST (facts "since",
 * "until": milliseconds) where anything that she hears of changed since hers was last sent, and the
 * next moment in her row either way. Who waits longest is first. A transaction of its own; *done how
 * many rows were looked at. */
bool digests_run_due(struct store *store, const struct page *page, int64_t now, int64_t most,
                     int64_t *done, GError **error);

/* What a digest of these wishes tells: filters, mutes, kinds as for notifications (highest severity
 * and components ever, as of `until`). What came to her at once (breaks_through) is in it no more. */
bool digests_load(struct store *store, struct arena *arena, const struct page *page,
                  const struct subscriber *subscriber, int64_t since, int64_t until,
                  struct digest *digest, GError **error);
