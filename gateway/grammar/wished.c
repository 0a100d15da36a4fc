#include "gateway/grammar/wished.h"

#include <assert.h>
#include <string.h>

#define QUOTED_CHARACTERS 200

/* What each line may hold: shown when something else stands there. */
static const struct {
    enum meaning shown;
    unsigned meanings;
} values[PREFERENCE_COUNT] = {
    [PREFERENCE_SEVERITY] = {MEANS_SEVERITY, 1U << MEANS_SEVERITY | 1U << MEANS_ALL},
    [PREFERENCE_KINDS] = {MEANS_KIND, 1U << MEANS_KIND | 1U << MEANS_ALL},
    [PREFERENCE_FORMAT] = {MEANS_FORMAT, 1U << MEANS_FORMAT},
    [PREFERENCE_DELIVERY] = {MEANS_DELIVERY, 1U << MEANS_DELIVERY | 1U << MEANS_WEEKDAY},
    [PREFERENCE_CRITICAL] = {MEANS_DELIVERY, 1U << MEANS_DELIVERY | 1U << MEANS_YES |
                                                 1U << MEANS_NO | 1U << MEANS_DEFAULT},
    [PREFERENCE_LANGUAGE] = {MEANS_LANGUAGE, 1U << MEANS_LANGUAGE | 1U << MEANS_DEFAULT},
};

#define BETWEEN (1U << MEANS_FILLER | 1U << MEANS_POLITE)

bool wished_ask(struct wished *wished, const char *const *suggestions, const char *format, ...)
{
    va_list arguments;

    if (wished->problem != NULL)
        return false;
    va_start(arguments, format);
    g_autofree char *problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    wished->problem = arena_string(wished->arena, problem);
    wished->quoted = text_clean_line(wished->arena, wished->line, QUOTED_CHARACTERS);
    while (suggestions != NULL && wished->suggestion_count < WISHED_SUGGESTIONS &&
           suggestions[wished->suggestion_count] != NULL) {
        wished->suggestions[wished->suggestion_count] = suggestions[wished->suggestion_count];
        wished->suggestion_count++;
    }
    return false;
}

const char *wished_name(const struct wished *wished, enum preference name)
{
    return language_spell(wished->language, MEANS_PREFERENCE, (int)name);
}

const struct vocable *wished_find(const struct wished *wished, const struct phrase *phrase,
                                  size_t at, unsigned meanings, size_t *taken)
{
    for (size_t last = MIN(phrase->count, at + PHRASE_SPAN); last-- > at;) {
        const struct vocable *found =
            language_find(wished->language, phrase_span(phrase, at, last), meanings);
        *taken = last - at + 1;
        if (found != NULL)
            return found;
    }
    *taken = 0;
    return NULL;
}

static bool ask_twice(struct wished *wished, enum preference name)
{
    return wished_ask(wished, NULL, "the %s is said twice, differently", wished_name(wished, name));
}

static bool set_delivery(struct wished *wished, enum subscriber_delivery delivery)
{
    struct wishes *wishes = &wished->wishes;

    if (wishes->has_delivery && wishes->delivery != delivery)
        return ask_twice(wished, PREFERENCE_DELIVERY);
    wishes->has_delivery = true;
    wishes->delivery = delivery;
    return true;
}

static bool set_weekday(struct wished *wished, unsigned weekday)
{
    struct wishes *wishes = &wished->wishes;

    if (wishes->has_digest_weekday && wishes->digest_weekday != weekday)
        return ask_twice(wished, PREFERENCE_DELIVERY);
    wishes->has_digest_weekday = true;
    wishes->digest_weekday = weekday;
    return true;
}

bool wished_take_time(struct wished *wished, unsigned minute)
{
    struct wishes *wishes = &wished->wishes;

    if (wishes->has_digest_minute && wishes->digest_minute != minute)
        return ask_twice(wished, PREFERENCE_DELIVERY);
    wishes->has_digest_minute = true;
    wishes->digest_minute = minute;
    return true;
}

static bool set_severity(struct wished *wished, enum incident_severity severity)
{
    struct wishes *wishes = &wished->wishes;

    if (wishes->has_severity && wishes->severity != severity)
        return ask_twice(wished, PREFERENCE_SEVERITY);
    wishes->has_severity = true;
    wishes->severity = severity;
    return true;
}

static bool set_format(struct wished *wished, enum subscriber_format format)
{
    struct wishes *wishes = &wished->wishes;

    if (wishes->has_format && wishes->format != format)
        return ask_twice(wished, PREFERENCE_FORMAT);
    wishes->has_format = true;
    wishes->format = format;
    return true;
}

static bool set_language(struct wished *wished, const char *code)
{
    struct wishes *wishes = &wished->wishes;

    if (wishes->language != NULL && strcmp(wishes->language, code) != 0)
        return ask_twice(wished, PREFERENCE_LANGUAGE);
    wishes->language = arena_string(wished->arena, code);
    return true;
}

static bool set_critical(struct wished *wished, bool at_once)
{
    struct wishes *wishes = &wished->wishes;

    if (wishes->has_breaks_through && wishes->breaks_through != at_once)
        return ask_twice(wished, PREFERENCE_CRITICAL);
    wishes->has_breaks_through = true;
    wishes->breaks_through = at_once;
    return true;
}

static bool set_kinds(struct wished *wished, unsigned kinds)
{
    wished->wishes.has_kinds = true;
    wished->wishes.kinds |= kinds;
    return true;
}

static bool take_all(struct wished *wished, enum preference line)
{
    if (line == PREFERENCE_SEVERITY)
        return set_severity(wished, SEVERITY_MINOR);
    return line == PREFERENCE_KINDS ? set_kinds(wished, NEWS_ALL) : wished_add_all(wished);
}

/* A word in the line of that name; PREFERENCE_COMPONENTS: behind `subscribe`. */
static bool take_word(struct wished *wished, enum preference line, const struct vocable *word)
{
    const bool is_critical = line == PREFERENCE_CRITICAL;

    if (word->meaning == MEANS_DELIVERY && !is_critical)
        return set_delivery(wished, (enum subscriber_delivery)word->value);
    if (is_critical && word->meaning != MEANS_FILLER && word->meaning != MEANS_POLITE)
        return set_critical(
            wished, word->meaning == MEANS_YES ||
                        (word->meaning == MEANS_DELIVERY && word->value == DELIVERY_IMMEDIATE));
    if (word->meaning == MEANS_SEVERITY)
        return set_severity(wished, (enum incident_severity)word->value);
    if (word->meaning == MEANS_KIND)
        return set_kinds(wished, (unsigned)word->value);
    if (word->meaning == MEANS_FORMAT)
        return set_format(wished, (enum subscriber_format)word->value);
    if (word->meaning == MEANS_WEEKDAY)
        return set_weekday(wished, (unsigned)word->value);
    if (word->meaning == MEANS_LANGUAGE || word->meaning == MEANS_DEFAULT)
        return set_language(wished, word->meaning == MEANS_LANGUAGE ? word->tag : "");
    return word->meaning != MEANS_ALL || take_all(wished, line);
}

bool wished_take_word(struct wished *wished, const struct vocable *word)
{
    return take_word(wished, PREFERENCE_COMPONENTS, word);
}

/* The nearest word that may stand in the line, or all. */
static bool ask_value(struct wished *wished, enum preference line, struct text word)
{
    const struct language *language = wished->language;
    const char *suggestions[WISHED_SUGGESTIONS + 1] = {NULL};
    const char *name = wished_name(wished, line);
    const struct vocable *near = language_find_near(language, word, 1U << values[line].shown);
    size_t count = 0;

    for (size_t i = 0; i < language->count && count < WISHED_SUGGESTIONS; i++) {
        const struct vocable *one = &language->vocables[i];
        const bool is_first = i == 0 || language->vocables[i - 1].value != one->value ||
                              strcmp(language->vocables[i - 1].tag, one->tag) != 0;
        if (one->meaning == values[line].shown && (near != NULL ? one == near : is_first))
            suggestions[count++] = arena_format(wished->arena, "%s: %s", name, one->word);
    }
    return wished_ask(wished, suggestions, "\"%s\" is nothing that \"%s:\" can be",
                      text_clean_line(wished->arena, word, 60), name);
}

/* Weekly on Monday at eight is no immediate news. */
bool wished_check_delivery(struct wished *wished)
{
    struct wishes *wishes = &wished->wishes;
    const char *const suggestions[] = {"delivery: weekly mon 08:00", "delivery: daily 08:00",
                                       "delivery: immediate", NULL};
    const bool has_hour = wishes->has_digest_minute || wishes->has_digest_weekday;

    if (wishes->has_digest_weekday && !wishes->has_delivery) {
        wishes->has_delivery = true;
        wishes->delivery = DELIVERY_WEEKLY;
    }
    if (has_hour && wishes->has_delivery && wishes->delivery == DELIVERY_IMMEDIATE)
        return wished_ask(wished, suggestions, "what comes at once has no day or hour");
    if (wishes->has_digest_weekday && wishes->delivery == DELIVERY_DAILY)
        return wished_ask(wished, suggestions, "what comes daily has no day of the week");
    return true;
}

static bool read_values(struct wished *wished, enum preference line, struct text value)
{
    const struct phrase phrase = phrase_split(wished->arena, value);
    bool has_any = false;
    unsigned minute = 0;

    for (size_t at = 0; at < phrase.count;) {
        size_t taken = 0;
        const struct vocable *word =
            wished_find(wished, &phrase, at, values[line].meanings, &taken);
        has_any = has_any || word != NULL;
        if (word == NULL)
            word = wished_find(wished, &phrase, at, BETWEEN, &taken);
        if (word == NULL && line == PREFERENCE_DELIVERY &&
            wished_parse_time(phrase.words[at], &minute)) {
            if (!wished_take_time(wished, minute))
                return false;
            has_any = true;
            at++;
            continue;
        }
        if (word == NULL)
            return ask_value(wished, line, phrase.words[at]);
        if (!take_word(wished, line, word))
            return false;
        at += taken;
    }
    return has_any ? wished_check_delivery(wished) : ask_value(wished, line, value);
}

void wished_close(struct wished *wished)
{
    struct wishes *wishes = &wished->wishes;

    wishes->has_topics = wished->has_all || wished->topic_counts[0] > 0;
    wishes->topics = wished->topics[0];
    wishes->topic_count = wished->topic_counts[0];
    wishes->added_topics = wished->topics[1];
    wishes->added_count = wished->topic_counts[1];
    wishes->removed_topics = wished->topics[2];
    wishes->removed_count = wished->topic_counts[2];
    wishes->muted = wished->muted;
    wishes->unmuted = wished->unmuted;
}

bool wished_line(struct wished *wished, enum preference name, struct text value)
{
    value = text_trim(value);
    switch (name) {
    case PREFERENCE_COMPONENTS:
        return wished_components(wished, value);
    case PREFERENCE_SEVERITY:
    case PREFERENCE_KINDS:
    case PREFERENCE_FORMAT:
    case PREFERENCE_DELIVERY:
    case PREFERENCE_CRITICAL:
    case PREFERENCE_LANGUAGE:
        return read_values(wished, name, value);
    case PREFERENCE_TIME_ZONE:
        return wished_zone(wished, value);
    case PREFERENCE_PAUSE:
    case PREFERENCE_RESUME:
        return wished_pause(wished, name == PREFERENCE_RESUME ? TEXT("0") : value);
    case PREFERENCE_MUTE:
    case PREFERENCE_UNMUTE:
    case PREFERENCE_FOLLOW:
        return wished_numbers(wished, name, value);
    }
    return false;
}
