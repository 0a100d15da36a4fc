/* gateway/mail/prescan.h: what must be known of a mail's bytes before GMime sees them.
 *
 * One pass, linear in the size: GMime makes a part of 1.3 KB from four bytes, loops for ever on some
 * parameters, and reads two mails into one where the header block is ambiguous. The scan refuses what
 * is malformed and what is beyond the limits, and follows the MIME structure by its boundary lines
 * (no deeper than limits->depth) to count parts.
 *
 * Malformed (INPUT): empty; NUL anywhere; a bare CR, or CRLF and bare LF mixed, in the header block; a
 * header line that is no field; a second Content-Type, Content-Transfer-Encoding, Subject, Date or
 * Message-ID; a multipart without boundary. Beyond a limit (LIMIT): the message, header block, one
 * field, their number, parameters, depth, parts, lines that begin with "--". Two From fields are
 * counted, not refused: the caller decides. A leading byte order mark and a leading
 * mbox line ("From ada@example.com Tue …") are no part of the mail. */
#pragma once

#include "gateway/mail/mail.h"

struct prescan {
    const struct mail_field *fields;
    size_t field_count;
    size_t from_count;     /* From, also written `From :` */
    size_t received_count; /* Received: a loop from 26 on */
    struct text body;      /* behind the header block's empty line; empty when there is none */
};

/* False: `error` is INPUT or LIMIT. The fields' values are unfolded into `arena`. */
bool prescan_run(struct arena *arena, struct text bytes, const struct mail_limits *limits,
                 struct prescan *prescan, GError **error);

/* Walks the raw fields of a header block, for any bytes, without judging them. `*rest` begins at a
 * field (or at the empty line, or anywhere). Gives name and raw value (line ends and folding inside)
 * of the next; a line that is no field has an empty name and is the value. False at the empty line,
 * which is taken off `rest`, and at the end. */
bool prescan_next_field(struct text *rest, struct text *name, struct text *raw_value);
