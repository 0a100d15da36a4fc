#include "gateway/grammar/utterance.h"

#include <string.h>

/* Longer than any command; a component list may be long. */
#define COMMAND_BYTES 1000
/* A word shorter than that is too easily another one. */
#define NEAR_CHARACTERS 6
/* "pause soon" was meant for us; "follow up with the team" was not. */
#define SHORT_WORDS 2

static const struct utterance nothing = {SUBSCRIBING_NOTHING, "", false};

static struct utterance say(const struct listener *listener, enum subscribing_kind kind,
                            const struct vocable *word)
{
    return (struct utterance){kind, language_of_word(listener->language, word), false};
}

/* Understood, or asked. */
static struct utterance say_wish(const struct listener *listener, const struct wished *wished,
                                 enum subscribing_kind kind, const struct vocable *word)
{
    return say(listener, wished->problem == NULL ? kind : SUBSCRIBING_QUESTION, word);
}

static struct utterance ask_near(const struct listener *listener, struct wished *wished,
                                 const struct vocable *near, const char *suggestion)
{
    const char *const suggestions[] = {suggestion, NULL};
    struct utterance utterance = say(listener, SUBSCRIBING_QUESTION, near);

    (void)wished_ask(wished, suggestions, "that is no command, but nearly \"%s\"", near->word);
    utterance.is_near = true;
    return utterance;
}

static bool is_long_enough(const struct vocable *word)
{
    return word != NULL && g_utf8_strlen(word->word, -1) >= NEAR_CHARACTERS;
}

/* "name: value" taken apart. */
static bool take_apart(const struct listener *listener, struct text line, struct text *name,
                       struct text *value)
{
    const struct pattern *pattern =
        language_match(listener->language, listener->matcher, LANGUAGE_LINE, line);

    if (pattern == NULL)
        return false;
    *name = text_trim(matcher_group(listener->matcher, pattern, "word"));
    *value = text_trim(matcher_group(listener->matcher, pattern, "text"));
    return true;
}

static bool may_take(const struct listener *listener, const struct vocable *name)
{
    return listener->takes_lines || name->value == PREFERENCE_FOLLOW;
}

/* To follow an incident is the way in for who is no subscriber. */
static enum subscribing_kind kind_of(const struct listener *listener, const struct vocable *name)
{
    return name->value == PREFERENCE_FOLLOW && !listener->is_subscriber ? SUBSCRIBING_SUBSCRIBE
                                                                        : SUBSCRIBING_CHANGE;
}

struct utterance utterance_read_named(const struct listener *listener, struct wished *wished,
                                      struct text line)
{
    struct text name;
    struct text value;

    wished->line = line;
    if (!take_apart(listener, line, &name, &value))
        return nothing;
    const struct vocable *word = language_find(listener->language, name, 1U << MEANS_PREFERENCE);
    if (word == NULL || !may_take(listener, word))
        return nothing;
    (void)wished_line(wished, (enum preference)word->value, value);
    return say_wish(listener, wished, kind_of(listener, word), word);
}

static struct utterance read_near_name(const struct listener *listener, struct wished *wished,
                                       struct text line)
{
    struct text name;
    struct text value;

    if (!listener->takes_lines || !take_apart(listener, line, &name, &value) || value.size == 0)
        return nothing;
    const struct vocable *near =
        language_find_near(listener->language, name, 1U << MEANS_PREFERENCE);
    if (!is_long_enough(near))
        return nothing;
    return ask_near(listener, wished, near,
                    arena_format(wished->arena, "%s: %s", near->word,
                                 text_clean_line(wished->arena, value, 100)));
}

/* "please" and "thanks" around a command. */
static void strip_polite(const struct wished *wished, struct phrase *phrase)
{
    size_t taken = 0;

    while (phrase->count > 1 &&
           wished_find(wished, phrase, 0, 1U << MEANS_POLITE, &taken) != NULL &&
           taken < phrase->count)
        phrase_skip(phrase, taken);
    for (size_t at = 1; at < phrase->count; at++)
        if (wished_find(wished, phrase, at, 1U << MEANS_POLITE, &taken) != NULL &&
            at + taken == phrase->count)
            phrase->count = at;
}

/* Were these words meant for us, though one of them is none of ours? "Subscribe button is broken" is a
 * sentence. */
static bool seems_meant(struct wished *wished, const struct phrase *rest)
{
    size_t known = 0;
    size_t unknown = 0;

    for (size_t at = 0; at < rest->count;) {
        const size_t taken = wished_know(wished, rest, at);
        if (taken > 0 &&
            language_find(wished->language, rest->words[at], 1U << MEANS_FILLER) == NULL)
            known++;
        if (taken == 0 && !wished_nearly_know(wished, rest->words[at]))
            unknown++;
        at += MAX(taken, 1);
    }
    return unknown <= 1 || known >= unknown;
}

static struct utterance read_subscribe(const struct listener *listener, struct wished *wished,
                                       const struct phrase *rest, const struct vocable *word)
{
    struct wished tried = *wished;

    tried.command = SUBSCRIBING_SUBSCRIBE;
    if (!wished_words(&tried, rest) && !seems_meant(wished, rest))
        return nothing;
    *wished = tried;
    return say_wish(listener, wished, SUBSCRIBING_SUBSCRIBE, word);
}

/* "unsubscribe api" may mean less than everything. */
static struct utterance read_unsubscribe(const struct listener *listener, struct wished *wished,
                                         const struct phrase *rest, const struct vocable *word)
{
    struct topic_found found = {0};

    if (!wished_find_topic(wished, rest, 0, &found) &&
        !wished_find_topic_begun(wished, rest, 0, &found))
        return nothing;
    if (found.taken < rest->count)
        return nothing;
    const struct text name = phrase_span(rest, 0, rest->count - 1);
    const char *const suggestions[] = {word->word,
                                       arena_format(wished->arena, "%s: -%.*s",
                                                    wished_name(wished, PREFERENCE_COMPONENTS),
                                                    (int)name.size, name.at),
                                       NULL};
    (void)wished_ask(wished, suggestions, "to hear nothing more, write the word alone");
    return say(listener, SUBSCRIBING_QUESTION, word);
}

static struct utterance read_word(const struct listener *listener, struct wished *wished,
                                  const struct phrase *phrase)
{
    size_t taken = 0;
    const struct vocable *word = wished_find(wished, phrase, 0, 1U << MEANS_WORD, &taken);

    if (word == NULL)
        return nothing;
    const bool is_whole = taken == phrase->count;
    const enum subscribing_kind kind = (enum subscribing_kind)word->value;
    if (phrase->is_question && kind != SUBSCRIBING_HELP && kind != SUBSCRIBING_PREFERENCES)
        return nothing;
    if (is_whole)
        return say(listener, kind, word);
    struct phrase rest = *phrase;
    phrase_skip(&rest, taken);
    if (kind == SUBSCRIBING_SUBSCRIBE)
        return read_subscribe(listener, wished, &rest, word);
    return kind == SUBSCRIBING_UNSUBSCRIBE ? read_unsubscribe(listener, wished, &rest, word)
                                           : nothing;
}

static bool is_action(const struct vocable *name)
{
    return name->value >= PREFERENCE_PAUSE && name->value <= PREFERENCE_FOLLOW;
}

/* "pause 7 days", "format text": without a colon. */
static struct utterance read_bare(const struct listener *listener, struct wished *wished,
                                  const struct phrase *phrase)
{
    struct wished tried = *wished;
    size_t taken = 0;
    const struct vocable *name = wished_find(wished, phrase, 0, 1U << MEANS_PREFERENCE, &taken);

    if (name == NULL || !may_take(listener, name) || phrase->is_question)
        return nothing;
    const size_t words = phrase->count - taken;
    const struct text value =
        words > 0 ? phrase_raw_span(phrase, taken, phrase->count - 1) : TEXT("");
    const bool is_resume = name->value == PREFERENCE_RESUME;
    if ((is_resume && words > 0) || (words == 0 && !is_action(name)))
        return nothing;
    if (!wished_line(&tried, (enum preference)name->value, value) &&
        (words > SHORT_WORDS || !is_action(name) || !listener->takes_lines))
        return nothing;
    *wished = tried;
    return say_wish(listener, wished, kind_of(listener, name), name);
}

/* "suscribe api", "unsubscribee". */
static struct utterance read_near_word(const struct listener *listener, struct wished *wished,
                                       const struct phrase *phrase)
{
    const struct text whole = phrase_span(phrase, 0, phrase->count - 1);
    const struct vocable *near = language_find_near(listener->language, whole, 1U << MEANS_WORD);

    if (phrase->is_question)
        return nothing;
    if (is_long_enough(near))
        return ask_near(listener, wished, near, near->word);
    near = language_find_near(listener->language, phrase->words[0], 1U << MEANS_WORD);
    if (!is_long_enough(near) || near->value != SUBSCRIBING_SUBSCRIBE)
        return nothing;
    for (size_t at = 1; at < phrase->count;) {
        const size_t taken = wished_know(wished, phrase, at);
        if (taken == 0)
            return nothing;
        at += taken;
    }
    const struct text rest = phrase_span(phrase, 1, phrase->count - 1);
    return ask_near(listener, wished, near,
                    arena_format(wished->arena, "%s %.*s", near->word, (int)rest.size, rest.at));
}

static struct utterance read_phrase(const struct listener *listener, struct wished *wished,
                                    struct text line)
{
    struct phrase phrase = phrase_split(wished->arena, line);

    if (phrase.count == 0 || phrase.is_cut)
        return nothing;
    strip_polite(wished, &phrase);
    struct utterance utterance = read_word(listener, wished, &phrase);
    if (utterance.kind == SUBSCRIBING_NOTHING)
        utterance = read_bare(listener, wished, &phrase);
    if (utterance.kind == SUBSCRIBING_NOTHING)
        utterance = read_near_word(listener, wished, &phrase);
    return utterance;
}

struct utterance utterance_read(const struct listener *listener, struct wished *wished,
                                struct text line)
{
    struct utterance utterance = utterance_read_named(listener, wished, line);

    if (utterance.kind == SUBSCRIBING_NOTHING && line.size <= COMMAND_BYTES)
        utterance = read_phrase(listener, wished, line);
    if (utterance.kind == SUBSCRIBING_NOTHING)
        utterance = read_near_name(listener, wished, line);
    return utterance;
}
