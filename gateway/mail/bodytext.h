/* gateway/mail/bodytext.h: the text of a mail, out of its MIME tree. */
#pragma once

#include "gateway/mail/prescan.h"

struct body {
    const char *text; /* cleaned; at most limits->text_bytes */
    bool was_cut;
    bool is_report;                 /* multipart/report, or a type that only reports have */
    const char *const *attachments; /* attachments.h */
    size_t attachment_count;
};

/* The text that a reader sees first: text/plain before HTML in an alternative, the first part of a
 * signed, related or reporting multipart, the texts of a mixed one in their order. Attachments and
 * messages inside are not read. False: `error` is INPUT or LIMIT (depth, parts). */
bool bodytext_read(struct arena *arena, const struct prescan *prescan,
                   const struct mail_limits *limits, struct body *body, GError **error);
