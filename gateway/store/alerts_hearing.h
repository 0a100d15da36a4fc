/* gateway/store/alerts_hearing.h: a report on its way into the store; for this folder alone. */
#pragma once

#include "gateway/store/alerts_settle.h"

/* One report and what follows, without its being a sign of life. In the open transaction. */
bool alerts_hearing_take(const struct settling *settling, const struct alert_report *report,
                         struct alerts_effect *effect, GError **error);
