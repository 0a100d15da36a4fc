/* gateway/mail/htmltext.h: an HTML part -> the text that its reader sees.
 *
 * What is not shown is left out: style, script, head, comments, elements hidden by their own style
 * (display:none, visibility:hidden, font-size:0, max-height:0, opacity:0, mso-hide) or `hidden`; a
 * style sheet's rules are not followed. Quotation (blockquote; the reply wrappers of Gmail, Outlook,
 * Yahoo, Apple, Thunderbird, Proton, Zoho) and the signature elements of these clients are marked by
 * '>' at the line's begin, so that newtext_cut() takes them for what they are. A link is its text and,
 * where that is not the address, the address in angle brackets. */
#pragma once

#include "gateway/base/text.h"

/* Appends the text of `html` (UTF-8) to `out`, until that holds `most_bytes` or a little more; there it
 * may end inside a character. */
void htmltext_write(GString *out, struct text html, size_t most_bytes);
