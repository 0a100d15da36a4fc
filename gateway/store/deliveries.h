/* gateway/store/deliveries.h: "why did I get nothing?" */
#pragma once

#include "gateway/incident/decide.h"
#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

enum delivery_outcome {
    DELIVERED,           /* sent between opened_at and closed_at, by relay */
    DELIVERY_UNDERWAY,   /* in a slice that is open, or not reached yet */
    DELIVERY_DEFERRED,   /* due again; `reason` */
    DELIVERY_FAILED,     /* `reason` */
    DELIVERY_SUPERSEDED, /* stopped for a newer one */
    DELIVERY_FILTERED,   /* from here on: by today's preferences */
    DELIVERY_KIND_UNWANTED,
    DELIVERY_MUTED,
    DELIVERY_PAUSED,
    DELIVERY_SUSPENDED,
    DELIVERY_IN_DIGEST,
    DELIVERY_NOT_YET_CONFIRMED, /* she confirmed after it was made */
    DELIVERY_LEFT,
};
#define DELIVERY_OUTCOME_COUNT 13

struct delivery {
    int64_t notification_id;
    int64_t incident_number;
    const char *title;
    enum notification_kind kind;
    int64_t made_at;
    enum delivery_outcome outcome;
    bool is_by_todays_preferences;
    int64_t opened_at; /* DELIVERED: of the slice; 0 when not known */
    int64_t closed_at;
    const char *relay;
    const char *reason;
};

const char *delivery_outcome_name(enum delivery_outcome outcome); /* "sent", "filtered" … */

struct deliveries_wish {
    const struct page *page;
    const struct subscriber *subscriber; /* as she is now */
    int64_t since;
    size_t most;
};

/* Of each notification of the page since then, newest first, at most so many. Lives in `arena`. */
bool deliveries_list(struct store *store, struct arena *arena, const struct deliveries_wish *wish,
                     const struct delivery **deliveries, size_t *count, GError **error);

/* What slices said of notifications that were told longer than 31 days ago: a few at a time. */
bool deliveries_forget(struct store *store, int64_t now, GError **error);
