/* gateway/view/escape.h: text and URLs as they stand in HTML. */
#pragma once

#include "gateway/base/text.h"

/* Appends `text` with & < > " ' escaped: for content and for attributes in quotes. */
void escape_write_text(GString *html, struct text text);

/* Appends a URL for an attribute in double quotes: what may not stand in one (RFC 3986) as %XX. It does
 * not judge the scheme. */
void escape_write_url(GString *html, const char *url);
