#include "gateway/incident/wishes_settings.h"

#include "gateway/base/moment.h"

#include <assert.h>
#include <string.h>

/* "2026-11-24 14:18", without the zone. */
#define MOMENT_BYTES 16

static bool is_group(const char *topic)
{
    return g_str_has_prefix(topic, "g:");
}

static bool is_component(const struct page *page, const char *name)
{
    for (size_t i = 0; i < page->component_count; i++)
        if (component_is_named(&page->components[i], text_of(name)))
            return true;
    return false;
}

/* A component is written by its id without "comp_"; a group of the same name says that it is one. */
static void write_topic(GString *out, const struct page *page, const char *topic)
{
    const char *name = topic + strlen("c:");

    if (is_group(topic) && is_component(page, name))
        g_string_append(out, "group ");
    else if (!is_group(topic) && g_str_has_prefix(name, "comp_"))
        name += strlen("comp_");
    g_string_append(out, name);
}

static const char *write_topics(struct arena *arena, const struct page *page,
                                const struct subscriber *subscriber)
{
    g_autoptr(GString) out = g_string_new(subscriber->topic_count == 0 ? "all" : "");

    for (size_t i = 0; i < subscriber->topic_count; i++) {
        if (g_str_has_prefix(subscriber->topics[i], "i:"))
            continue;
        g_string_append(out, out->len > 0 ? ", " : "");
        write_topic(out, page, subscriber->topics[i]);
    }
    return arena_string(arena, out->str);
}

static const char *write_kinds(struct arena *arena, unsigned kinds)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (unsigned kind = 1; kind <= NEWS_ALL; kind <<= 1)
        if ((kinds & kind) != 0)
            g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "",
                                   news_kind_name((enum news_kind)kind));
    return arena_string(arena, out->str);
}

static const char *write_delivery(struct arena *arena, const struct subscriber *subscriber)
{
    const char *name = subscriber_delivery_name(subscriber->delivery);
    const unsigned hour = subscriber->digest_minute / 60;
    const unsigned minute = subscriber->digest_minute % 60;

    switch (subscriber->delivery) {
    case DELIVERY_IMMEDIATE:
        return name;
    case DELIVERY_DAILY:
        return arena_format(arena, "%s %02u:%02u", name, hour, minute);
    case DELIVERY_WEEKLY:
        return arena_format(arena, "%s %s %02u:%02u", name,
                            wishes_weekdays[(subscriber->digest_weekday - 1) % 7], hour, minute);
    }
    return name;
}

static const char *choose(const char *own, const char *pages)
{
    return *own != '\0' ? own : pages;
}

static const char *write_pause(struct arena *arena, const struct page *page,
                               const struct subscriber *subscriber)
{
    if (subscriber->paused_until == 0)
        return "";
    const char *moment = moment_write_local(arena, subscriber->paused_until,
                                            choose(subscriber->time_zone, page->time_zone));
    return arena_format(arena, "until %.*s", MOMENT_BYTES, moment);
}

size_t wishes_settings(struct arena *arena, const struct page *page,
                       const struct subscriber *subscriber, struct wish_line lines[WISH_LINES_MOST])
{
    const struct wish_line all[] = {
        {"components", write_topics(arena, page, subscriber)},
        {"severity", incident_severity_name(subscriber->severity)},
        {"kinds", write_kinds(arena, subscriber->kinds)},
        {"format", subscriber_format_name(subscriber->format)},
        {"delivery", write_delivery(arena, subscriber)},
        {"critical", subscriber->breaks_through ? "immediate" : "normal"},
        {"time zone", choose(subscriber->time_zone, page->time_zone)},
        {"language", choose(subscriber->language, page->language)},
        {"pause", write_pause(arena, page, subscriber)},
    };

    static_assert(G_N_ELEMENTS(all) <= WISH_LINES_MOST, "more lines than there is room for");
    memcpy(lines, all, sizeof all);
    return G_N_ELEMENTS(all);
}

size_t wishes_lines(struct arena *arena, const struct page *page,
                    const struct subscriber *subscriber, struct wish_line lines[WISH_LINES_MOST])
{
    const size_t all = wishes_settings(arena, page, subscriber, lines);
    size_t count = 0;

    for (size_t i = 0; i < all; i++)
        if (*lines[i].value != '\0')
            lines[count++] = lines[i];
    return count;
}
