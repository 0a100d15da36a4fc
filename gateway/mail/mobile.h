/* gateway/mail/mobile.h: the line that a mail program puts below a mail: "Sent from my iPhone". For
 * footer.c alone. */
#pragma once

#include "gateway/mail/lines.h"

/* By words of many languages, at most nine of them, and the name of a product or device: a sentence
 * that begins with "Sent from" is none. */
bool mobile_is_footer(const struct line *line);
