/* gateway/mail/attachments.h: what a mail carries besides its text, by name. */
#pragma once

#include "gateway/mail/tree.h"

#define ATTACHMENTS_MOST 20

/* The names of the parts that are not read as text, in their order, at most ATTACHMENTS_MOST and not
 * beyond `limits`; *count is set. A name is one clean line without folders, at most 100 characters;
 * what has none is called by its type ("image/png"). Signatures and a report's parts are no attachments. */
const char *const *attachments_list(struct arena *arena, GMimeObject *top,
                                    const struct mail_limits *limits, size_t *count);
