/* gateway/intake/reporting.h: what monitors said becomes reports of alerts, and what follows from them is
 * done; private to this folder. */
#pragma once

#include "gateway/intake/monitored.h"
#include "gateway/store/alerts.h"

/* By whose word: a monitor's own mail, or that of who forwards or names it. */
struct reporting_source {
    const char *proofs;
    const char
        *by; /* an operator's address, or "monitor:NAME" that forwarded; "" the monitor itself */
    bool is_answered; /* `by` is: then her answer replaces her copy */
};

/* What came of one mail. */
struct reporting_outcome {
    struct alerts_effect *effects;   /* in the order of monitored->alerts */
    const char **keys;               /* likewise */
    size_t main;                     /* the one that weighs most */
    const struct decision *decision; /* of that; NULL: nothing changed */
    const char *event;               /* for the log */
};

/* Of one alert. Strings are cleaned and limited; our own keys are taken out of them. */
struct alert_report reporting_make(const struct taking *taking, const struct monitored *monitored,
                                   const struct monitored_alert *one);

/* All that the mail says, or that its monitor is alive, in the open transaction. Sets taking->decision. */
bool reporting_do(struct taking *taking, const struct monitored *monitored,
                  const struct reporting_source *source, struct reporting_outcome *outcome,
                  GError **error);

/* A mail of which no grammar makes anything is a sign of life of those of whom signs are expected. */
bool reporting_note_life(const struct taking *taking, struct monitored_among among,
                         const struct reporting_source *source, GError **error);
