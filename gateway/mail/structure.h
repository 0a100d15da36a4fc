/* gateway/mail/structure.h: the MIME structure of a mail's raw bytes, as far as limits go.
 *
 * Follows header blocks and boundary lines in one pass, with a stack of the boundaries that are open.
 * It decodes nothing and makes nothing: it only refuses what would cost GMime time or memory (measured:
 * 1.75 million parts and 2.3 GB from 10 MB). It reads boundaries at least as generously as GMime, so
 * that it may count a part too many, never one too few. */
#pragma once

#include "gateway/mail/mail.h"

/* The fields of one header block that say what its body is. */
struct structure_type {
    bool is_multipart;
    bool is_message; /* message/rfc822, message/global: its body begins with a header block */
    bool is_digest;  /* multipart/digest: a part's default type is message/rfc822 */
    struct text boundary;
};

/* Reads a raw Content-Type value. False: `error` is INPUT (multipart without boundary) or LIMIT. */
bool structure_read_type(struct text value, const struct mail_limits *limits,
                         struct structure_type *type, GError **error);

/* Number and size of the parameters of a raw Content-Type or Content-Disposition value. */
bool structure_check_parameters(struct text value, const struct mail_limits *limits,
                                GError **error);

/* Walks the body of a mail whose own header block says `type`. */
bool structure_check(struct text body, const struct structure_type *type,
                     const struct mail_limits *limits, GError **error);
