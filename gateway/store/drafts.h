/* gateway/store/drafts.h: incidents that wait for an operator's word.
 *
 * Made from an alert whose policy publishes nothing by itself, or from a provider's notice that an operator
 * forwarded. Its letters (LETTER_DRAFT) go to operators with a reply key of the draft: the first reply
 * `open` or `ignore` ends it for all. */
#pragma once

#include "gateway/incident/letter.h"
#include "gateway/store/store.h"

enum draft_kind { DRAFT_ALERT, DRAFT_NOTICE };

struct draft_row {
    int64_t id;
    enum draft_kind kind;
    int64_t cluster_id; /* 0: none */
    const char *source; /* "monitor:NAME", an operator's address */
    const char *title;
    const char *message;
    enum incident_severity severity;
    const char *const *component_ids;
    size_t component_count;
    const char *detail;  /* private */
    int64_t incident_id; /* what it became; 0: nothing */
    int64_t created_at;
    int64_t ended_at; /* 0: it waits */
    const char *ended_by;
};

/* In the open transaction. Sets draft->id. */
bool drafts_add(struct store *store, const struct page *page, struct draft_row *draft,
                GError **error);
/* True and *draft NULL: none of this page. */
bool drafts_find(struct store *store, struct arena *arena, const struct page *page, int64_t id,
                 const struct draft_row **draft, GError **error);
struct draft_end {
    const char *by;
    int64_t incident_id; /* what it became; 0: nothing */
    int64_t now;
};
/* In the open transaction; *was_waiting false: another ended it before. Its letters that wait are not
 * sent. */
bool drafts_end(struct store *store, const struct draft_row *draft, const struct draft_end *end,
                bool *was_waiting, GError **error);

/* The waiting one of a cluster; *id 0: none. */
bool drafts_find_waiting(struct store *store, int64_t cluster_id, int64_t *id, GError **error);

/* LETTER_DRAFT to each operator of the page who wants mail, but not to `but_address` ("" for none). In the
 * open transaction, after drafts_add(). */
struct draft_round {
    struct store *store;
    const struct page *page;
    const struct operator* const * operators;
    size_t operator_count;
    const char *but_address;
    int64_t now;
};
bool drafts_ask(const struct draft_round *round, const struct draft_row *draft, GError **error);

/* The private words of those that ended before `before`: at most `most`. */
bool drafts_forget(struct store *store, int64_t before, int64_t most, GError **error);
