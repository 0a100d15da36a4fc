/* gateway/base/base32.h: bytes as letters that survive a mail server.
 *
 * Base32 is RFC 4648's alphabet in lower case without padding: mail servers may fold the case of an
 * address. */
#pragma once

#include "gateway/base/text.h"

/* ceil(size * 8 / 5) letters. */
char *base32_write(struct arena *arena, const void *bytes, size_t size);
/* Accepts either case; false where a letter is none of the alphabet, the length does not fit
 * exactly `size` bytes, or unused bits are set. */
bool base32_parse(struct text text, void *bytes, size_t size);

/* Two digits a byte, lower case. */
char *hex_write(struct arena *arena, const void *bytes, size_t size);
