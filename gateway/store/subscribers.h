/* gateway/store/subscribers.h: who hears of a page.
 *
 * Rows of `interest` say who hears what at once; they follow from her row by one function
 * (subscriber_rows.h): none unless she is confirmed, none while a digest or a pause holds her news but
 * critical ones where she lets them break through. A writer is a transaction of its own unless one is
 * open. */
#pragma once

#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

/* Adds a confirmed subscriber; one that was unsubscribed (or is suspended, or pending) comes back with
 * these settings; one that is confirmed is left as it is and *was_there is true. */
bool subscribers_add(struct store *store, const struct subscriber *subscriber, int64_t now,
                     bool *was_there, GError **error);
/* Stores the settings (not address and state) of the one with subscriber->id; who is not of the page is
 * left alone. Her lane follows her format at once only while nothing is being told on the page; else
 * subscribers_settle() moves it. A digest without a moment is due now: the clock gives it one. */
bool subscribers_save(struct store *store, const struct page *page,
                      const struct subscriber *subscriber, int64_t now, GError **error);
/* *was_there false: nobody of that address, or she has left before. */
bool subscribers_remove(struct store *store, const struct page *page, const char *address,
                        int64_t now, bool *was_there, GError **error);
bool subscribers_remove_id(struct store *store, const struct page *page, int64_t id, int64_t now,
                           bool *was_there, GError **error);
/* A confirmed one becomes suspended, a suspended one confirmed: then she hears what is made from now on.
 * Others stay as they are. */
bool subscribers_suspend(struct store *store, int64_t id, int64_t now, GError **error);
bool subscribers_restore(struct store *store, int64_t id, int64_t now, GError **error);

/* True and *subscriber NULL: none. */
bool subscribers_find(struct store *store, struct arena *arena, const struct page *page,
                      const char *address, const struct subscriber **subscriber, GError **error);
bool subscribers_load(struct store *store, struct arena *arena, const struct page *page, int64_t id,
                      const struct subscriber **subscriber, GError **error);
/* Newest first. */
bool subscribers_list(struct store *store, struct arena *arena, const struct listing *listing,
                      const struct subscriber **subscribers, size_t *count, GError **error);

/* Whom a list shows; what is not said does not matter. */
struct subscriber_filter {
    struct listing listing;
    bool has_state;
    enum subscriber_state state;
    bool has_format;
    enum subscriber_format format;
    bool has_kind;
    enum subscriber_kind kind;
    unsigned news;                     /* wants all of these kinds of news; 0: any */
    const struct component *component; /* hears of it: by itself, its group, or everything */
    const char *address_part;          /* in any case; NULL or "": any */
};
/* Newest first. Looks at each subscriber of the listing in turn. */
bool subscribers_search(struct store *store, struct arena *arena,
                        const struct subscriber_filter *filter,
                        const struct subscriber **subscribers, size_t *count, GError **error);

/* Incidents by the numbers that people see; *is_known false: the page has none of that number, nothing
 * was changed. Muted: nothing of it is told to her. Followed: only this one and others that she follows,
 * and when it is over (resolved, and not to be reopened any more) she is unsubscribed. */
struct subscriber_choice {
    const struct page *page;
    int64_t subscriber_id;
    int64_t number;
};
bool subscribers_mute(struct store *store, const struct subscriber_choice *choice, bool *is_known,
                      GError **error);
bool subscribers_unmute(struct store *store, const struct subscriber_choice *choice, bool *is_known,
                        GError **error);
bool subscribers_follow(struct store *store, const struct subscriber_choice *choice, bool *is_known,
                        GError **error);
/* Numbers, in rising order. */
bool subscribers_mutes(struct store *store, struct arena *arena, int64_t subscriber_id,
                       const int64_t **numbers, size_t *count, GError **error);
/* And of those that she follows. */
bool subscribers_followed(struct store *store, struct arena *arena, int64_t subscriber_id,
                          const int64_t **numbers, size_t *count, GError **error);

/* May she be told what can be said, once a day? If so, it is noted that she was. */
bool subscribers_note_answer(struct store *store, int64_t id, int64_t now, bool *may,
                             GError **error);

/* What time does: pauses that are over end (what was made before is not told any more), lanes follow
 * formats while nothing is being told on the page, who followed incidents that are over leaves. At most
 * `most` of each; *done how many rows changed. */
bool subscribers_settle(struct store *store, const struct page *page, int64_t now, int64_t most,
                        int64_t *done, GError **error);

/* How many will hear of an incident as it stands (severity and components ever), at most `most`: then
 * "at least". Outside of any write transaction. */
bool subscribers_count_for(struct store *store, const struct page *page,
                           const struct incident *incident, size_t most, size_t *count,
                           GError **error);
