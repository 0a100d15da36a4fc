/* gateway/compose/desk.h: what the files of this folder share: the templates and how they are read. */
#pragma once

#include "gateway/compose/compose.h"
#include "gateway/mustache/templates.h"

/* Worst case: 256 KiB of source in Markdown that grows eightfold, and its text/plain twin. */
#define DESK_MOST_BYTES (8 * 1024 * 1024)

struct compose {
    struct templates *templates;
    const struct secret *secret;
};

/* "" as the page's. */
static inline const char *desk_or_page(const char *own, const char *page)
{
    return own != NULL && *own != '\0' ? own : page;
}

/* Appends template NAME.txt, or NAME.html. */
bool desk_render_text(struct compose *compose, const char *language, const char *name,
                      const json_t *values, GString *output, GError **error);
bool desk_render_html(struct compose *compose, const char *language, const char *name,
                      const json_t *values, GString *output, GError **error);

/* A rendered text without white space at its ends, and with one LF. */
void desk_trim(GString *text);
