/* gateway/mail/flowed.h: text/plain; format=flowed -> text with its paragraphs whole (RFC 3676). */
#pragma once

#include "gateway/base/text.h"

/* Appends `text` to `out`: lines that end with a space are joined with the next of the same quote
 * depth, space-stuffing is undone, quoted lines keep one '>' a level. `is_delsp`: the space at the
 * join goes too (DelSp=yes). "-- " ends no paragraph and begins none. */
void flowed_join(GString *out, struct text text, bool is_delsp);
