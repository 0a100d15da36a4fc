/* gateway/mail/automatic.h: whether a mail was sent by a program (DESIGN section 6, RFC 3834). */
#pragma once

#include "gateway/mail/mail.h"

/* Received lines from which a mail runs in a circle: far fewer than RFC 5321 section 6.3's hundred. */
#define AUTOMATIC_HOPS 26

/* Judges by header fields and the decoded subject; `mail->is_report` must be set. Gives a reason for
 * any but MAIL_BY_PERSON, else NULL. */
enum mail_automatic automatic_decide(const struct mail *mail, const char **reason);

/* Whether the header is that of a bounce, DMARC or TLS report that came as no multipart/report. */
bool automatic_is_report(const struct mail *mail);
