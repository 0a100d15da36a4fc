/* gateway/mail/forward_author.h: the From line that a mail program wrote for people. For forwarded.c. */
#pragma once

#include "gateway/mail/mail.h"

/* The one address in it: `name <address>` with any name, "mailto:" and "On Behalf Of …" left out, stars of
 * bold text too. NULL: `error` (INPUT) says why; it holds no address, or two. */
const struct mail_address *forward_author_parse(struct arena *arena, const char *value,
                                                GError **error);

/* "<mailto:ada@example.com>" and "[mailto:ada@example.com]" as "<ada@example.com>". */
const char *forward_author_plain(struct arena *arena, const char *value);
