/* gateway/store/subscribers.h: who hears of a page. */
#pragma once

#include "gateway/store/store.h"

enum subscriber_format { FORMAT_HTML, FORMAT_TEXT, FORMAT_PAGER };
#define SUBSCRIBER_FORMAT_COUNT 3
enum subscriber_kind { SUBSCRIBER_PERSON, SUBSCRIBER_LIST };
enum subscriber_state {
    SUBSCRIBER_PENDING,
    SUBSCRIBER_CONFIRMED,
    SUBSCRIBER_SUSPENDED,
    SUBSCRIBER_UNSUBSCRIBED,
};
#define SUBSCRIBER_STATE_COUNT 4

/* The two lanes of a fan-out. */
enum lane { LANE_PAGER, LANE_MAIL };

struct subscriber {
    int64_t id;
    const char *public_id;
    const char *page_id;
    const char *address;
    enum subscriber_kind kind;
    enum subscriber_format format;
    enum incident_severity severity; /* the least that she hears of */
    const char *const *topics;       /* "c:comp_api", "g:Core"; none: everything */
    size_t topic_count;
    const char *language;  /* "" is the page's */
    const char *time_zone; /* likewise */
    enum subscriber_state state;
    int64_t created_at;
    int64_t confirmed_at; /* 0: never */
};

const char *subscriber_format_name(enum subscriber_format format);
bool subscriber_format_parse(struct text name, enum subscriber_format *format);
const char *subscriber_kind_name(enum subscriber_kind kind);
const char *subscriber_state_name(enum subscriber_state state);

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
/* Newest first; page by page with before_id (0: from the newest). */
bool subscribers_list(struct store *store, struct arena *arena, const struct page *page,
                      int64_t before_id, size_t most, const struct subscriber **subscribers,
                      size_t *count, GError **error);

/* How many will hear of an incident as it stands (severity and components ever), at most `most`: then
 * "at least". Outside of any write transaction. */
bool subscribers_count_for(struct store *store, const struct page *page,
                           const struct incident *incident, size_t most, size_t *count,
                           GError **error);
