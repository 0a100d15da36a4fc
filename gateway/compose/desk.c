/* The templates: loading, checking and reading them. */
#include "gateway/compose/desk.h"

#include "gateway/base/error.h"
#include "gateway/compose/header.h"

#include <string.h>

struct needed {
    const char *name;
    const char *extension;
};

/* Besides one for each kind of letter. */
static const struct needed needed[] = {{"incident", "txt"},
                                       {"incident", "html"},
                                       {"subject", "txt"},
                                       {"pager", "txt"},
                                       {"digest", "html"}};

void compose_close(struct compose *compose)
{
    if (compose == NULL)
        return;
    templates_close(compose->templates);
    g_clear_pointer(&compose->zone, g_time_zone_unref);
    g_free(compose);
}

void desk_hold_zone(struct compose *compose, const char *name)
{
    GTimeZone *zone = g_time_zone_new_identifier(name);

    g_clear_pointer(&compose->zone, g_time_zone_unref);
    compose->zone = zone; /* NULL: no such zone */
}

static bool check_needed(struct compose *compose, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        if (templates_find(compose->templates, "en", needed[i].name, needed[i].extension, error) ==
            NULL)
            return false;
    for (int kind = 0; kind < LETTER_KIND_COUNT; kind++)
        if (templates_find(compose->templates, "en", letter_kind_name((enum letter_kind)kind),
                           "txt", error) == NULL)
            return false;
    return true;
}

static bool check_all(struct compose *compose, GError **error)
{
    g_autoptr(GString) report = g_string_new(NULL);

    if (templates_check(compose->templates, report))
        return check_needed(compose, error);
    return error_set(error, TOCSIN_ERROR_CONFIG, "%s", g_strchomp(report->str));
}

struct compose *compose_open(const struct compose_settings *settings, const struct secret *secret,
                             GError **error)
{
    struct compose *compose = g_new0(struct compose, 1);

    compose->secret = secret;
    compose->templates =
        templates_open(settings->templates_site, settings->templates_shipped, error);
    if (compose->templates == NULL || !check_all(compose, error)) {
        compose_close(compose);
        return NULL;
    }
    return compose;
}

bool desk_render_text(struct compose *compose, const struct desk_task *task, GString *output,
                      GError **error)
{
    const struct templates_task plain = {task->language, task->name, "txt", MUSTACHE_PLAIN,
                                         DESK_MOST_BYTES};

    return templates_render(compose->templates, &plain, task->values, output, error);
}

bool desk_render_html(struct compose *compose, const struct desk_task *task, GString *output,
                      GError **error)
{
    const struct templates_task html = {task->language, task->name, "html", MUSTACHE_HTML,
                                        DESK_MOST_BYTES};

    return templates_render(compose->templates, &html, task->values, output, error);
}

void desk_trim(GString *text)
{
    const struct text kept = text_trim(text_from(text->str, text->len));
    const size_t before = (size_t)(kept.at - text->str);

    g_string_truncate(text, before + kept.size);
    g_string_erase(text, 0, (gssize)before);
    g_string_append_c(text, '\n');
}

void desk_split(struct arena *arena, const GString *rendered, const char **subject,
                struct text *body)
{
    struct text rest = text_trim(text_from(rendered->str, rendered->len));
    struct text line = {"", 0};

    (void)text_next_line(&rest, &line);
    rest = text_trim(rest);
    *subject = text_clean_line(arena, line, HEADER_MOST_CHARACTERS);
    *body = text_of(arena_format(arena, "%.*s\n", (int)rest.size, rest.at));
}
