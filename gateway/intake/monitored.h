/* gateway/intake/monitored.h: what a mail says of monitors' alerts, and which monitor says it; private to
 * this folder.
 *
 * Nothing here asks who wrote: the caller knows for which monitors the mail may speak. */
#pragma once

#include "gateway/intake/taking.h"

/* One alert, and by whose policy. */
struct monitored_alert {
    const struct monitor *monitor;
    const struct grammar_alert *alert;
};

struct monitored {
    const struct mail *mail;              /* that was read: the one that came, or one within it */
    const struct reading *reading;        /* NULL: no grammar makes anything of it */
    const struct monitor *monitor;        /* the first that it fits */
    const struct monitored_alert *alerts; /* none with `ignore`: the monitor is alive, no more */
    size_t alert_count;
    const struct rule_failure *failures; /* rules that broke a limit */
    size_t failure_count;
};

/* Monitors among which one is looked for. */
struct monitored_among {
    const struct monitor *const *monitors;
    size_t count;
};

/* The first of them whose grammar understands the mail and whose `match:` fits; each alert of a mail that
 * holds several goes to the first that it fits. False: none. Failures are set either way. */
bool monitored_read(const struct taking *taking, const struct mail *mail,
                    struct monitored_among among, struct monitored *monitored);

/* Likewise by one grammar, whatever the monitors' own are. */
bool monitored_read_by(const struct taking *taking, const struct mail *mail, const char *grammar,
                       struct monitored_among among, struct monitored *monitored);

/* By the generic grammar's words: of those whose name the mail holds, the one with the longest. */
bool monitored_read_named(const struct taking *taking, const struct mail *mail,
                          enum generic_scope scope, struct monitored_among among,
                          struct monitored *monitored);

/* The page's monitors without `from:` that generic words may name. */
struct monitored_among monitored_nameable(const struct taking *taking);
