/* gateway/store/alerts_life.h: monitors that are expected to be heard from; for this folder alone. */
#pragma once

#include "gateway/store/alerts.h"

/* The monitor was heard. In the open transaction. */
bool alerts_life_note(const struct alerts_desk *desk, const struct monitor *monitor,
                      GError **error);

/* When the monitor becomes silent; 0: it is expected no more than others, or never heard. */
bool alerts_life_silent_at(const struct alerts_desk *desk, const struct monitor *monitor,
                           int64_t *silent_at, GError **error);

/* Of the monitor's silence, or its end. */
struct alert_report alerts_life_report(struct arena *arena, const struct alerts_desk *desk,
                                       const struct monitor *monitor, enum alert_word word);
