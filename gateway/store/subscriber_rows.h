/* gateway/store/subscriber_rows.h: how a subscriber's rows are written; for this folder alone.
 *
 * All in the open transaction. */
#pragma once

#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

/* What of a row decides whether and how it changes; id 0: there is none. */
struct subscriber_row {
    int64_t id;
    enum subscriber_state state;
};

/* Whose row it is: by address, or (NULL) by id. */
struct subscriber_whose {
    const char *page_id;
    const char *address;
    int64_t id;
};

bool subscriber_rows_find(struct store *store, const struct subscriber_whose *whose,
                          struct subscriber_row *row, GError **error);

/* Makes `row` (id 0: a new one, and its id is set) a confirmed subscriber of these settings: what bounced
 * and what was muted before is forgotten. */
bool subscriber_rows_enrol(struct store *store, const struct subscriber *subscriber, int64_t now,
                           struct subscriber_row *row, GError **error);
/* Settings and topics of subscriber->id. */
bool subscriber_rows_save(struct store *store, const struct subscriber *subscriber, int64_t now,
                          GError **error);
bool subscriber_rows_leave(struct store *store, int64_t id, int64_t now, GError **error);

/* Deletes her and everything that refers to her. */
bool subscriber_rows_delete(struct store *store, int64_t id, GError **error);

bool subscriber_rows_set_topics(struct store *store, int64_t id, const char *const *topics,
                                size_t count, GError **error);

/* Rewrites her rows of `interest` from her row and topics: at her severity where she hears at once; of
 * critical news alone where a digest or a pause lets it through; else none. So the claims honour pause
 * and digest without a look. */
bool subscriber_rows_refresh_interest(struct store *store, int64_t id, GError **error);

/* Runs `SQL … id = ?1` for her. */
struct statements_table;
bool subscriber_rows_run(struct store *store, const struct statements_table *table, size_t query,
                         int64_t id, GError **error);
