/* gateway/store/subscribers.h: who hears of a page. */
#pragma once

#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

/* Adds a confirmed subscriber; one that was unsubscribed comes back with these wishes; one that is
 * confirmed is left as it is and *was_there is true. A transaction of its own unless one is open. */
bool subscribers_add(struct store *store, const struct subscriber *subscriber, int64_t now,
                     bool *was_there, GError **error);
/* *was_there false: no confirmed or pending subscriber of that address. */
bool subscribers_remove(struct store *store, const struct page *page, const char *address,
                        int64_t now, bool *was_there, GError **error);
bool subscribers_remove_id(struct store *store, const struct page *page, int64_t id, int64_t now,
                           bool *was_there, GError **error);
/* True and *subscriber NULL: none. */
bool subscribers_find(struct store *store, struct arena *arena, const struct page *page,
                      const char *address, const struct subscriber **subscriber, GError **error);
bool subscribers_load(struct store *store, struct arena *arena, const struct page *page, int64_t id,
                      const struct subscriber **subscriber, GError **error);
/* Newest first. */
bool subscribers_list(struct store *store, struct arena *arena, const struct listing *listing,
                      const struct subscriber **subscribers, size_t *count, GError **error);

/* How many will hear of an incident as it stands (severity and components ever), at most `most`: then
 * "at least". Outside of any write transaction. */
bool subscribers_count_for(struct store *store, const struct page *page,
                           const struct incident *incident, size_t most, size_t *count,
                           GError **error);
