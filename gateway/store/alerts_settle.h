/* gateway/store/alerts_settle.h: what is to be made of a cluster, and its doing; for this folder alone. */
#pragma once

#include "gateway/store/alerts_cluster.h"

/* All borrowed. */
struct settling {
    const struct alerts_desk *desk;
    struct arena *arena;
    const struct alerts_source *source;
    bool has_joined; /* an alert opened just now */
    bool is_dry;     /* nothing is done: only the plan is asked for */
};

/* Judges `cluster`, which becomes that of many where the plan says so, and does the plan; it is saved. In
 * the open transaction. */
bool alerts_settle(const struct settling *settling, struct cluster *cluster,
                   struct alert_plan *plan, const struct decision **decision, GError **error);

/* Does a plan that is not alert_judge()'s: an acknowledgement's. */
bool alerts_settle_change(const struct settling *settling, const struct command *command,
                          const struct decision **decision, GError **error);

/* When operators are told how many there are now; 0: nothing is new. */
int64_t alerts_settle_summary_at(const struct cluster *cluster);
