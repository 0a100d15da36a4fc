/* gateway/compose/rendering.h: one mail for many readers of one audience, while it is rendered. */
#pragma once

#include "gateway/compose/desk.h"
#include "gateway/compose/splice.h"
#include "gateway/compose/values.h"

struct rendering {
    struct compose *compose;
    struct arena *arena;
    const struct page *page;
    enum subscriber_format format;
    const char *language;
    const char *time_zone;
    struct stand_ins stand_ins;
    const char *slots[SLOT_COUNT]; /* stand-ins, or values; a list has no SLOT_UNSUBSCRIBE: "" */
    const json_t *values;          /* for the templates; the caller sets it */
    GString *output;               /* the caller's too */
};

/* False: `error` (BUG) names a value of the audience that cannot stand in a mail. */
bool rendering_begin(struct rendering *rendering, struct compose *compose, const struct page *page,
                     const struct audience *audience, GError **error);

/* What values_of_…() take. */
struct values_task rendering_task(const struct rendering *rendering);

/* Appends what template NAME.txt makes of the values, trimmed. */
bool rendering_write_text(const struct rendering *rendering, const char *name, GString *text,
                          GError **error);

/* Appends the MIME part of that text: for FORMAT_HTML with NAME.html beside it. */
bool rendering_write_part(const struct rendering *rendering, struct text text, const char *name,
                          GError **error);
