#include "gateway/base/number.h"
#include "gateway/incident/wishes_text.h"

#include <string.h>

#define NUMBERS_MOST 200
#define VALUE_BYTES  64

/* What is being read. */
struct reading_wishes {
    struct arena *arena;
    struct wishes *wishes;
    const char **topics[3]; /* by sign: none, plus, minus */
    size_t counts[3];
};

static void keep_topic(struct reading_wishes *reading, size_t sign, const char *topic)
{
    if (reading->topics[sign] == NULL)
        reading->topics[sign] = ARENA_ARRAY(reading->arena, const char *, WISHES_TOPICS_MOST);
    if (reading->counts[sign] < WISHES_TOPICS_MOST)
        reading->topics[sign][reading->counts[sign]++] = topic;
}

/* Takes `"…"` off `rest`; false: no quote, or no end of it. */
static bool take_quoted(struct text *rest, GString *name)
{
    size_t at = 1;

    if (rest->size == 0 || rest->at[0] != '"')
        return false;
    while (at < rest->size && rest->at[at] != '"') {
        const bool is_escaped = rest->at[at] == '\\' && at + 1 < rest->size;
        at += is_escaped ? 1 : 0;
        g_string_append_c(name, is_escaped && rest->at[at] == 'n' ? '\n' : rest->at[at]);
        at++;
    }
    if (at == rest->size)
        return false;
    *rest = text_skip(*rest, at + 1);
    return true;
}

static void read_topic(struct reading_wishes *reading, size_t sign, struct text *rest)
{
    g_autoptr(GString) name = g_string_new(NULL);
    const bool is_id = text_has_prefix(*rest, TEXT("id \""));
    struct text word = TEXT("");

    if (is_id)
        *rest = text_skip(*rest, strlen("id "));
    if (take_quoted(rest, name)) {
        if (name->len > 0)
            keep_topic(reading, sign,
                       arena_format(reading->arena, "%s%s", is_id ? "c:" : "g:", name->str));
        return;
    }
    (void)text_next_piece(rest, ',', &word);
    word = text_trim(word);
    if (wishes_is_plain(word))
        keep_topic(
            reading, sign,
            arena_format(reading->arena, "%s%.*s", WISHES_COMPONENT, (int)word.size, word.at));
    else if (sign == 0 && text_is_equal(word, TEXT("all")))
        reading->wishes->has_topics = true;
}

static void read_components(struct reading_wishes *reading, struct text value)
{
    while (value.size > 0) {
        size_t sign = 0;
        if (value.at[0] == ',' || value.at[0] == ' ') {
            value = text_skip(value, 1);
            continue;
        }
        if (value.at[0] == '+' || value.at[0] == '-') {
            sign = value.at[0] == '+' ? 1 : 2;
            value = text_skip(value, 1);
        }
        read_topic(reading, sign, &value);
    }
}

static void read_severity(struct reading_wishes *reading, struct text value)
{
    struct wishes *wishes = reading->wishes;

    wishes->has_severity = incident_severity_parse(value, &wishes->severity);
}

static void read_kinds(struct reading_wishes *reading, struct text value)
{
    struct text name;

    reading->wishes->has_kinds = true;
    reading->wishes->kinds = 0;
    while (text_next_piece(&value, ',', &name))
        for (unsigned kind = 1; kind <= NEWS_ALL; kind <<= 1)
            if (text_is_equal(text_trim(name), text_of(news_kind_name((enum news_kind)kind))))
                reading->wishes->kinds |= kind;
}

static void read_format(struct reading_wishes *reading, struct text value)
{
    struct wishes *wishes = reading->wishes;

    wishes->has_format = subscriber_format_parse(value, &wishes->format);
}

static void read_time(struct wishes *wishes, struct text word)
{
    int64_t hour = 0;
    int64_t minute = 0;

    if (word.size != 5 || word.at[2] != ':' || !number_parse(text_first(word, 2), 0, 23, &hour) ||
        !number_parse(text_skip(word, 3), 0, 59, &minute))
        return;
    wishes->has_digest_minute = true;
    wishes->digest_minute = (unsigned)(hour * 60 + minute);
}

static void read_delivery(struct reading_wishes *reading, struct text value)
{
    struct wishes *wishes = reading->wishes;
    struct text word;

    while (text_next_piece(&value, ' ', &word)) {
        if (subscriber_delivery_parse(word, &wishes->delivery))
            wishes->has_delivery = true;
        for (unsigned day = 0; day < 7; day++)
            if (text_is_equal(word, text_of(wishes_weekdays[day]))) {
                wishes->has_digest_weekday = true;
                wishes->digest_weekday = day + 1;
            }
        read_time(wishes, word);
    }
}

static void read_critical(struct reading_wishes *reading, struct text value)
{
    reading->wishes->has_breaks_through = true;
    reading->wishes->breaks_through = text_is_equal(value, TEXT("immediate"));
}

/* NULL: empty, too long, or nothing that can stand in a name of a zone or language. */
static const char *read_name(struct arena *arena, struct text value)
{
    if (value.size == 0 || value.size > VALUE_BYTES)
        return NULL;
    for (size_t i = 0; i < value.size; i++)
        if (!g_ascii_isgraph(value.at[i]))
            return NULL;
    return text_is_equal(value, TEXT("default")) ? "" : arena_copy(arena, value.at, value.size);
}

static void read_zone(struct reading_wishes *reading, struct text value)
{
    reading->wishes->time_zone = read_name(reading->arena, value);
}

static void read_language(struct reading_wishes *reading, struct text value)
{
    reading->wishes->language = read_name(reading->arena, value);
}

static void read_pause(struct reading_wishes *reading, struct text value)
{
    struct text number;
    int64_t count = 0;

    if (!text_next_piece(&value, ' ', &number))
        return;
    for (size_t i = 0; i < WISHES_UNIT_COUNT; i++)
        if (text_is_equal(value, text_of(wishes_units[i].name)) &&
            number_parse(number, 1, WISHES_PAUSE_MOST_MS / wishes_units[i].ms, &count)) {
            reading->wishes->has_pause = true;
            reading->wishes->pause_ms = count * wishes_units[i].ms;
        }
}

static void read_resume(struct reading_wishes *reading, struct text value)
{
    (void)value;
    reading->wishes->has_pause = true;
    reading->wishes->pause_ms = 0;
}

static const int64_t *read_numbers(struct arena *arena, struct text value, size_t *count)
{
    const size_t most = MIN(value.size / strlen("#1") + 1, NUMBERS_MOST);
    int64_t *numbers = ARENA_ARRAY(arena, int64_t, most);
    struct text word;

    *count = 0;
    while (*count < most && text_next_piece(&value, ',', &word)) {
        word = text_trim(word);
        if (text_has_prefix(word, TEXT("#")) &&
            number_parse(text_skip(word, 1), 1, INT64_MAX, &numbers[*count]))
            ++*count;
    }
    return numbers;
}

static void read_mute(struct reading_wishes *reading, struct text value)
{
    reading->wishes->muted = read_numbers(reading->arena, value, &reading->wishes->muted_count);
}

static void read_unmute(struct reading_wishes *reading, struct text value)
{
    reading->wishes->unmuted = read_numbers(reading->arena, value, &reading->wishes->unmuted_count);
}

static void read_follow(struct reading_wishes *reading, struct text value)
{
    if (text_has_prefix(value, TEXT("#")))
        (void)number_parse(text_skip(value, 1), 1, INT64_MAX, &reading->wishes->followed);
}

static const struct {
    const char *name;
    void (*read)(struct reading_wishes *reading, struct text value);
} lines_known[] = {
    {"components", read_components}, {"severity", read_severity}, {"kinds", read_kinds},
    {"format", read_format},         {"delivery", read_delivery}, {"critical", read_critical},
    {"time zone", read_zone},        {"language", read_language}, {"pause", read_pause},
    {"resume", read_resume},         {"mute", read_mute},         {"unmute", read_unmute},
    {"follow", read_follow},
};

const struct wishes *wishes_read(struct arena *arena, const char *lines)
{
    struct wishes *wishes = ARENA_NEW(arena, struct wishes);
    struct reading_wishes reading = {.arena = arena, .wishes = wishes};
    struct text rest = text_of(lines);
    struct text line;

    while (text_next_line(&rest, &line)) {
        struct text name = TEXT("");
        (void)text_next_piece(&line, ':', &name);
        for (size_t i = 0; i < G_N_ELEMENTS(lines_known); i++)
            if (text_is_equal(name, text_of(lines_known[i].name)))
                lines_known[i].read(&reading, text_trim(line));
    }
    wishes->has_topics = wishes->has_topics || reading.counts[0] > 0;
    wishes->topics = reading.topics[0];
    wishes->topic_count = reading.counts[0];
    wishes->added_topics = reading.topics[1];
    wishes->added_count = reading.counts[1];
    wishes->removed_topics = reading.topics[2];
    wishes->removed_count = reading.counts[2];
    return wishes;
}
