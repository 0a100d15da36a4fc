/* gateway/intake/intake.h: one mail, from its limits to its answer.
 *
 * What milter and inject share. intake_take() follows the rows of DESIGN section 5 in their order,
 * commits everything that the mail does in one transaction, and only then says so. It runs in a
 * process of its own (worker.h), since a mail can make a library hang or crash. */
#pragma once

#include "gateway/base/error.h"
#include "gateway/base/log.h"
#include "gateway/grammar/grammar.h"
#include "gateway/store/bounces.h"
#include "gateway/store/joins.h"
#include "gateway/store/store.h"
#include "gateway/trust/trust.h"

/* What the door saw. All strings and bytes are borrowed and hostile. */
struct envelope {
    struct session session;
    const char *const *recipients; /* without angle brackets, as the client gave them */
    size_t recipient_count;
    struct text bytes; /* the mail */
};

/* What is configured of an operator beside her identity. */
struct speaker {
    const char *const *forwards_for; /* grammars and monitors' names */
    size_t forwards_for_count;
    const char *const *pagers; /* addresses from which she sends short replies */
    const struct identity *const *pager_identities; /* with their proofs */
    size_t pager_count;
};

struct intake_settings {
    struct store_settings store;
    struct trust_settings trust;
    struct mail_limits mail;
    struct grammar_settings grammar;
    const struct page *const *pages;
    size_t page_count;
    const struct operator* const * operators;
    const struct identity *const *identities; /* of the operators, in their order */
    size_t operator_count;
    /* What each operator may pass on: monitors' names and grammars; in their order. */
    const struct speaker *speakers;
    const struct monitor *const *monitors;
    const struct identity *const
        *monitor_identities; /* in their order; address "" for who has no from: */
    size_t monitor_count;
    int64_t wall_ms;           /* one mail, of the clock: default 20 s */
    int64_t cpu_ms;            /* one mail, of the processor: default 5 s */
    int64_t question_limit;    /* answers that report no change, per address and hour: default 4 */
    int64_t miss_limit;        /* wrong keys per client and hour before 451: default 20 */
    int64_t held_ms;           /* how long a held command waits: default 24 h */
    struct joins_limits joins; /* confirmation letters */
    int64_t contact_limit; /* subscribers' mails to the contact, per writer and hour: default 5 */
    const struct bounce_settings *bounces;
};

/* How far those who will hear are counted for the log. */
#define INTAKE_SUBSCRIBERS_MOST 1000

/* The longest text of a verdict, in characters: one line of an SMTP reply. */
#define INTAKE_TEXT_MOST 300

enum intake_outcome {
    INTAKE_NOT_OURS,
    INTAKE_TAKEN,   /* 250 / 0: committed, or nothing to do */
    INTAKE_REFUSED, /* `code` says how */
};

struct intake_verdict {
    enum intake_outcome outcome;
    enum tocsin_error code; /* with INTAKE_REFUSED */
    const char *smtp;       /* "550" … overrides error_reply(code)'s; "" where it does not */
    const char *enhanced;
    const char *text;  /* one line for the client: a sentence; of what was taken for the log alone,
                                "" mostly */
    bool is_whole;     /* refuse the whole mail, though others' recipients stand in it */
    const char *event; /* for the log: "incident.updated", "mail.refused" … */
    const char *page_id;     /* "" when none */
    const char *incident_id; /* public, "" when none */
    const char *monitor;     /* that spoke; "" when none did */
    bool has_subscribers;    /* it changed an incident: how many will hear is known */
    uint32_t subscribers;    /* INTAKE_SUBSCRIBERS_MOST: at least so many */
};

struct intake;

/* Opens store, grammars and keys; all that lasts longer than one mail. `settings` are borrowed. */
struct intake *intake_open(const struct intake_settings *settings, int64_t now, GError **error);
void intake_close(struct intake *intake);
OWN_DEFINE(intake);

/* Never fails: what goes wrong is a verdict. Lives in `arena`. */
struct intake_verdict intake_take(struct intake *intake, struct arena *arena,
                                  const struct envelope *envelope, int64_t now);

/* How many will hear, for the door's log; left out there where the mail changed nothing. */
struct log_field intake_log_subscribers(const struct intake_verdict *verdict);
/* Likewise which incident, which monitor, and why a mail that was taken did nothing. */
struct log_field intake_log_incident(const struct intake_verdict *verdict);
struct log_field intake_log_monitor(const struct intake_verdict *verdict);
struct log_field intake_log_reason(const struct intake_verdict *verdict);

/* Is this recipient one of ours? The page, NULL: not. For RCPT, before any mail is seen. */
const struct page *intake_find_page(const struct intake_settings *settings,
                                    const struct secret *secret, const char *recipient);
