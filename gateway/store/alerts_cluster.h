/* gateway/store/alerts_cluster.h: clusters of alerts as rows; for this folder alone. */
#pragma once

#include "gateway/store/alerts.h"

struct cluster {
    int64_t id;
    const char *name;
    const char *monitor; /* whose policy ruled last */
    int64_t incident_id; /* 0: none that is open, as far as was seen */
    bool was_unstable;
    bool was_noted;
    bool is_declined;
    enum incident_severity noted_severity;
    int64_t joined; /* alerts that operators were not told of yet */
    int64_t joined_since;
    int64_t joined_at;
    int64_t judge_at; /* 0: not by time */
};

/* Makes it where there is none. */
bool alerts_cluster_find(struct store *store, struct arena *arena, const struct monitor *monitor,
                         const char *name, struct cluster *cluster, GError **error);
/* Its id is 0: there is none of the page. */
bool alerts_cluster_load(struct store *store, struct arena *arena, const struct page *page,
                         int64_t id, struct cluster *cluster, GError **error);
bool alerts_cluster_save(struct store *store, const struct cluster *cluster, GError **error);

/* The first that is due; *id 0: none is. */
bool alerts_cluster_find_due(struct store *store, const struct page *page, int64_t now, int64_t *id,
                             GError **error);
/* When the first will be; 0: none. */
bool alerts_cluster_next(struct store *store, const struct page *page, int64_t *at, GError **error);

/* One more alert came to an incident that is open; where none is, nothing. */
void alerts_cluster_join(struct cluster *cluster, int64_t now);
/* As it was loaded: nothing to be saved. */
bool alerts_cluster_is_same(const struct cluster *one, const struct cluster *other);
/* One that has seen its incident end forgets what was of it. */
void alerts_cluster_part(struct cluster *cluster);
