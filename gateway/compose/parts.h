/* gateway/compose/parts.h: MIME parts (RFC 2045, 2046), from the MIME-Version field on. Everything is
 * 7-bit, in CRLF, and in UTF-8 that is encoded as quoted-printable, or ASCII as it is. */
#pragma once

#include "gateway/base/text.h"

/* One text/plain. `slot` as in quoted.h. */
void parts_write_text(GString *output, struct text text, const char *slot);

/* multipart/alternative of text/plain and text/html; the reader's program shows the last it can. */
void parts_write_alternative(GString *output, struct text text, struct text html, const char *slot);

/* One text/plain of one line, for pagers: ASCII as it is where it can be, since many gateways to pagers
 * know nothing else. */
void parts_write_line(GString *output, const char *line);
