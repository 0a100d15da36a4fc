/* gateway/store/claim_parts.h: what the claims' files share; for them alone.
 *
 * claims.c is what the sender calls; claim_stretch finds the next of a lane, claim_due exceptions and
 * letters that are due, claim_missed what their readers missed, claim_slice opens, takes over and
 * closes. All of it runs in one BEGIN IMMEDIATE of claims.c. */
#pragma once

#include "gateway/store/claims.h"
#include "gateway/store/progress.h"
#include "gateway/store/statements.h"

#define CLAIM_LETTERS_MOST 10

struct claims {
    struct claims_settings settings;
    int folder; /* state/slices */
};

/* One transaction of theirs. */
struct claim_work {
    struct claims *claims;
    struct arena *arena;
    const struct claims_wish *wish; /* NULL when closing */
    int64_t now;
};

/* A notification as the claims need it. */
struct claim_news {
    int64_t id;
    int64_t incident_id;
    int64_t update_id;
    enum incident_severity severity;
    enum news_kind kind;
    int64_t created_at;
    int64_t horizon;
    const struct page *page; /* NULL: not one of ours */
    bool is_told_now;        /* it is the newest, and not done */
};

/* Items that grow; struct claim_item each. */
struct claim_draft {
    enum claim_kind kind;
    struct claim_news news; /* id 0 for letters */
    enum lane lane;
    int64_t first_id; /* a stretch's: where it begins and ends */
    int64_t last_id;
    GArray *items;
};

const struct page *claim_find_page(const struct claim_work *work, const char *page_id);
/* True and news->id 0: there is none. */
bool claim_load_news(const struct claim_work *work, int64_t id, struct claim_news *news,
                     GError **error);
/* Says in `claim` (NULL: none) whether anybody's domain must be looked up: asked once a slice. */
bool claim_look_at_domains(const struct claim_work *work, const struct claim *claim,
                           GError **error);
/* Adds the subscriber if she is to hear of `news`: confirmed before it was made, wants its kind, has not
 * muted its incident, and hears at once (or it is critical, and breaks through). */
bool claim_add_subscriber(const struct claim_work *work, struct claim_draft *draft,
                          int64_t subscriber_id, GError **error);
