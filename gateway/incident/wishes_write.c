#include "gateway/base/moment.h"
#include "gateway/incident/wishes_text.h"

#include <inttypes.h>
#include <string.h>

const char *const wishes_weekdays[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

const struct wishes_unit wishes_units[WISHES_UNIT_COUNT] = {
    {"days", DAY_MS}, {"hours", HOUR_MS}, {"minutes", MINUTE_MS}, {"seconds", SECOND_MS}, {"ms", 1},
};

bool wishes_is_plain(struct text id)
{
    for (size_t i = 0; i < id.size; i++)
        if (!g_ascii_isalnum(id.at[i]) && (i == 0 || strchr("_-", id.at[i]) == NULL))
            return false;
    return id.size > 0 && !text_is_equal(id, TEXT("all"));
}

static void write_quoted(GString *out, const char *name)
{
    g_string_append_c(out, '"');
    for (const char *at = name; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(out, '\\');
        if (*at == '\n')
            g_string_append(out, "\\n");
        else
            g_string_append_c(out, *at);
    }
    g_string_append_c(out, '"');
}

static void write_topic(GString *out, const char *topic)
{
    const size_t prefix = strlen(WISHES_COMPONENT);

    if (g_str_has_prefix(topic, WISHES_COMPONENT) && wishes_is_plain(text_of(topic + prefix))) {
        g_string_append(out, topic + prefix);
        return;
    }
    if (g_str_has_prefix(topic, "c:"))
        g_string_append(out, "id ");
    write_quoted(out, topic + strlen("c:"));
}

static void write_topics(GString *out, const char *sign, const char *const *topics, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", sign);
        write_topic(out, topics[i]);
    }
}

static void write_components(GString *out, const struct wishes *wishes)
{
    if (wishes->has_topics) {
        g_string_append(out, "components: ");
        write_topics(out, "", wishes->topics, wishes->topic_count);
        g_string_append(out, wishes->topic_count == 0 ? "all\n" : "\n");
    }
    if (wishes->added_count == 0 && wishes->removed_count == 0)
        return;
    g_string_append(out, "components: ");
    write_topics(out, "+", wishes->added_topics, wishes->added_count);
    if (wishes->added_count > 0 && wishes->removed_count > 0)
        g_string_append(out, ", ");
    write_topics(out, "-", wishes->removed_topics, wishes->removed_count);
    g_string_append_c(out, '\n');
}

static void write_delivery(GString *out, const struct wishes *wishes)
{
    if (!wishes->has_delivery && !wishes->has_digest_minute && !wishes->has_digest_weekday)
        return;
    g_string_append(out, "delivery:");
    if (wishes->has_delivery)
        g_string_append_printf(out, " %s", subscriber_delivery_name(wishes->delivery));
    if (wishes->has_digest_weekday)
        g_string_append_printf(out, " %s", wishes_weekdays[(wishes->digest_weekday - 1) % 7]);
    if (wishes->has_digest_minute)
        g_string_append_printf(out, " %02u:%02u", wishes->digest_minute / 60,
                               wishes->digest_minute % 60);
    g_string_append_c(out, '\n');
}

static void write_kinds(GString *out, unsigned kinds)
{
    const char *gap = "";

    g_string_append(out, "kinds: ");
    for (unsigned kind = 1; kind <= NEWS_ALL; kind <<= 1)
        if ((kinds & kind) != 0) {
            g_string_append_printf(out, "%s%s", gap, news_kind_name((enum news_kind)kind));
            gap = ", ";
        }
    g_string_append_c(out, '\n');
}

static void write_pause(GString *out, int64_t pause_ms)
{
    size_t unit = 0;

    while (pause_ms % wishes_units[unit].ms != 0)
        unit++;
    if (pause_ms == 0)
        g_string_append(out, "resume\n");
    else
        g_string_append_printf(out, "pause: %" PRId64 " %s\n", pause_ms / wishes_units[unit].ms,
                               wishes_units[unit].name);
}

static void write_numbers(GString *out, const char *name, const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(out, "%s%s#%" PRId64, i == 0 ? name : "", i == 0 ? ": " : ", ",
                               numbers[i]);
    if (count > 0)
        g_string_append_c(out, '\n');
}

/* "" (the page's) has a word. */
static void write_name(GString *out, const char *name, const char *value)
{
    if (value != NULL)
        g_string_append_printf(out, "%s: %s\n", name, *value != '\0' ? value : "default");
}

char *wishes_write(struct arena *arena, const struct wishes *wishes)
{
    g_autoptr(GString) out = g_string_new(NULL);

    write_components(out, wishes);
    if (wishes->has_severity)
        g_string_append_printf(out, "severity: %s\n", incident_severity_name(wishes->severity));
    if (wishes->has_kinds)
        write_kinds(out, wishes->kinds);
    if (wishes->has_format)
        g_string_append_printf(out, "format: %s\n", subscriber_format_name(wishes->format));
    write_delivery(out, wishes);
    if (wishes->has_breaks_through)
        g_string_append_printf(out, "critical: %s\n",
                               wishes->breaks_through ? "immediate" : "normal");
    write_name(out, "time zone", wishes->time_zone);
    write_name(out, "language", wishes->language);
    if (wishes->has_pause)
        write_pause(out, wishes->pause_ms);
    write_numbers(out, "mute", wishes->muted, wishes->muted_count);
    write_numbers(out, "unmute", wishes->unmuted, wishes->unmuted_count);
    write_numbers(out, "follow", &wishes->followed, wishes->followed > 0 ? 1 : 0);
    return arena_copy(arena, out->str, out->len);
}
