/* gateway/view/escape.h: URLs as they stand in HTML (text: text_escape_html()). */
#pragma once

#include <glib.h>

/* Appends a URL for an attribute in double quotes: what may not stand in one (RFC 3986) as %XX. It does
 * not judge the scheme. */
void escape_write_url(GString *html, const char *url);
