/* gateway/store/digest_changes.h: what was told on a page in a span, and whom it concerns; for the
 * digests' files alone. */
#pragma once

#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

/* How far a digest up to a moment reaches. */
struct digest_mark {
    int64_t notification_id;
    int64_t update_id;
};

/* An incident of which something was told: its newest notification in the span. */
struct digest_change {
    int64_t incident_id;
    int64_t notification_id;
    enum incident_severity severity; /* the highest that it had had */
    enum news_kind news;
    const char *const *topics; /* all components that it had had, their groups, and itself */
    size_t topic_count;
    enum notification_kind kind;
    int64_t made_at;
};

struct digest_changes {
    const struct digest_change *rows; /* newest first */
    size_t count;
};

/* Incidents that are looked at in one span. */
#define DIGEST_CHANGES_MOST 1000

/* Keeps how far a digest of now reaches; what was kept for that moment stays. Forgets old ones. In the
 * open transaction. */
bool digest_changes_keep(struct store *store, const struct page *page, int64_t at, GError **error);
/* As it was kept, else by the moments of the notifications. */
bool digest_changes_reach(struct store *store, const struct page *page, int64_t at,
                          struct digest_mark *mark, GError **error);

struct digest_span {
    const struct page *page;
    int64_t after_id; /* notifications behind this one */
    int64_t through_id;
};
bool digest_changes_load(struct store *store, struct arena *arena, const struct digest_span *span,
                         struct digest_changes *changes, GError **error);
/* The newest of the incident through mark->notification_id; notification_id 0: none. */
bool digest_changes_before(struct store *store, struct arena *arena, int64_t incident_id,
                           const struct digest_mark *mark, struct digest_change *change,
                           GError **error);

/* What decides what a digest tells her. */
struct digest_taste {
    const struct subscriber *subscriber; /* topics, severity, kinds, breaks_through */
    const int64_t *muted;                /* ids of incidents, in rising order */
    size_t muted_count;
};
bool digest_changes_taste(struct store *store, struct arena *arena,
                          const struct subscriber *subscriber, struct digest_taste *taste,
                          GError **error);
/* The same string for the same taste. */
char *digest_changes_write_taste(struct arena *arena, const struct digest_taste *taste);

/* Does she hear of it at all? */
bool digest_changes_concern(const struct digest_taste *taste, const struct digest_change *change);
/* And by a digest? */
bool digest_changes_wait(const struct digest_taste *taste, const struct digest_change *change);
