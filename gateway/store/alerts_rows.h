/* gateway/store/alerts_rows.h: alerts as rows; for this folder alone. */
#pragma once

#include "gateway/store/alerts.h"

struct alert_row {
    struct alert alert; /* id 0: there is none yet */
    int64_t cluster_id;
    bool counts;     /* open, or held open */
    int64_t ripe_at; /* 0: see the schema */
};

/* *row untouched but for its id 0 where there is none. */
bool alerts_rows_find(struct store *store, struct arena *arena, const struct monitor *monitor,
                      const char *key, struct alert_row *row, GError **error);
/* Adds or changes; sets its id. */
bool alerts_rows_save(struct store *store, const struct page *page, struct alert_row *row,
                      GError **error);

/* From one cluster to another: all that count. */
bool alerts_rows_move(struct store *store, int64_t from_cluster, int64_t to_cluster,
                      GError **error);
/* Those that are no longer held open. */
bool alerts_rows_release(struct store *store, int64_t cluster_id, int64_t now, GError **error);
/* Somebody resolved their incident: they open none again. */
bool alerts_rows_spend(struct store *store, int64_t cluster_id, int64_t resolved_at,
                       GError **error);
