/* gateway/store/maintenances.h: the times of scheduled maintenance.
 *
 * A maintenance is changed as an incident is, by store_change(); here it is loaded and saved beside its
 * incident, found by its invitation, and done what the clock has to do. */
#pragma once

#include "gateway/store/store.h"

/* Sets incident->maintenance where it is one. */
bool maintenances_load(struct store *store, struct arena *arena, struct incident *incident,
                       GError **error);
/* In the open transaction. `page` says when the clock is to look. */
bool maintenances_save(struct store *store, const struct page *page,
                       const struct incident *incident, int64_t now, GError **error);

/* 0: no invitation of that UID made one on this page. */
bool maintenances_find_invited(struct store *store, const struct page *page, const char *uid,
                               int64_t *incident_id, GError **error);

/* Whom the steps that the clock makes are copied to. */
struct maintenances_desk {
    struct store *store;
    const struct page *page;
    const struct operator* const * operators;
    size_t operator_count;
};
/* At most `most` that are due at `now`: reminded of, begun, completed, a transaction each. */
bool maintenances_run_due(const struct maintenances_desk *desk, int64_t now, int64_t most,
                          int64_t *done, GError **error);
/* *at when the next one is due; 0: none. */
bool maintenances_next(struct store *store, const struct page *page, int64_t *at, GError **error);
