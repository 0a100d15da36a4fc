/* gateway/cli/mailfile.h: a mail from a file, or from standard input. */
#pragma once

#include "gateway/base/error.h"
#include "gateway/mail/mail.h"

/* `file` "-": standard input. NULL: `error` (MISSING, INPUT or LIMIT) names the file. */
const struct mail *mailfile_read(struct arena *arena, const char *file, GError **error);
