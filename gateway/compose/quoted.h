/* gateway/compose/quoted.h: a body in quoted-printable (RFC 2045 section 6.7), or in 7bit where it is so
 * already.
 *
 * Lines of `text` end in LF; what is written ends them in CRLF and never holds a bare CR or LF: a CR in
 * the text is encoded (security A10). A leading "." and a leading "From " are encoded as well, for
 * relays that stumble over them. Lines have at most 76 octets. */
#pragma once

#include "gateway/base/text.h"

/* May `text` go as it is: ASCII, lines of at most 76, nothing that a relay would change? `slot` is a
 * stand-in ("" for none), counted as SLOT_MOST characters. */
bool quoted_is_needless(struct text text, const char *slot);

/* Appends `text`; each occurrence of `slot` stands on a line of its own, between soft line breaks, so
 * that what is put in its place needs no encoding. The last line ends in CRLF. */
void quoted_write(GString *output, struct text text, const char *slot);

/* Appends `text`, of which quoted_is_needless() said so. */
void quoted_write_plain(GString *output, struct text text);
