/* gateway/mail/charset.h: bytes of any charset -> UTF-8.
 *
 * Charsets are those of a table: what mail really uses. An unknown, missing or wrong name is never
 * fatal: the bytes are then UTF-8 if they are valid UTF-8, else windows-1252. UTF-7 is not among them
 * on purpose (notes A56). Bytes that do not fit become U+FFFD. */
#pragma once

#include "gateway/base/text.h"

/* Appends `bytes` to `out` as valid UTF-8; stops once `out` holds `most_bytes` or a little more.
 * `charset` is NULL where none was named. */
void charset_convert(GString *out, struct text bytes, const char *charset, size_t most_bytes);
