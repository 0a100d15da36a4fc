/* Components and groups that a subscriber names. */
#include "gateway/grammar/wished.h"

#include <string.h>

static bool is_group(const struct page *page, struct text word, const char **group)
{
    for (size_t i = 0; i < page->component_count; i++) {
        *group = page->components[i].group;
        if (**group != '\0' && text_is_equal_any_case(word, text_of(*group)))
            return true;
    }
    return false;
}

static const char *find_named(struct wished *wished, struct text word, bool groups_only)
{
    const char *group = NULL;

    for (size_t i = 0; i < wished->page->component_count && !groups_only; i++)
        if (component_is_named(&wished->page->components[i], word))
            return arena_format(wished->arena, "c:%s", wished->page->components[i].id);
    return is_group(wished->page, word, &group) ? arena_format(wished->arena, "g:%s", group) : NULL;
}

/* "group Core" where a component has that name as well. */
static bool find_group(struct wished *wished, const struct phrase *phrase, size_t at,
                       struct topic_found *found)
{
    size_t taken = 0;

    if (wished_find(wished, phrase, at, 1U << MEANS_GROUP, &taken) == NULL)
        return false;
    for (size_t last = MIN(phrase->count, at + taken + PHRASE_SPAN); last-- > at + taken;) {
        found->topic = find_named(wished, phrase_span(phrase, at + taken, last), true);
        found->taken = last - at + 1;
        if (found->topic != NULL)
            return true;
    }
    return false;
}

bool wished_find_topic(struct wished *wished, const struct phrase *phrase, size_t at,
                       struct topic_found *found)
{
    for (size_t last = MIN(phrase->count, at + PHRASE_SPAN); last-- > at;) {
        found->topic = find_named(wished, phrase_span(phrase, at, last), false);
        if (found->topic == NULL)
            found->topic = find_named(wished, phrase_raw_span(phrase, at, last), false);
        found->taken = last - at + 1;
        if (found->topic != NULL)
            return true;
    }
    return find_group(wished, phrase, at, found);
}

/* Groups that begin so, each once; *group the last. */
static size_t count_groups(const struct page *page, struct text word, const char **group)
{
    size_t count = 0;

    for (size_t i = 0; i < page->component_count; i++) {
        const char *name = page->components[i].group;
        if (*name == '\0' || !text_has_prefix_any_case(text_of(name), word) ||
            (count > 0 && strcmp(name, *group) == 0))
            continue;
        *group = name;
        count++;
    }
    return count;
}

bool wished_find_topic_begun(struct wished *wished, const struct phrase *phrase, size_t at,
                             struct topic_found *found)
{
    for (size_t last = MIN(phrase->count, at + PHRASE_SPAN); last-- > at;) {
        const struct text word = phrase_span(phrase, at, last);
        const char *group = NULL;
        size_t components = 0;
        const struct component *component = page_read_component(wished->page, word, &components);
        const size_t groups = count_groups(wished->page, word, &group);
        found->candidates = components + groups;
        found->taken = last - at + 1;
        if (found->candidates != 1)
            continue;
        found->topic = component != NULL ? arena_format(wished->arena, "c:%s", component->id)
                                         : arena_format(wished->arena, "g:%s", group);
        return true;
    }
    return false;
}

bool wished_add_topic(struct wished *wished, char sign, const char *topic)
{
    const size_t list = sign == '+' ? 1 : sign == '-' ? 2 : 0;
    size_t *count = &wished->topic_counts[list];

    if (wished->topics[list] == NULL)
        wished->topics[list] = ARENA_ARRAY(wished->arena, const char *, WISHES_TOPICS_MOST);
    for (size_t i = 0; i < *count; i++)
        if (strcmp(wished->topics[list][i], topic) == 0)
            return true;
    if (*count == WISHES_TOPICS_MOST)
        return wished_ask(wished, NULL, "more than %d components", WISHES_TOPICS_MOST);
    wished->topics[list][(*count)++] = topic;
    if (wished->has_all ||
        (wished->topic_counts[0] > 0 && wished->topic_counts[1] + wished->topic_counts[2] > 0))
        return wished_ask(wished, NULL,
                          "the components are said in two ways: write all, a list, or a list with "
                          "a + or - before each");
    return true;
}

bool wished_add_all(struct wished *wished)
{
    wished->has_all = true;
    if (wished->topic_counts[0] + wished->topic_counts[1] + wished->topic_counts[2] > 0)
        return wished_ask(wished, NULL,
                          "the components are said in two ways: write all, or a list");
    return true;
}

/* The nearest, or the first few. */
bool wished_ask_topic(struct wished *wished, struct text word, size_t candidates)
{
    const struct page *page = wished->page;
    const char *suggestions[WISHED_SUGGESTIONS + 1] = {NULL};
    const char *name = wished_name(wished, PREFERENCE_COMPONENTS);
    const struct text begin = text_first(word, 2);
    size_t count = 0;

    for (int is_any = 0; is_any <= 1 && count == 0; is_any++)
        for (size_t i = 0; i < page->component_count && count < WISHED_SUGGESTIONS; i++) {
            const char *called = page->components[i].name;
            const bool is_near = text_distance(word, text_of(called), 2) <= 2 ||
                                 text_has_prefix_any_case(text_of(called), begin);
            if (is_near || is_any == 1)
                suggestions[count++] = arena_format(wished->arena, "%s: %s", name, called);
        }
    return wished_ask(wished, suggestions,
                      candidates > 1 ? "\"%s\" is the beginning of several components"
                                     : "\"%s\" is no component or group of this page",
                      text_clean_line(wished->arena, word, 60));
}

static char take_sign(struct phrase *phrase, size_t *at, char before)
{
    struct text *word = &phrase->words[*at];
    const char sign = word->at[0];

    if (sign != '+' && sign != '-')
        return before;
    if (word->size == 1)
        ++*at;
    *word = word->size > 1 ? text_skip(*word, 1) : *word;
    return sign;
}

static bool read_one(struct wished *wished, const struct phrase *phrase, char sign, size_t *at)
{
    static const unsigned others = 1U << MEANS_ALL | 1U << MEANS_FOLLOWED | 1U << MEANS_FILLER;
    struct topic_found found = {0};
    size_t taken = 0;

    if (wished_find_topic(wished, phrase, *at, &found)) {
        *at += found.taken;
        return wished_add_topic(wished, sign, found.topic);
    }
    const struct vocable *word = wished_find(wished, phrase, *at, others, &taken);
    if (word != NULL) {
        *at += taken;
        return word->meaning != MEANS_ALL || wished_add_all(wished);
    }
    if (!wished_find_topic_begun(wished, phrase, *at, &found))
        return wished_ask_topic(wished, phrase->words[*at], found.candidates);
    *at += found.taken;
    return wished_add_topic(wished, sign, found.topic);
}

bool wished_components(struct wished *wished, struct text value)
{
    struct phrase phrase = phrase_split(wished->arena, value);
    size_t at = 0;

    if (phrase.count == 0 || phrase.is_cut)
        return wished_ask_topic(wished, value, 0);
    while (at < phrase.count) {
        const char sign = take_sign(&phrase, &at, 0);
        if (at == phrase.count)
            return wished_ask_topic(wished, value, 0);
        if (!read_one(wished, &phrase, sign, &at))
            return false;
    }
    return true;
}
