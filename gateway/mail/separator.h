/* gateway/mail/separator.h: what mail programs put before a mail that they append whole. For newtext.c
 * alone. */
#pragma once

#include "gateway/mail/lines.h"

/* Whether a header block as Outlook puts before a mail ("From: … Sent: … Subject: …") begins at line
 * `first`, in any language of the table. Two forms are believed: a From and a Subject line among at
 * least three, or a From line with an address among at least two. */
bool separator_begins_headers(const struct lines *lines, size_t first);

/* "-----Original Message-----", "Begin forwarded message:", "Reply above this line" and their kin. */
bool separator_is_line(const struct line *line);

/* A line of nothing but dashes, underscores, equals signs. */
bool separator_is_rule(const struct line *line);
