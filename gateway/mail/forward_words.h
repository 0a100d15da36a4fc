/* gateway/mail/forward_words.h: the words by which mail programs introduce a mail that they pass on, in
 * en, de, fr, es and ja. For forwarded.c and what it is made of. */
#pragma once

#include "gateway/mail/lines.h"

enum forward_field {
    FORWARD_NO_FIELD,
    FORWARD_FROM,
    FORWARD_SUBJECT,
    FORWARD_DATE,
    FORWARD_TO,
    FORWARD_CC,
    FORWARD_OTHER_FIELD, /* Reply-To, Importance, attachments … */
};
#define FORWARD_FIELD_COUNT 7

/* What header line of a passed on mail that is: "Von: …", "*Subject:* …", "差出人：…". */
enum forward_field forward_find_field(const struct line *line);

/* "---------- Forwarded message ---------", "Anfang der weitergeleiteten Nachricht:" and their kin. Not
 * "-----Original Message-----": replies begin so too. */
bool forward_is_marker(const struct line *line);

enum forward_prefix { FORWARD_NO_PREFIX, FORWARD_PREFIX_REPLY, FORWARD_PREFIX_PASSED };

/* The outermost prefix of a subject, behind bracketed words: "[EXT] WG: Re: Down" is passed on. */
enum forward_prefix forward_find_prefix(const char *subject);
