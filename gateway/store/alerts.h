/* gateway/store/alerts.h: what monitors say, kept, and done.
 *
 * Both doors, a mail and the clock, go through alerts_settle(): it loads the facts of a cluster, asks
 * alert_judge(), does the plan (store_change() with operators' copies, or a draft with its letters), and
 * remembers when to look again. A storm costs each mail a constant: clusters are judged by indexes. */
#pragma once

#include "gateway/incident/alert.h"
#include "gateway/store/store.h"

/* All borrowed. */
struct alerts_desk {
    struct store *store;
    const struct page *page;
    const struct monitor *const *monitors; /* of all pages */
    size_t monitor_count;
    const struct operator* const * operators;
    size_t operator_count;
    int64_t now;
};

/* Where a report comes from. */
struct alerts_source {
    const struct monitor *monitor;
    const char *proofs;
    const char *client;
    const char *message_id;
    const char *by;       /* who forwarded it: recorded with the proof; "" the monitor itself */
    const char *answered; /* an operator whose answer replaces her copy; "" nobody's */
};

struct alerts_effect {
    enum alert_outcome outcome;
    enum alert_action action;
    const struct decision *decision; /* of a change; NULL: none */
    struct alert_plan plan;          /* what led to it, for `grammar try` */
};

/* One report, and what follows from it; in the open transaction. Also a sign of life. The effect lives
 * in `arena`. A key or detail that is too long is cut (keys stay apart). False: DENIED for a monitor whose
 * policy is of another page, or the store failed. */
bool alerts_hear(const struct alerts_desk *desk, struct arena *arena,
                 const struct alerts_source *source, const struct alert_report *report,
                 struct alerts_effect *effect, GError **error);

/* A mail of the monitor that reports nothing (a test, a heartbeat): a sign of life. In the open
 * transaction. Clears the alert of its silence. */
bool alerts_note_life(const struct alerts_desk *desk, struct arena *arena,
                      const struct alerts_source *source, GError **error);

/* The policy's decision without doing it, for `grammar try`: plan and outcome as alerts_hear() would
 * have them now. What it tries is rolled back: in no transaction of the caller's. */
bool alerts_preview(const struct alerts_desk *desk, struct arena *arena,
                    const struct alerts_source *source, const struct alert_report *report,
                    struct alerts_effect *effect, GError **error);

/* The clock's: clusters that are due, monitors that are silent, summaries of storms for operators;
 * at most `most`, a transaction each. A cluster whose monitor is no longer configured is left alone. */
bool alerts_run_due(const struct alerts_desk *desk, int64_t most, int64_t *done, GError **error);
/* When the next is due; 0: nothing is. */
bool alerts_next(const struct alerts_desk *desk, int64_t *next, GError **error);

/* An operator said `ignore`, or `open` (then what it became), to a draft of this cluster. In the open
 * transaction. */
bool alerts_answer_draft(struct store *store, const struct page *page, int64_t cluster_id,
                         int64_t incident_id, GError **error);

/* Of a page, newest first: for `--json` and `incident show`. */
bool alerts_list(struct store *store, struct arena *arena, const struct listing *listing,
                 const struct alert **alerts, size_t *count, GError **error);

/* Those that an incident is about: open or unstable, or cleared since it was opened; open ones first, in
 * their order, at most so many. Once it has been seen resolved there are none. */
#define INCIDENT_ALERTS_MOST 100
bool alerts_of_incident(struct store *store, struct arena *arena, const struct incident *incident,
                        const struct alert **alerts, size_t *count, GError **error);

/* Clear ones of long ago, drafts that ended: in small steps, a transaction of its own. */
bool alerts_forget(struct store *store, int64_t now, GError **error);
