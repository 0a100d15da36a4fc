/* gateway/mail/footer.h: what stands below a mail's own text without being it. For newtext.c alone.
 *
 * All drop lines by `is_dropped`, and only where little follows: a rule between two paragraphs, a list
 * of "-- points" and a sentence that begins with "Sent from" stay. */
#pragma once

#include "gateway/mail/lines.h"

/* Drops the signature below "-- " (RFC 3676 section 4.3), "--" or an em dash, and a mailing list's
 * footer below underscores. Gives the number of lines that stay. */
size_t footer_cut_delimited(const struct lines *lines, size_t count);

/* Drops, from the end of the first `count` lines upwards: empty lines, rules, mobile footers, "-Ada",
 * a closing with a name; and mobile footers that stand alone between empty lines. */
void footer_drop(const struct lines *lines, size_t count);
