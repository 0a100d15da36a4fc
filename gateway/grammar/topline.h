/* gateway/grammar/topline.h: the commands at the top of a text, and the text below them.
 *
 * From the top, after an optional greeting: `Word: text` lines, `#word`, and plain forms ("RESOLVED - all
 * good"), blank lines between them aside. The first line that is none of these begins the text; once a
 * command brought text of its own ("Identified: the balancer"), a blank line ends the commands, too, and
 * all that follows `Private:` is the note. */
#pragma once

#include "gateway/grammar/said.h"

enum line_outcome {
    LINE_IS_TEXT,
    LINE_IS_TAKEN,
    LINE_IS_ASKED, /* looks like a command but is none: said->question */
};

/* Reads one line, a subject or the next of a text. A `Word:` line or `#word` alone counts where `has_text`. */
enum line_outcome topline_read_one(struct said *said, struct text line, bool has_text);

/* Reads a whole text into `said`. */
void topline_read(struct said *said, const char *text);
