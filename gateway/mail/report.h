/* gateway/mail/report.h: what a machine reports about a mail of ours.
 *
 * Delivery reports (RFC 3464, 6522; international: RFC 6533), complaints (ARF: RFC 5965, 6591),
 * disposition notifications (RFC 8098). Nothing here is believed: a report is unauthenticated, and what
 * proves that it is about a mail of ours is the keyed address that it came to, or that stands in the
 * returned part. Bounces in older forms have no such parts: gateway/grammar/undelivered.h reads their text. */
#pragma once

#include "gateway/mail/mail.h"

enum report_kind {
    REPORT_NONE,     /* no multipart/report, or a broken one */
    REPORT_DELIVERY, /* multipart/report; report-type=delivery-status */
    REPORT_COMPLAINT, /* feedback-report, of a kind that is a complaint: abuse, fraud, virus, other … */
    REPORT_FEEDBACK,    /* another feedback-report: not-spam, auth-failure, dmarc … */
    REPORT_DISPOSITION, /* disposition-notification */
};

enum report_action {
    REPORT_FAILED,
    REPORT_DELAYED,
    REPORT_OTHER /* delivered, relayed, expanded */
};

/* One group of fields about a recipient (RFC 3464 section 2.3); a complaint's Original-Rcpt-To, perhaps
 * redacted (RFC 6590), with REPORT_OTHER. */
struct report_recipient {
    const char *
        address; /* Original-Recipient's, else Final-Recipient's: xtext and utf-8 decoded, local@domain, or as it stands */
    const char *final_address; /* Final-Recipient's */
    enum report_action action;
    const char *status;     /* "5.1.1"; "" when none or malformed */
    const char *diagnostic; /* Diagnostic-Code, one clean line, at most 500 bytes */
};
#define REPORT_RECIPIENTS_MOST 200

struct report {
    enum report_kind kind;
    const struct report_recipient *recipients;
    size_t recipient_count;
    const char *envelope_id;   /* Original-Envelope-Id; "" */
    const char *feedback_type; /* "abuse", lower case; "" */
    const char *text; /* of all texts (HTML turned to text), in order, with the second part and the
                         header of what is returned: what older forms are read from; at most
                         limits->text_bytes */
    /* Of the returned mail or its headers: "" when it holds none. */
    const char *returned_path;        /* Return-Path, or a complaint's Original-Mail-From, without
                                         angle brackets */
    const char *returned_message_id;  /* without angle brackets */
    const char *returned_unsubscribe; /* List-Unsubscribe, as it stands */
    const char *returned_to;          /* the first address of To */
};

/* Parses `mail` (mail_parse() has taken it) once more for its report parts. Never fails: what is broken
 * is left out. */
const struct report *mail_read_report(struct arena *arena, const struct mail *mail,
                                      const struct mail_limits *limits);
