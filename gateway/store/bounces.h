/* gateway/store/bounces.h: what came back, and what it does to a subscription.
 *
 * A report is unauthenticated; who calls has proven that it is about a delivery of ours, by its keyed
 * address. A score with decay: `permanent` failures of the address on different days (`apart`) within
 * `within` suspend; temporary ones do when they began `temporary` ago and have gone on since. What is
 * older counts no more, and a delivery that a relay takes after it had refused resets (only what was
 * said in the dialogue: a smart host takes everything). */
#pragma once

#include "gateway/incident/subscriber.h"
#include "gateway/store/store.h"

struct bounce_settings {
    int64_t permanent;    /* how many suspend: default 2 */
    int64_t within_ms;    /* default 7 days */
    int64_t apart_ms;     /* several within this count once: default 1 day */
    int64_t temporary_ms; /* temporary failures for so long suspend: default 5 days */
    int64_t probe_ms; /* between suspension and the first probe, and from probe to probe: 3 days */
    int64_t probes;   /* that came back, and she is unsubscribed: default 3 */
    int64_t silence_ms;  /* a probe that did not bounce for so long: mail works again; 2 days */
    int64_t domain_most; /* refusals by policy of different people of a domain that pause it: 5 */
    int64_t domain_ms;   /* for how long: default 1 hour */
};
extern const struct bounce_settings bounce_settings_default;

/* With what a report is judged; all borrowed. */
struct bounce_desk {
    struct store *store;
    const struct secret *secret;
    const struct page *page;
    const struct bounce_settings *settings;
    int64_t now;
};

struct bounce {
    int64_t subscriber_id;   /* 0 with a letter: whose the letter is */
    int64_t notification_id; /* 0: of a letter */
    int64_t letter_id;       /* 0: of a notification */
    bool is_permanent;
    bool is_delayed; /* its delivery is still being tried: no probe counts as come back */
    bool in_dialogue;
    const char *status; /* "5.1.1"; "" when none was given */
    const char *words;  /* printable, at most 500 bytes */
};

enum bounce_effect {
    BOUNCE_NOTHING, /* nobody's, a delivery that never was, counted before, or not the address's
                         fault (5.6, 5.7 …) */
    BOUNCE_COUNTED,
    BOUNCE_SUSPENDED, /* with this one */
    BOUNCE_REMOVED,   /* a probe came back for the last time */
};

/* Does a code say that the address fails (DESIGN section 8): 5.1.1, .2, .3, .6, .10, 5.2.1 permanently;
 * 4.x.x but 4.6 and 4.7, 5.2.2 (full) and 5.4.7 (expired) temporarily; neither: the relay's or ours. */
enum bounce_fault { BOUNCE_FAULT_OURS, BOUNCE_FAULT_TEMPORARY, BOUNCE_FAULT_PERMANENT };
enum bounce_fault bounce_judge_status(const char *status);

/* A status that is given judges, with `is_permanent` only where both say so; without one (a bare 550)
 * `is_permanent` alone. In the open transaction, or one of its own. */
bool bounces_note(const struct bounce_desk *desk, const struct bounce *bounce,
                  enum bounce_effect *effect, GError **error);
/* A relay took a mail to her: what it said before in the dialogue is forgotten. */
bool bounces_reset(struct store *store, int64_t subscriber_id, GError **error);

/* Complained: unsubscribed, and suppressed. *was_there false: she had left before. */
bool bounces_complain(const struct bounce_desk *desk, int64_t subscriber_id, const char *source,
                      bool *was_there, GError **error);

/* What came back longer than 90 days ago: a few at a time. */
bool bounces_forget(struct store *store, int64_t now, GError **error);
/* Of the page: probes, restorations and removals that are due, letters with them. At most `most` subscribers a call; *done how many. */
bool bounces_run_due(const struct bounce_desk *desk, int64_t most, int64_t *done, GError **error);

struct bounce_row {
    int64_t at;
    bool is_permanent;
    bool in_dialogue;
    const char *status;
    const char *words;
};
struct bounce_score {
    int64_t permanent;             /* that count today */
    int64_t temporary_since;       /* 0: none */
    const struct bounce_row *rows; /* newest first, at most 20 */
    size_t row_count;
    int64_t suspended_at; /* 0: not */
    int64_t probed_at;    /* 0: not */
    int64_t probe_count;
};
/* desk->secret is not used. */
bool bounces_score(const struct bounce_desk *desk, struct arena *arena, int64_t subscriber_id,
                   struct bounce_score *score, GError **error);
