#include "gateway/cli/choices.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"

#include <string.h>

#define SHOWN_MOST     80
#define LANGUAGE_BYTES 8

/* What is being read. */
struct choosing {
    struct arena *arena;
    const struct page *page;
    struct wishes *wishes;
};

static bool reject(const struct choosing *choosing, struct text word, const char *why,
                   GError **error)
{
    return error_set(error, TOCSIN_ERROR_INPUT, "\"%s\": %s",
                     text_clean_line(choosing->arena, word, SHOWN_MOST), why);
}

static bool add_topic(const struct choosing *choosing, const char *kind, const char *name,
                      GError **error)
{
    struct wishes *wishes = choosing->wishes;
    const char **topics = ARENA_ARRAY(choosing->arena, const char *, wishes->topic_count + 1);

    if (wishes->topic_count == WISHES_TOPICS_MOST)
        return reject(choosing, text_of(name), "too many components", error);
    for (size_t i = 0; i < wishes->topic_count; i++)
        topics[i] = wishes->topics[i];
    topics[wishes->topic_count++] = arena_format(choosing->arena, "%s%s", kind, name);
    wishes->topics = topics;
    wishes->has_topics = true;
    return true;
}

/* In full: a list of years ago must not mean something else because a new component begins alike. */
static bool add_component(const struct choosing *choosing, struct text word, GError **error)
{
    for (size_t i = 0; i < choosing->page->component_count; i++) {
        const struct component *one = &choosing->page->components[i];
        const struct text id = text_of(one->id);
        const bool has_prefix = text_has_prefix(id, TEXT("comp_"));

        if (text_is_equal_any_case(word, id) || text_is_equal_any_case(word, text_of(one->name)) ||
            (has_prefix && text_is_equal_any_case(word, text_skip(id, strlen("comp_")))))
            return add_topic(choosing, "c:", one->id, error);
    }
    if (text_has_prefix(word, TEXT("i:")))
        return reject(choosing, word, "follows an incident alone, which cannot be brought over",
                      error);
    return reject(choosing, word, "there is no such component", error);
}

static bool add_group(const struct choosing *choosing, struct text word, GError **error)
{
    for (size_t i = 0; i < choosing->page->component_count; i++) {
        const char *group = choosing->page->components[i].group;

        if (*group != '\0' && text_is_equal_any_case(word, text_of(group)))
            return add_topic(choosing, "g:", group, error);
    }
    return reject(choosing, word, "there is no such group", error);
}

static char find_separator(struct text list)
{
    static const char separators[] = {'\n', '|', ';'};

    for (size_t i = 0; i < G_N_ELEMENTS(separators); i++)
        if (text_find_byte(list, separators[i]) >= 0)
            return separators[i];
    return ',';
}

static bool add_each(const struct choosing *choosing, struct text list,
                     bool (*add)(const struct choosing *, struct text, GError **), GError **error)
{
    const char separator = find_separator(list);
    struct text word;

    if (add(choosing, list, NULL))
        return true;
    while (text_next_piece(&list, separator, &word)) {
        word = text_trim(word);
        if (word.size > 0 && !add(choosing, word, error))
            return false;
    }
    return true;
}

static bool read_components(const struct choosing *choosing, struct text value, GError **error)
{
    if (text_is_equal_any_case(value, TEXT("all"))) {
        choosing->wishes->has_topics = true;
        return true;
    }
    return add_each(choosing, value, add_component, error);
}

static bool read_groups(const struct choosing *choosing, struct text value, GError **error)
{
    return add_each(choosing, value, add_group, error);
}

static bool read_severity(const struct choosing *choosing, struct text value, GError **error)
{
    choosing->wishes->has_severity = incident_severity_parse(value, &choosing->wishes->severity);
    return choosing->wishes->has_severity ||
           reject(choosing, value, "one of minor, major, critical", error);
}

static bool add_kind(const struct choosing *choosing, struct text word, GError **error)
{
    for (unsigned kind = 1; kind <= NEWS_ALL; kind <<= 1) {
        if (!text_is_equal_any_case(word, text_of(news_kind_name((enum news_kind)kind))))
            continue;
        choosing->wishes->has_kinds = true;
        choosing->wishes->kinds |= kind;
        return true;
    }
    return reject(choosing, word, "some of incidents, maintenance, post-mortems", error);
}

static bool read_kinds(const struct choosing *choosing, struct text value, GError **error)
{
    return add_each(choosing, value, add_kind, error);
}

static bool read_format(const struct choosing *choosing, struct text value, GError **error)
{
    choosing->wishes->has_format = subscriber_format_parse(value, &choosing->wishes->format);
    return choosing->wishes->has_format ||
           reject(choosing, value, "one of html, text, pager", error);
}

/* As wishes_read() understands it, word by word: each has to mean something. */
static bool read_delivery(const struct choosing *choosing, struct text value, GError **error)
{
    char *const lower = arena_copy(choosing->arena, value.at, value.size);
    struct wishes *wishes = choosing->wishes;
    size_t words = 0;

    for (char *at = lower; *at != '\0'; at++) {
        *at = g_ascii_tolower(*at);
        words += *at != ' ' && (at == lower || at[-1] == ' ');
    }
    const struct wishes *read =
        wishes_read(choosing->arena, arena_format(choosing->arena, "delivery: %s\n", lower));
    const size_t understood = (size_t)read->has_delivery + (size_t)read->has_digest_weekday +
                              (size_t)read->has_digest_minute;
    if (!read->has_delivery || words != understood)
        return reject(choosing, value, "as in immediate, daily 08:00, weekly mon 08:00", error);
    wishes->has_delivery = true;
    wishes->delivery = read->delivery;
    wishes->has_digest_weekday = read->has_digest_weekday;
    wishes->digest_weekday = read->digest_weekday;
    wishes->has_digest_minute = read->has_digest_minute;
    wishes->digest_minute = read->digest_minute;
    return true;
}

static bool read_critical(const struct choosing *choosing, struct text value, GError **error)
{
    const bool is_immediate = text_is_equal_any_case(value, TEXT("immediate"));

    if (!is_immediate && !text_is_equal_any_case(value, TEXT("normal")))
        return reject(choosing, value, "one of immediate, normal", error);
    choosing->wishes->has_breaks_through = true;
    choosing->wishes->breaks_through = is_immediate;
    return true;
}

/* "de", "DE", "de-AT", "de_AT.UTF-8": the language alone. */
static bool read_language(const struct choosing *choosing, struct text value, GError **error)
{
    char *const code = arena_copy(choosing->arena, value.at, MIN(value.size, LANGUAGE_BYTES));
    size_t size = 0;

    while (g_ascii_isalpha(code[size])) {
        code[size] = g_ascii_tolower(code[size]);
        size++;
    }
    if (size < 2 || size > 3 || (code[size] != '\0' && strchr("-_.", code[size]) == NULL))
        return reject(choosing, value, "a language's code, as in de", error);
    code[size] = '\0';
    choosing->wishes->language = code;
    return true;
}

static bool read_time_zone(const struct choosing *choosing, struct text value, GError **error)
{
    const char *const zone = arena_copy(choosing->arena, value.at, value.size);

    if (strlen(zone) != value.size || !moment_is_zone(zone))
        return reject(choosing, value, "no time zone as in Europe/Berlin", error);
    choosing->wishes->time_zone = zone;
    return true;
}

bool choices_read(struct arena *arena, const struct page *page, enum choice choice,
                  struct text value, struct wishes *wishes, GError **error)
{
    static bool (*const reads[CHOICE_COUNT])(const struct choosing *, struct text, GError **) = {
        [CHOICE_COMPONENTS] = read_components, [CHOICE_GROUPS] = read_groups,
        [CHOICE_SEVERITY] = read_severity,     [CHOICE_KINDS] = read_kinds,
        [CHOICE_FORMAT] = read_format,         [CHOICE_DELIVERY] = read_delivery,
        [CHOICE_CRITICAL] = read_critical,     [CHOICE_LANGUAGE] = read_language,
        [CHOICE_TIME_ZONE] = read_time_zone,
    };
    const struct choosing choosing = {arena, page, wishes};
    const struct text word = text_trim(value);

    return word.size == 0 || reads[choice](&choosing, word, error);
}
