/* gateway/compose/desk.h: what the files of this folder share: the templates and how they are read. */
#pragma once

#include "gateway/compose/compose.h"
#include "gateway/mustache/templates.h"

/* Worst case: 256 KiB of source in Markdown that grows eightfold, and its text/plain twin. */
#define DESK_MOST_BYTES ((size_t)8 * 1024 * 1024)

struct compose {
    struct templates *templates;
    const struct secret *secret;
    GTimeZone
        *zone; /* the last reader's, so that GLib keeps it: loading one takes 0.7 ms (measured) */
};

/* Holds an IANA zone until another is held. */
void desk_hold_zone(struct compose *compose, const char *name);

/* "" as the page's. */
static inline const char *desk_or_page(const char *own, const char *page)
{
    return own != NULL && *own != '\0' ? own : page;
}

struct desk_task {
    const char *language;
    const char *name; /* of the template */
    const json_t *values;
};

/* Appends what template NAME.txt, or NAME.html, makes of the values. */
bool desk_render_text(struct compose *compose, const struct desk_task *task, GString *output,
                      GError **error);
bool desk_render_html(struct compose *compose, const struct desk_task *task, GString *output,
                      GError **error);

/* A rendered text without white space at its ends, and with one LF. */
void desk_trim(GString *text);

/* What such a template gave: its first line is the subject, the rest the body, with one LF at its end. */
void desk_split(struct arena *arena, const GString *rendered, const char **subject,
                struct text *body);
