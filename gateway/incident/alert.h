/* gateway/incident/alert.h: the rules of alerts: what a monitor says, and what its policy makes of it.
 *
 * Two steps, both pure. alert_hear() takes one report to one alert, open or clear per (monitor, key).
 * alert_judge() then looks at a *cluster*, all alerts that share an incident, and says what is to happen
 * now, and when to look again: it judges what is, not what has just come, so that the clock asks the
 * same question as a mail does and asking twice does nothing twice. */
#pragma once

#include "gateway/incident/decide.h"
#include "gateway/incident/monitor.h"

/* The longest key and the monitor's own words that are kept, in bytes. */
#define ALERT_KEY_MOST    500
#define ALERT_DETAIL_MOST 2000
/* Changes of state that are remembered. */
#define ALERT_CHANGES_MOST 20
/* A moment that a mail names counts unless it is later than its arrival by more than this … */
#define ALERT_AHEAD_MOST MINUTE_MS
/* … or earlier by more than this. */
#define ALERT_BEHIND_MOST DAY_MS

enum alert_word { ALERT_PROBLEM, ALERT_CLEARED, ALERT_ACKNOWLEDGED };

/* What one mail says of one alert. Strings are "" where it says nothing. */
struct alert_report {
    enum alert_word word;
    const char *key;
    bool has_severity;
    enum incident_severity severity;
    int64_t named_at;   /* the moment that the mail names; 0: none */
    int64_t arrived_at; /* now */
    const char *detail; /* the monitor's own words; private */
    const char *who;    /* acknowledged by */
    const char *title;  /* public, by the policy's templates; "" default words */
    const char *update;
    const char *resolved;
};

struct alert {
    int64_t id;          /* 0 before it was stored */
    const char *monitor; /* its name */
    const char *key;
    bool is_open;                    /* what the monitor said last */
    enum incident_severity severity; /* while open: the highest since it opened */
    bool has_severity;
    int64_t opened_at;  /* arrival of the problem that opened it last */
    int64_t cleared_at; /* arrival of the last clear; 0 never */
    int64_t said_at;    /* moment of the last word that counted: named, else arrival */
    int64_t count;      /* problem mails since it opened */
    int64_t changes[ALERT_CHANGES_MOST]; /* of state, newest first */
    size_t change_count;
    int64_t unstable_until; /* 0: it is not unstable; counts as open until then */
    const char *detail;
    const char *title; /* as the reports: of the last problem; `resolved` of the last clear */
    const char *update;
    const char *resolved;
};

enum alert_outcome {
    ALERT_OPENED,
    ALERT_COUNTED,      /* a problem that is known */
    ALERT_WORSENED,     /* likewise, with a higher severity */
    ALERT_CLOSED,       /* cleared */
    ALERT_NOTHING_OPEN, /* a clear, or an acknowledgement, of what is not open */
    ALERT_STALE,        /* older than what was heard already */
    ALERT_NOTED,        /* an acknowledgement */
};
#define ALERT_OUTCOME_COUNT 7

struct alert_heard {
    enum alert_outcome outcome;
    struct alert alert; /* as it is to be; with STALE as it was, with NOTHING_OPEN but for said_at:
                           a clear that overtook its problem is remembered, so that the problem is stale */
};

/* `before` NULL: a key never heard of; then alert.monitor is "". A moment that a mail names orders it, else
 * its arrival does; of equal moments (whole seconds cover their second) the later arrival counts. A problem
 * that is late for an open alert is counted where it names a moment after the last clear. */
struct alert_heard alert_hear(const struct alert_policy *policy, const struct alert *before,
                              const struct alert_report *report);

/* When an alert that counts is ripe, whatever else comes; 0: it needs more mails. */
int64_t alert_ripe_at(const struct alert_policy *policy, const struct alert *alert);

/* What names the cluster of an alert: "monitor NAME", "alert NAME KEY", "component ID", "page"; with
 * " asked" behind a group of several, those whose policy asks operators first: what waits for a person's
 * word holds nothing back that is to be published at once. */
char *alert_cluster(struct arena *arena, const struct monitor *monitor, const char *key);
/* The one for all that is over policy->incidents: "many NAME". */
char *alert_cluster_of_many(struct arena *arena, const struct monitor *monitor);
/* The key of the alert that says that a monitor is silent. */
#define ALERT_KEY_SILENT "(no sign of life)"

/* What is known of a cluster, for one judgement. An alert *counts* when it is open or unstable; it is
 * *ripe* when its policy's open_after is reached too. */
struct alert_facts {
    const struct page *page;
    const struct monitor *monitor; /* whose report or time it is: its policy rules */
    bool is_many;                  /* the cluster of all that is over the limit */
    int64_t counting;
    int64_t ripe;
    int64_t ripens_at; /* the first that counts and is not ripe will be; 0: none will by time */
    const struct alert *lead;        /* the ripe one that opened first; NULL: none is ripe */
    bool has_severity;               /* of the ripe ones */
    enum incident_severity severity; /* the highest */
    bool is_unstable;                /* one of those that count */
    int64_t stable_at;    /* the last moment at which one stops being unstable; 0: none */
    int64_t clear_since;  /* the latest cleared_at, where none counts; 0 */
    const char *resolved; /* of the one that cleared last; "" default words */
    /* Of a group of several monitors: those with a ripe alert, but for those whose component is under
     * maintenance. None: `monitor` speaks alone. */
    const struct monitor *const *members;
    size_t member_count;
    const struct incident
        *incident;     /* that the cluster opened, or an operator for it, and that is not
                                        resolved; NULL: none */
    bool was_human;    /* an operator has posted to it publicly */
    bool was_unstable; /* it was said already that it is */
    bool was_noted;    /* operators were told of this clearing, or of the last, already */
    enum incident_severity
        noted_severity;        /* that operators alone were told of already; minor: none */
    bool is_asked;             /* a draft waits for an operator's word */
    bool is_declined;          /* an operator said `ignore`, and it has not cleared since */
    bool is_under_maintenance; /* one of the policy's components, or a member's */
    int64_t incidents;         /* opened by this policy within policy->incidents.within_ms */
    int64_t told; /* notifications by monitors of this incident within policy->updates.within_ms */
    int64_t told_first_at; /* the first of these */
};

enum alert_action {
    ALERT_DO_NOTHING,
    ALERT_DO_CHANGE, /* `command`: open, update or resolve, or a private note */
    ALERT_DO_ASK, /* operators, with a draft of title, message, severity and components of `command` */
    ALERT_DO_WITHDRAW, /* the draft that waits: it is clear again */
    ALERT_DO_OVERFLOW, /* the cluster of many takes it */
};

struct alert_plan {
    enum alert_action action;
    const struct command
        *command;       /* with CHANGE and ASK; actor: the monitor's, its client and proofs "". The
                           monitor's own words (key, detail) are its note, of ASK too */
    bool says_unstable; /* to be remembered with the cluster */
    bool says_cleared;  /* likewise was_noted */
    bool says_again;    /* was_noted is to be forgotten: operators know that it came back */
    bool says_worse;    /* likewise noted_severity: the facts' */
    int64_t next_at;    /* when to judge again, whatever comes; 0: nothing is known */
};

/* Does nothing where what should be is. What monitors tell of one incident is limited (policy->updates):
 * the last of it is kept for its end, the rest waits, and is told with the next. */
struct alert_plan alert_judge(struct arena *arena, const struct alert_facts *facts, int64_t now);

/* What an acknowledgement of `alert` by `who` ("" nobody named) makes: a note, or `identified`, or nothing
 * where there is no incident. */
struct alert_plan alert_acknowledge(struct arena *arena, const struct alert_facts *facts,
                                    const struct alert *alert, const char *who);

/* For operators: so many alerts now, so many of them new since the last word. */
struct alert_plan alert_summarise(struct arena *arena, const struct alert_facts *facts,
                                  int64_t joined);

const char *alert_outcome_name(enum alert_outcome outcome); /* "opened" … for the log */
