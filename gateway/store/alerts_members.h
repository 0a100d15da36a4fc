/* gateway/store/alerts_members.h: which monitors speak in a cluster of several; for this folder alone. */
#pragma once

#include "gateway/store/alerts_cluster.h"

/* Sets facts->members, where the group of facts->monitor has several; and facts->is_under_maintenance, where a
 * maintenance keeps one of them silent. */
bool alerts_members_load(const struct alerts_desk *desk, struct arena *arena,
                         const struct cluster *cluster, struct alert_facts *facts, GError **error);

/* Is one of the policy's components under maintenance? */
bool alerts_members_look_for_maintenance(struct store *store, const struct alert_policy *policy,
                                         bool *is_under, GError **error);
