/* gateway/store/digests.h: one mail with what changed, for who does not want each.
 *
 * A digest tells of notifications: what was changed silently is part of the stories, but makes none. How
 * far it reaches is kept as ids (digest_mark), so that a change that is committed late is neither lost
 * nor told twice. */
#pragma once

#include "gateway/incident/digest.h"
#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

/* The most that one mail tells: the most severe, then the newest. */
#define DIGEST_STORIES_MOST 100
#define DIGEST_UPDATES_MOST 100 /* of all stories together, but each tells its last */

/* For at most `most` subscribers of the page whose digest is due: a LETTER_DIGEST (facts "since",
 * "until": milliseconds) where anything that she hears of changed since hers was last sent, and the
 * next moment in her row either way. Who is paused waits, and is told of all of it afterwards. Who waits
 * longest is first. A transaction of its own, none where nobody is due; *done how many rows were looked
 * at. All that is due at once should be given the same `now`: then it is rendered once. */
bool digests_run_due(struct store *store, const struct page *page, int64_t now, int64_t most,
                     int64_t *done, GError **error);
/* *at when the next one is due; 0: none. */
bool digests_next(struct store *store, const struct page *page, int64_t *at, GError **error);

/* What a digest of these wishes tells: filters, mutes, kinds as for notifications (highest severity
 * and components ever, as of `until`). What came to her at once (breaks_through) is in it no more.
 * page, since and until are given; the stories are filled in. */
bool digests_load(struct store *store, struct arena *arena, const struct subscriber *subscriber,
                  struct digest *digest, GError **error);

/* The same string for subscribers to whom digests of the same page and span tell the same. */
bool digests_find_taste(struct store *store, struct arena *arena,
                        const struct subscriber *subscriber, const char **taste, GError **error);
