/* The words behind `subscribe`, in any order. */
#include "gateway/grammar/wished.h"

#include <string.h>

#define OURS                                                                                       \
    (1U << MEANS_SEVERITY | 1U << MEANS_KIND | 1U << MEANS_FORMAT | 1U << MEANS_DELIVERY |         \
     1U << MEANS_WEEKDAY | 1U << MEANS_LANGUAGE | 1U << MEANS_ALL)
/* Change nothing; the names of lines may stand before their values ("format text"). */
#define BETWEEN (1U << MEANS_FILLER | 1U << MEANS_POLITE | 1U << MEANS_PREFERENCE)

enum heard_kind { HEARD_NOTHING, HEARD_TOPIC, HEARD_WORD, HEARD_TIME, HEARD_FOLLOW };

/* What stands at a place of the phrase. */
struct heard {
    enum heard_kind kind;
    size_t taken;
    const char *topic;
    size_t candidates; /* HEARD_NOTHING: that begin so */
    const struct vocable *word;
    unsigned minute;
    int64_t number;
};

static bool hear_follow(struct wished *wished, const struct phrase *phrase, size_t at,
                        struct heard *heard)
{
    size_t taken = 0;
    const struct vocable *word = wished_find(wished, phrase, at, 1U << MEANS_PREFERENCE, &taken);

    if (word == NULL || word->value != PREFERENCE_FOLLOW || at + taken == phrase->count ||
        !wished_parse_number(phrase->words[at + taken], &heard->number))
        return false;
    heard->kind = HEARD_FOLLOW;
    heard->taken = taken + 1;
    return true;
}

/* The longest name or word of ours; a name before a word of as many. */
static bool hear_whole(struct wished *wished, const struct phrase *phrase, size_t at,
                       struct heard *heard)
{
    struct topic_found topic = {0};
    size_t taken = 0;
    const bool is_topic = wished_find_topic(wished, phrase, at, &topic);

    heard->word = wished_find(wished, phrase, at, OURS, &taken);
    if (heard->word == NULL)
        heard->word = wished_find(wished, phrase, at, BETWEEN, &taken);
    if (is_topic && topic.taken >= taken) {
        *heard = (struct heard){.kind = HEARD_TOPIC, .taken = topic.taken, .topic = topic.topic};
        return true;
    }
    heard->kind = HEARD_WORD;
    heard->taken = taken;
    return heard->word != NULL;
}

static struct heard hear_at(struct wished *wished, const struct phrase *phrase, size_t at)
{
    struct heard heard = {.kind = HEARD_NOTHING};
    struct topic_found topic = {0};

    if (hear_follow(wished, phrase, at, &heard) || hear_whole(wished, phrase, at, &heard))
        return heard;
    heard = (struct heard){.kind = HEARD_NOTHING};
    if (phrase->words[at].size > 2 && wished_parse_time(phrase->words[at], &heard.minute)) {
        heard.kind = HEARD_TIME;
        heard.taken = 1;
    } else if (wished_find_topic_begun(wished, phrase, at, &topic)) {
        heard.kind = HEARD_TOPIC;
        heard.taken = topic.taken;
        heard.topic = topic.topic;
    }
    heard.candidates = topic.candidates;
    return heard;
}

size_t wished_know(struct wished *wished, const struct phrase *phrase, size_t at)
{
    const struct heard heard = hear_at(wished, phrase, at);

    return heard.kind == HEARD_NOTHING ? 0 : heard.taken;
}

bool wished_nearly_know(struct wished *wished, struct text word)
{
    const struct page *page = wished->page;

    for (size_t i = 0; i < page->component_count; i++)
        if (text_distance(word, text_of(page->components[i].name), 1) <= 1)
            return true;
    return language_find_near(wished->language, word, OURS) != NULL;
}

static bool ask_word(struct wished *wished, struct text word, size_t candidates)
{
    const struct vocable *near = language_find_near(wished->language, word, OURS);

    if (near == NULL || candidates > 0)
        return wished_ask_topic(wished, word, candidates);
    const char *const suggestions[] = {
        arena_format(wished->arena, "%s %s",
                     language_spell(wished->language, MEANS_WORD, wished->command), near->word),
        NULL};
    return wished_ask(wished, suggestions, "\"%s\" is no word of ours, but nearly \"%s\"",
                      text_clean_line(wished->arena, word, 60), near->word);
}

static bool take(struct wished *wished, const struct phrase *phrase, size_t at,
                 const struct heard *heard)
{
    switch (heard->kind) {
    case HEARD_NOTHING:
        return ask_word(wished, phrase->words[at], heard->candidates);
    case HEARD_TOPIC:
        return wished_add_topic(wished, 0, heard->topic);
    case HEARD_WORD:
        return wished_take_word(wished, heard->word);
    case HEARD_TIME:
        return wished_take_time(wished, heard->minute);
    case HEARD_FOLLOW:
        return wished_follow(wished, heard->number);
    }
    return false;
}

bool wished_words(struct wished *wished, const struct phrase *phrase)
{
    if (phrase->is_cut)
        return wished_ask(wished, NULL, "too many words");
    for (size_t at = 0; at < phrase->count;) {
        const struct heard heard = hear_at(wished, phrase, at);
        if (!take(wished, phrase, at, &heard))
            return false;
        at += heard.taken;
    }
    return wished_check_delivery(wished);
}
