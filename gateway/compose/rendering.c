#include "gateway/compose/rendering.h"

#include "gateway/base/error.h"
#include "gateway/compose/header.h"
#include "gateway/compose/parts.h"

static bool are_values(const char *const *values, GError **error)
{
    if (values == NULL)
        return true;
    for (size_t i = 0; i < SLOT_COUNT; i++)
        if (!header_is_address(values[i]))
            return error_set(error, TOCSIN_ERROR_BUG, "%s: cannot stand in a mail", values[i]);
    return true;
}

bool rendering_begin(struct rendering *rendering, struct compose *compose, const struct page *page,
                     const struct audience *audience, GError **error)
{
    const char *const *values = audience->values;

    if (!are_values(values, error))
        return false;
    rendering->compose = compose;
    rendering->page = page;
    rendering->format = audience->format;
    rendering->language = desk_or_page(audience->language, page->language);
    rendering->time_zone = desk_or_page(audience->time_zone, page->time_zone);
    rendering->stand_ins =
        values != NULL ? splice_no_stand_ins : splice_new_stand_ins(rendering->arena);
    for (size_t i = 0; i < SLOT_COUNT; i++)
        rendering->slots[i] = values != NULL ? values[i] : rendering->stand_ins.words[i];
    if (audience->kind == SUBSCRIBER_LIST)
        rendering->slots[SLOT_UNSUBSCRIBE] = "";
    desk_hold_zone(compose, rendering->time_zone);
    return true;
}

struct values_task rendering_task(const struct rendering *rendering)
{
    return (struct values_task){
        .time_zone = rendering->time_zone,
        .unsubscribe = rendering->slots[SLOT_UNSUBSCRIBE],
        .is_html = rendering->format == FORMAT_HTML,
    };
}

bool rendering_write_text(const struct rendering *rendering, const char *name, GString *text,
                          GError **error)
{
    const struct desk_task task = {rendering->language, name, rendering->values};

    if (!desk_render_text(rendering->compose, &task, text, error))
        return false;
    desk_trim(text);
    return true;
}

bool rendering_write_part(const struct rendering *rendering, struct text text, const char *name,
                          GError **error)
{
    g_autoptr(GString) html = g_string_new(NULL);
    const struct desk_task task = {rendering->language, name, rendering->values};
    const char *slot = rendering->slots[SLOT_UNSUBSCRIBE];

    if (rendering->format != FORMAT_HTML) {
        parts_write_text(rendering->output, text, slot);
        return true;
    }
    if (!desk_render_html(rendering->compose, &task, html, error))
        return false;
    desk_trim(html);
    parts_write_alternative(rendering->output, text, text_from(html->str, html->len), slot);
    return true;
}
