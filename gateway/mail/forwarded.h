/* gateway/mail/forwarded.h: the mail within a mail that somebody, or something, passed on.
 *
 *     attached    message/rfc822 (RFC 2046 section 5.2.1) or a file *.eml, the first
 *     inline      quoted below a line such as "---------- Forwarded message ---------" with header lines,
 *                 as Gmail, Outlook, Apple Mail and Thunderbird write it, in en, de, fr, es and ja
 *     resent      Resent-From (RFC 5322 section 3.6.6): From is still the monitor's, so the mail is its own
 *     listed      through a mailing list that wrote its own address into From: X-Original-From, Reply-To,
 *                 or "Name via List"
 * Asked in this order. Nothing of an inner mail is proven: it chooses grammar and monitor, while the
 * forwarder is who must be believed. */
#pragma once

#include "gateway/mail/mail.h"

enum forward_kind { FORWARD_ATTACHED, FORWARD_INLINE, FORWARD_RESENT, FORWARD_LISTED };
#define FORWARD_KIND_COUNT 4

struct forwarded {
    enum forward_kind kind; /* of the outermost */
    /* The inner one: From, Subject, Date and text at least; for RESENT and LISTED the same text with the
     * author's own address as From. An inline one has no bytes (`raw` is empty), its `fields` are the
     * From, Subject, Date, To and Cc that were quoted, `date_at` is 0 unless a zone stood there. */
    const struct mail *mail;
    const char *forwarder; /* RESENT: Resent-From's address; else "" */
    const char *comment;   /* the forwarder's own words before it; "" when none */
};

/* NULL: it is no forward. Never fails otherwise: an attached mail that is malformed is none. Forwards of
 * forwards are followed, at most 3 deep: the innermost is returned, with the outermost's kind, forwarder
 * and comment. */
const struct forwarded *mail_forwarded(struct arena *arena, const struct mail *mail,
                                       const struct mail_limits *limits);

const char *forward_kind_name(enum forward_kind kind); /* "attached" … */
