#include "gateway/cli/incident_alerts.h"

#include "gateway/base/moment.h"

#include <inttypes.h>
#include <stdio.h>

#define DETAIL_CHARACTERS 200

bool incident_alerts_load(struct store *store, struct arena *arena, const struct incident *incident,
                          struct incident_alerts *alerts, GError **error)
{
    return alerts_of_incident(store, arena, incident, &alerts->at, &alerts->count, error);
}

static const char *state_of(const struct alert *alert)
{
    if (alert->unstable_until > 0)
        return "unstable";
    return alert->is_open ? "open" : "clear";
}

void incident_alerts_print(struct arena *arena, const struct page *page,
                           const struct incident_alerts *alerts)
{
    if (alerts->count > 0)
        (void)printf("\n");
    for (size_t i = 0; i < alerts->count; i++) {
        const struct alert *alert = &alerts->at[i];
        const char *detail = text_clean_line(arena, text_of(alert->detail), DETAIL_CHARACTERS);
        (void)printf(
            "alert %s: %s %s since %s, told %" PRId64 " time%s%s%s\n", alert->monitor,
            text_clean_line(arena, text_of(alert->key), DETAIL_CHARACTERS), state_of(alert),
            moment_write_local(arena, alert->is_open ? alert->opened_at : alert->cleared_at,
                               page->time_zone),
            alert->count, alert->count == 1 ? "" : "s", *detail == '\0' ? "" : "\n  ", detail);
    }
    if (alerts->count == INCIDENT_ALERTS_MOST)
        (void)printf("(no more than %d alerts are shown)\n", INCIDENT_ALERTS_MOST);
}

json_t *incident_alerts_json(struct arena *arena, const struct incident_alerts *alerts)
{
    json_t *list = json_array();

    for (size_t i = 0; i < alerts->count; i++) {
        const struct alert *alert = &alerts->at[i];
        (void)json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s?, s:I, s:s, s:s?, s:s}", "monitor", alert->monitor,
                      "key", alert->key, "state", state_of(alert), "severity",
                      alert->has_severity ? incident_severity_name(alert->severity) : NULL, "count",
                      (json_int_t)alert->count, "opened_at",
                      moment_write_iso(arena, alert->opened_at), "cleared_at",
                      alert->cleared_at == 0 ? NULL : moment_write_iso(arena, alert->cleared_at),
                      "detail", alert->detail));
    }
    return list;
}
