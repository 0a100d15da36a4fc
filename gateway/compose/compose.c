#include "gateway/compose/compose.h"

#include "gateway/base/error.h"
#include "gateway/compose/desk.h"
#include "gateway/compose/header.h"
#include "gateway/compose/heading.h"
#include "gateway/compose/pager.h"
#include "gateway/compose/parts.h"
#include "gateway/compose/splice.h"
#include "gateway/compose/values.h"

#include <inttypes.h>

/* One notification for one audience, while it is rendered. */
struct rendering {
    struct compose *compose;
    struct arena *arena;
    const struct story *story;
    enum subscriber_format format;
    const char *language;
    const char *slots[SLOT_COUNT]; /* stand-ins, or values */
    const json_t *values;
    GString *output;
};

static bool render_text(struct rendering *rendering, const char *name, GString *text,
                        GError **error)
{
    const struct desk_task task = {rendering->language, name, rendering->values};

    return desk_render_text(rendering->compose, &task, text, error);
}

static bool render_html(struct rendering *rendering, const char *name, GString *html,
                        GError **error)
{
    const struct desk_task task = {rendering->language, name, rendering->values};

    return desk_render_html(rendering->compose, &task, html, error);
}

static bool render_subject(struct rendering *rendering, const char **subject, GError **error)
{
    g_autoptr(GString) rendered = g_string_new(NULL);
    const struct incident *incident = rendering->story->incident;

    /* A gateway may put the subject before the text, and count it: it is as short as can be, and the
     * same for all mails of the incident. */
    if (rendering->format == FORMAT_PAGER) {
        *subject = arena_format(rendering->arena, "#%" PRId64, incident->number);
        return true;
    }
    if (!render_text(rendering, "subject", rendered, error))
        return false;
    *subject = text_clean_line(rendering->arena, text_from(rendered->str, rendered->len),
                               HEADER_MOST_CHARACTERS);
    return true;
}

static bool write_headers(struct rendering *rendering, GError **error)
{
    const struct story *story = rendering->story;
    const bool is_pager = rendering->format == FORMAT_PAGER;
    struct heading heading = {
        .page = story->page,
        .to = rendering->slots[SLOT_TO],
        .message_id = rendering->slots[SLOT_MESSAGE_ID],
        .reply_to = is_pager ? "" : story->page->address,
        .auto_submitted = "auto-generated",
        .date_at = story->made_at,
        .thread = {.page = story->page, .story = story},
    };

    if (!render_subject(rendering, &heading.subject, error))
        return false;
    heading_write(rendering->output, rendering->compose->secret, &heading);
    if (!is_pager)
        heading_write_list(rendering->output, story, rendering->slots[SLOT_UNSUBSCRIBE]);
    return true;
}

static bool write_text(struct rendering *rendering, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (!render_text(rendering, "incident", text, error))
        return false;
    desk_trim(text);
    parts_write_text(rendering->output, text_from(text->str, text->len),
                     rendering->slots[SLOT_UNSUBSCRIBE]);
    return true;
}

static bool write_html(struct rendering *rendering, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) html = g_string_new(NULL);

    if (!render_text(rendering, "incident", text, error) ||
        !render_html(rendering, "incident", html, error))
        return false;
    desk_trim(text);
    desk_trim(html);
    parts_write_alternative(rendering->output, text_from(text->str, text->len),
                            text_from(html->str, html->len), rendering->slots[SLOT_UNSUBSCRIBE]);
    return true;
}

/* The template's first line is the head, its last the tail, what is between may be cut. */
static bool write_pager(struct rendering *rendering, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct text head;
    struct text rest;

    if (!render_text(rendering, "pager", text, error))
        return false;
    rest = text_trim(text_from(text->str, text->len));
    if (!text_next_line(&rest, &head))
        return error_set(error, TOCSIN_ERROR_CONFIG, "pager.txt: gave no line");
    struct text tail = rest;
    while (text_find_byte(tail, '\n') >= 0)
        tail = text_skip(tail, (size_t)text_find_byte(tail, '\n') + 1);
    const struct text body = text_first(rest, rest.size - tail.size);
    struct arena *arena = rendering->arena;
    parts_write_line(rendering->output,
                     pager_write_line(arena, arena_copy(arena, head.at, head.size),
                                      arena_copy(arena, body.at, body.size),
                                      arena_copy(arena, tail.at, tail.size)));
    return true;
}

static bool write_body(struct rendering *rendering, GError **error)
{
    switch (rendering->format) {
    case FORMAT_HTML:
        return write_html(rendering, error);
    case FORMAT_TEXT:
        return write_text(rendering, error);
    case FORMAT_PAGER:
        return write_pager(rendering, error);
    }
    return error_set(error, TOCSIN_ERROR_BUG, "no such format");
}

static bool are_values(const char *const *values, GError **error)
{
    if (values == NULL)
        return true;
    for (size_t i = 0; i < SLOT_COUNT; i++)
        if (!header_is_address(values[i]))
            return error_set(error, TOCSIN_ERROR_BUG, "%s: cannot stand in a mail", values[i]);
    return true;
}

/* A pager gets the latest alone, whatever it missed. */
static struct story shorten(const struct story *story, enum subscriber_format format)
{
    struct story told = *story;
    const size_t last = story->update_count - 1;

    told.first_missed = format == FORMAT_PAGER ? last : MIN(story->first_missed, last);
    return told;
}

const struct message *compose_notification(struct compose *compose, struct arena *arena,
                                           const struct story *story,
                                           const struct audience *audience, GError **error)
{
    g_autoptr(GString) output = g_string_new(NULL);
    const struct story told = shorten(story, audience->format);
    const struct stand_ins stand_ins =
        audience->values != NULL ? splice_no_stand_ins : splice_new_stand_ins(arena);
    struct rendering rendering = {.compose = compose, .arena = arena, .story = &told};

    if (!are_values(audience->values, error))
        return NULL;
    for (size_t i = 0; i < SLOT_COUNT; i++)
        rendering.slots[i] = audience->values != NULL ? audience->values[i] : stand_ins.words[i];
    if (audience->kind == SUBSCRIBER_LIST)
        rendering.slots[SLOT_UNSUBSCRIBE] = "";
    const struct values_task task = {
        .story = &told,
        .time_zone = desk_or_page(audience->time_zone, story->page->time_zone),
        .unsubscribe = rendering.slots[SLOT_UNSUBSCRIBE],
        .is_html = audience->format == FORMAT_HTML,
    };
    desk_hold_zone(compose, task.time_zone);
    json_auto_t *values = values_of_story(&task);
    rendering.format = audience->format;
    rendering.language = desk_or_page(audience->language, story->page->language);
    rendering.values = values;
    rendering.output = output;
    if (!write_headers(&rendering, error) || !write_body(&rendering, error))
        return NULL;
    return splice_cut(arena, output, &stand_ins);
}
