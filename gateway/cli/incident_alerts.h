/* gateway/cli/incident_alerts.h: the alerts of an incident that monitors opened, as `incident show` shows
 * them. */
#pragma once

#include "gateway/cli/print.h"
#include "gateway/store/alerts.h"

struct incident_alerts {
    const struct alert *at;
    size_t count;
};

bool incident_alerts_load(struct store *store, struct arena *arena, const struct incident *incident,
                          struct incident_alerts *alerts, GError **error);

void incident_alerts_print(struct arena *arena, const struct page *page,
                           const struct incident_alerts *alerts);

json_t *incident_alerts_json(struct arena *arena, const struct incident_alerts *alerts);
