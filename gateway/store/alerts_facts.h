/* gateway/store/alerts_facts.h: what is known of a cluster, for alert_judge(); for this folder alone. */
#pragma once

#include "gateway/store/alerts_cluster.h"

/* The facts of `cluster` under the policy of `monitor`. Each query is by index and reads a row or a few:
 * `counting` and `ripe` are 1 for "some". What time has changed is written first: alerts that are no longer
 * held open, and an incident that somebody resolved, which the cluster then parts from. */
bool alerts_facts_load(const struct alerts_desk *desk, struct arena *arena,
                       const struct monitor *monitor, struct cluster *cluster,
                       struct alert_facts *facts, GError **error);

/* facts->counting becomes how many they are; for summaries. */
bool alerts_facts_count(struct store *store, const struct cluster *cluster,
                        struct alert_facts *facts, GError **error);

/* One more incident opened, or asked for, by this policy. */
bool alerts_facts_note_opening(const struct alerts_desk *desk, const struct monitor *monitor,
                               GError **error);
