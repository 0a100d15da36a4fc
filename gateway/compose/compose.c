#include "gateway/compose/compose.h"

#include "gateway/base/error.h"
#include "gateway/compose/header.h"
#include "gateway/compose/heading.h"
#include "gateway/compose/pager.h"
#include "gateway/compose/parts.h"
#include "gateway/compose/rendering.h"

#include <inttypes.h>

/* A gateway may put the subject before the text, and count it: a pager's is as short as can be, and the
 * same for all mails of the incident. */
static bool render_subject(const struct rendering *rendering, const struct story *story,
                           const char **subject, GError **error)
{
    g_autoptr(GString) rendered = g_string_new(NULL);

    if (rendering->format == FORMAT_PAGER) {
        *subject = arena_format(rendering->arena, "#%" PRId64, story->incident->number);
        return true;
    }
    if (!rendering_write_text(rendering, "subject", rendered, error))
        return false;
    *subject = text_clean_line(rendering->arena, text_from(rendered->str, rendered->len),
                               HEADER_MOST_CHARACTERS);
    return true;
}

static bool write_headers(const struct rendering *rendering, const struct story *story,
                          GError **error)
{
    const bool is_pager = rendering->format == FORMAT_PAGER;
    struct heading heading = {
        .page = story->page,
        .to = rendering->slots[SLOT_TO],
        .message_id = rendering->slots[SLOT_MESSAGE_ID],
        .reply_to = is_pager ? "" : story->page->address,
        .auto_submitted = "auto-generated",
        .date_at = story->made_at,
        .is_short = is_pager,
        .thread = {.page = story->page, .story = story},
    };

    if (!render_subject(rendering, story, &heading.subject, error))
        return false;
    heading_write(rendering->output, rendering->compose->secret, &heading);
    if (!is_pager)
        heading_write_list(rendering->output, story->page, notification_kind_name(story->kind),
                           rendering->slots[SLOT_UNSUBSCRIBE]);
    return true;
}

/* The template's first line is the head, its last the tail, what is between may be cut. */
static bool write_pager(const struct rendering *rendering, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct text head;
    struct text rest;

    if (!rendering_write_text(rendering, "pager", text, error))
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

static bool write_body(const struct rendering *rendering, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (rendering->format == FORMAT_PAGER)
        return write_pager(rendering, error);
    return rendering_write_text(rendering, "incident", text, error) &&
           rendering_write_part(rendering, text_from(text->str, text->len), "incident", error);
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
    struct rendering rendering = {.arena = arena, .output = output};

    if (!rendering_begin(&rendering, compose, story->page, audience, error))
        return NULL;
    const struct values_task task = rendering_task(&rendering);
    json_auto_t *values = values_of_story(&task, &told);
    rendering.values = values;
    if (!write_headers(&rendering, &told, error) || !write_body(&rendering, error))
        return NULL;
    return splice_cut(arena, output, &rendering.stand_ins);
}

static void write_digest_headers(const struct rendering *rendering, const struct digest *digest,
                                 const char *subject)
{
    const struct heading heading = {
        .page = digest->page,
        .to = rendering->slots[SLOT_TO],
        .message_id = rendering->slots[SLOT_MESSAGE_ID],
        .reply_to = digest->page->address,
        .subject = subject,
        .auto_submitted = "auto-generated",
        .date_at = digest->until,
        .thread = {.page = digest->page}, /* of no incident's thread */
    };

    heading_write(rendering->output, rendering->compose->secret, &heading);
    heading_write_list(rendering->output, digest->page, "digest",
                       rendering->slots[SLOT_UNSUBSCRIBE]);
}

const struct message *compose_digest(struct compose *compose, struct arena *arena,
                                     const struct digest *digest, const struct audience *audience,
                                     GError **error)
{
    g_autoptr(GString) output = g_string_new(NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    struct rendering rendering = {.arena = arena, .output = output};
    const char *subject = "";
    struct text body;

    if (digest->story_count == 0 || audience->format == FORMAT_PAGER) {
        (void)error_set(error, TOCSIN_ERROR_BUG, "there is no digest of nothing, nor for a pager");
        return NULL;
    }
    if (!rendering_begin(&rendering, compose, digest->page, audience, error))
        return NULL;
    const struct values_task task = rendering_task(&rendering);
    json_auto_t *values = values_of_digest(&task, digest);
    rendering.values = values;
    if (!rendering_write_text(&rendering, "digest", text, error))
        return NULL;
    desk_split(arena, text, &subject, &body);
    write_digest_headers(&rendering, digest, subject);
    if (!rendering_write_part(&rendering, body, "digest", error))
        return NULL;
    return splice_cut(arena, output, &rendering.stand_ins);
}
