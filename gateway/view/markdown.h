/* gateway/view/markdown.h: what people wrote, as HTML or as one line.
 *
 * Updates are CommonMark, as people write it in mail: a single newline stays a line break. The HTML
 * has no tags but p br em strong code pre blockquote ul ol li h1 to h6 hr a, no attributes but href
 * of http, https or mailto (and start of ol); raw HTML appears as the text that it is; an image is a
 * link to it, with its alternative text (security A52). The text/plain form of an update is its source. */
#pragma once

#include "gateway/base/text.h"

#define MARKDOWN_MOST_SOURCE_BYTES ((size_t)64 * 1024)
#define MARKDOWN_MOST_DEPTH        50
#define MARKDOWN_MOST_HTML_BYTES   ((size_t)512 * 1024)

/* Never NULL. Source beyond its limits (size, nesting of quotations and lists, size of the HTML) is
 * not understood but shown as it stands, escaped, in paragraphs; what of it exceeds 64 KiB is cut,
 * with an ellipsis (security A54). `source` is valid UTF-8 without control characters. */
char *markdown_to_html(struct arena *arena, const char *source);

/* The first paragraph or heading without its markup, as one line of at most `most_characters`: at
 * the end of a sentence where one fits, else at a word, with an ellipsis. "" if there is no text. */
char *markdown_to_line(struct arena *arena, const char *source, size_t most_characters);

/* `text` with & < > " ' escaped. */
char *markdown_escape_html(struct arena *arena, struct text text);
