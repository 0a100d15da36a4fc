/* gateway/mail/tree.h: a pre-scanned mail as GMime's tree of parts. For this folder alone. */
#pragma once

#include "gateway/mail/prescan.h"

#include <gmime/gmime.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)

/* NULL: GMime cannot read it. Of the mail's own header it is given what says how the body is written,
 * and nothing else. Whoever walks the tree counts parts and depth. */
GMimeMessage *tree_construct(const struct prescan *prescan);

bool tree_is_type(GMimeObject *object, const char *major, const char *minor);

/* Says of itself that it is a file: Content-Disposition: attachment, or a name. */
bool tree_is_attached(GMimeObject *object);

/* The decoded bytes of a part; `memory` owns them. */
struct text tree_read_content(GMimePart *part, GMimeStream *memory);

/* The text of a text/plain or text/html part as UTF-8, flowed lines joined, HTML turned to text; appended
 * to `out`, which then holds at most a little more than `limits` allow. */
void tree_write_plain(GString *out, GMimePart *part, const struct mail_limits *limits);
void tree_write_html(GString *out, GMimePart *part, const struct mail_limits *limits);
