/* gateway/incident/monitor.h: what watches our services and mails us, and the policy for what it says;
 * as configured. */
#pragma once

#include "gateway/incident/incident.h"

/* Which alerts share an incident. */
enum alert_group {
    ALERT_GROUP_MONITOR,   /* all of one monitor; the default */
    ALERT_GROUP_NONE,      /* each key has its own */
    ALERT_GROUP_COMPONENT, /* all of monitors that name the same first component */
    ALERT_GROUP_PAGE,      /* all of the page's monitors that say so */
};
#define ALERT_GROUP_COUNT 4

/* At most so many within a span; 0: as many as there are. */
struct alert_limit {
    int64_t most;
    int64_t within_ms;
};

struct alert_policy {
    bool
        creates_incident; /* false: operators are asked, and nothing is told before one of them says so */
    const char *page_id;
    const char *const *component_ids; /* none: the incident affects no component */
    size_t component_count;
    bool has_severity; /* false: the alert's own, else major */
    enum incident_severity severity;
    int64_t open_after_alerts;   /* problem mails of one alert before it counts; at least 1 */
    int64_t open_after_ms;       /* and how long it must have been a problem */
    bool resolves_on_clear;      /* default true */
    int64_t resolve_after_ms;    /* how long all must have been clear */
    struct alert_limit flapping; /* so many changes of state make a key unstable; default none */
    bool updates_on_change;      /* a higher severity is told; a lower one never is */
    enum alert_group group;
    bool
        is_suppressed_by_maintenance; /* default true: alerts of a component under maintenance open nothing */
    bool is_quiet_after_human;
    bool
        identifies_on_acknowledge; /* `acknowledge: identified`; else an acknowledgement is a note */
    int64_t expect_every_ms;       /* dead man: 0 is none */
    struct alert_limit incidents;  /* opened; default 10 within 1 h, then one for all others */
    struct alert_limit
        updates; /* notifications of one incident by monitors; default 6 within 1 h, then
                                       folded into the next */
    /* Templates of what subscribers read, over the groups of the rule, the alert's fields, {{monitor}},
     * {{component}} and {{severity}}; NULL: words in the page's language. */
    const char *title;
    const char *update;
    const char *resolved;
};

/* `match: { host: '^api' }`: a group of the rule, and what it must hold. */
struct monitor_match {
    const char *group;
    const char *pattern;
};

struct monitor {
    const char *name; /* "Production API" */
    const char
        *address; /* its From; "" when none is configured: then anybody who is proven as a monitor
                            or an operator may name it, and, where its proofs hold `network`, any mail
                            from there */
    const char
        *grammar; /* "": all that are shipped for monitors, the site's first, then the generic */
    const struct monitor_match *matches; /* all must fit */
    size_t match_count;
    const char *const
        *forwards_for; /* grammars and monitors' names that it may speak for in a forward */
    size_t forwards_for_count;
    struct alert_policy policy;
};

/* "monitor", "none", "component", "page". */
const char *alert_group_name(enum alert_group group);
