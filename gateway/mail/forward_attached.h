/* gateway/mail/forward_attached.h: the mail that another carries as a part. For forwarded.c. */
#pragma once

#include "gateway/mail/mail.h"

/* The first message/rfc822 (or message/global, or a file *.eml) at the top level or in a multipart that
 * is neither digest, report nor encrypted, parsed under `limits`. NULL: there is none, or it is
 * malformed or beyond a limit. */
const struct mail *forward_attached_parse(struct arena *arena, const struct mail *mail,
                                          const struct mail_limits *limits);
