/* gateway/mail/decode.h: header values -> strings, ids, moments. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

/* GMime's own start, once a process; all of this folder that calls GMime comes by here. */
void decode_start(void);

/* A raw value (unfolded) with its encoded words decoded (RFC 2047), cleaned to one line of at most
 * `most_characters`. Raw 8-bit bytes are UTF-8 if they are valid, else windows-1252. */
const char *decode_header(struct arena *arena, struct text value, size_t most_characters);

/* Takes the next `<id>` of a Message-ID, In-Reply-To or References value off `rest`, and gives the id
 * without its brackets; NULL at the end. What is no id (spaces, brackets, bytes outside printable
 * ASCII, more than 998 of them) is passed over. */
const char *decode_next_id(struct arena *arena, struct text *rest);

/* Date's moment in milliseconds, 0 when there is none. */
int64_t decode_date(struct text value);
