#include "gateway/grammar/timing.h"

#include <string.h>

#define PHRASE_BYTES 60 /* no order is longer */

static const struct text marks[] = {
    TEXT_INIT(":"),
    TEXT_INIT("."),
    TEXT_INIT("!"),
    TEXT_INIT(","),
    TEXT_INIT("*"),
    TEXT_INIT("_"),
    TEXT_INIT("\xEF\xBC\x9A"), /* fullwidth colon */
    TEXT_INIT("\xE3\x80\x82"), /* ideographic full stop */
    TEXT_INIT("\xE3\x80\x81"), /* ideographic comma */
    TEXT_INIT("\xEF\xBC\x81"), /* fullwidth exclamation mark */
    TEXT_INIT("\xE2\x80\x93"), /* en dash */
    TEXT_INIT("\xE2\x80\x94"), /* em dash */
};

static const struct text spaces[] = {
    TEXT_INIT(" "), TEXT_INIT("\t"), TEXT_INIT("\xE3\x80\x80"), /* ideographic space */
};

static size_t begins_with(struct text text, const struct text *any, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_has_prefix(text, any[i]))
            return any[i].size;
    return 0;
}

static size_t mark_size(struct text text)
{
    return begins_with(text, marks, G_N_ELEMENTS(marks));
}

static size_t space_size(struct text text)
{
    return begins_with(text, spaces, G_N_ELEMENTS(spaces));
}

/* A line that begins with an order or a stage. */
struct phrase_read {
    const struct vocable *word;
    struct text said;  /* as it was written */
    struct text value; /* behind it and its marks */
    bool is_set_apart; /* nothing, or a mark, stands behind it */
    bool has_colon;
};

/* What stands behind the phrase. */
static void read_behind(struct phrase_read *phrase, struct text behind)
{
    const char *from = behind.at;
    size_t size;

    phrase->is_set_apart = mark_size(behind) > 0;
    while ((size = space_size(behind)) > 0 || (size = mark_size(behind)) > 0 ||
           (size = text_has_prefix(behind, TEXT("-")) ? 1 : 0) > 0) {
        phrase->is_set_apart = phrase->is_set_apart || space_size(behind) == 0;
        behind = text_skip(behind, size);
    }
    const struct text between = text_from(from, (size_t)(behind.at - from));
    phrase->has_colon =
        text_find_byte(between, ':') >= 0 || text_find(between, TEXT("\xEF\xBC\x9A")) >= 0;
    phrase->value = text_trim(behind);
    phrase->is_set_apart = phrase->is_set_apart || phrase->value.size == 0;
}

static struct text trim_emphasis(struct text line)
{
    line = text_trim(line);
    while (line.size > 0 && strchr("*_#", line.at[0]) != NULL)
        line = text_skip(line, 1);
    return line;
}

/* The longest order or stage that the line begins with. */
static bool read_phrase(const struct said *said, struct text line, struct phrase_read *phrase)
{
    const unsigned meanings = 1U << MEANS_ORDER | 1U << MEANS_STAGE;
    const struct text whole = trim_emphasis(line);

    *phrase = (struct phrase_read){0};
    for (size_t size = 1; size <= MIN(whole.size, PHRASE_BYTES); size++) {
        const struct text behind = text_skip(whole, size);
        if (behind.size > 0 && mark_size(behind) == 0 && space_size(behind) == 0)
            continue;
        const struct vocable *found =
            language_find(said->language, text_first(whole, size), meanings);
        if (found == NULL)
            continue;
        phrase->word = found;
        phrase->said = text_first(whole, size);
        read_behind(phrase, behind);
    }
    return phrase->word != NULL;
}

static void set_time(struct said *said, enum timing_kind kind, struct text value, struct text line,
                     const char *before)
{
    struct timed *timed = &said->timing->times[kind];
    const char *const names[] = {"start", "end", "duration", "extension"};

    said->was_explicit = true;
    if (timed->before != NULL && !text_is_equal_any_case(timed->value, value)) {
        said_ask(said, QUESTION_TWICE, line, NULL, "the %s is said twice, differently",
                 names[kind]);
        return;
    }
    *timed = (struct timed){line, value, before};
}

static void set_stage(struct said *said, enum maintenance_state state, struct text line)
{
    struct schedule *schedule = &said->timing->schedule;

    said->was_explicit = true;
    if (said->timing->before == NULL) {
        timing_ask_step(said, line, line);
        return;
    }
    if (schedule->has_state && schedule->state != state)
        said_ask(said, QUESTION_TWICE, line, NULL, "the step is said twice, differently");
    schedule->has_state = true;
    schedule->state = state;
}

/* The stage that an order leads to; false: it is about a time. */
static bool find_stage(const struct vocable *word, enum maintenance_state *state)
{
    if (word->meaning == MEANS_STAGE) {
        *state = (enum maintenance_state)word->value;
        return true;
    }
    switch ((enum timing_order)word->value) {
    case TIMING_BEGIN:
        *state = MAINTENANCE_IN_PROGRESS;
        return true;
    case TIMING_VERIFY:
        *state = MAINTENANCE_VERIFYING;
        return true;
    case TIMING_COMPLETE:
        *state = MAINTENANCE_COMPLETED;
        return true;
    case TIMING_CANCEL:
        *state = MAINTENANCE_CANCELLED;
        return true;
    case TIMING_EXTEND:
    case TIMING_UNTIL:
    case TIMING_MOVE:
        break;
    }
    return false;
}

static void order_time(struct said *said, const struct phrase_read *phrase, struct text line)
{
    static const enum timing_kind kinds[TIMING_ORDER_COUNT] = {
        [TIMING_EXTEND] = TIMING_EXTENSION,
        [TIMING_UNTIL] = TIMING_END,
        [TIMING_MOVE] = TIMING_START,
    };

    set_time(said, kinds[phrase->word->value], phrase->value, line,
             arena_copy(said->arena, phrase->said.at, phrase->said.size));
}

/* "cancel the second half": an order, or text? A stage ("completed the first half") is text. */
static enum line_outcome ask_order(struct said *said, const struct phrase_read *phrase,
                                   struct text line)
{
    const bool begins = phrase->word->value == TIMING_BEGIN;
    const char *const order = language_spell(said->language, MEANS_ORDER, phrase->word->value);
    const char *const suggestions[] = {
        begins ? order
               : arena_format(said->arena, "%s: %.*s", order, (int)phrase->value.size,
                              phrase->value.at),
        begins ? arena_format(said->arena, "%s %.*s",
                              language_spell(said->language, MEANS_ORDER, TIMING_MOVE),
                              (int)phrase->value.size, phrase->value.at)
               : NULL,
        NULL};

    if (phrase->word->meaning == MEANS_STAGE)
        return LINE_IS_TEXT;
    said_ask(said, QUESTION_WORD, line, suggestions,
             "is \"%s\" an order here? If it is text, write it a little differently",
             phrase->word->word);
    return LINE_IS_ASKED;
}

static enum line_outcome take_phrase(struct said *said, const struct phrase_read *phrase,
                                     struct text line)
{
    enum maintenance_state state;

    if (!find_stage(phrase->word, &state)) {
        order_time(said, phrase, line);
    } else if (!phrase->is_set_apart) {
        return ask_order(said, phrase, line);
    } else {
        set_stage(said, state, line);
        said_add_text(said, "\n", phrase->value);
    }
    return said->question != NULL ? LINE_IS_ASKED : LINE_IS_TAKEN;
}

static void set_completes(struct said *said, struct text value, struct text line)
{
    const char *const suggestions[] = {"Auto-complete: no", "Auto-complete: yes", NULL};
    const struct vocable *found =
        language_find(said->language, value, 1U << MEANS_YES | 1U << MEANS_NO);
    struct schedule *schedule = &said->timing->schedule;

    said->was_explicit = true;
    if (found == NULL) {
        said_ask(said, QUESTION_NOTIFY, line, suggestions, "\"%s\" is neither yes nor no",
                 text_clean_line(said->arena, value, 40));
        return;
    }
    schedule->has_completes = true;
    schedule->completes_by_time = found->meaning == MEANS_YES;
}

/* "Strat: 02:00"; of short words everything is near. True: it was asked. */
static bool ask_near(struct said *said, struct text word, struct text value, struct text line)
{
    const bool is_reply = said->timing->before != NULL;
    const unsigned meanings =
        1U << MEANS_TIMING | (is_reply ? 1U << MEANS_ORDER | 1U << MEANS_STAGE : 0);
    const struct vocable *near = language_find_near(said->language, word, meanings);

    if (near == NULL || g_utf8_strlen(near->word, -1) < 5 ||
        language_find(said->language, word, ~0U) != NULL)
        return false;
    const char *const suggestions[] = {
        value.size == 0
            ? near->word
            : arena_format(said->arena, "%s: %.*s", near->word, (int)value.size, value.at),
        NULL};
    said_ask(said, QUESTION_WORD, line, suggestions,
             "\"%s\" is no word of ours, but nearly \"%s\"; if it is text, write it a little "
             "differently",
             text_clean_line(said->arena, word, 40), near->word);
    return true;
}

static enum line_outcome take_named(struct said *said, struct text word, struct text value,
                                    struct text line)
{
    const struct vocable *found =
        language_find(said->language, word, 1U << MEANS_TIMING | 1U << MEANS_LINE);
    struct phrase_read phrase;

    if (found != NULL && found->meaning == MEANS_LINE) {
        if (found->value != LINE_STATUS || !read_phrase(said, value, &phrase))
            return LINE_IS_TEXT;
        return take_phrase(said, &phrase, line);
    }
    if (found == NULL)
        return ask_near(said, word, value, line) ? LINE_IS_ASKED : LINE_IS_TEXT;
    if (found->value == TIMING_COMPLETES)
        set_completes(said, value, line);
    else
        set_time(said, (enum timing_kind)found->value, value, line,
                 arena_format(said->arena, "%s:", found->word));
    return said->question != NULL ? LINE_IS_ASKED : LINE_IS_TAKEN;
}

static enum line_outcome read_named(struct said *said, struct text line, bool has_text)
{
    const struct pattern *pattern =
        language_match(said->language, said->matcher, LANGUAGE_LINE, line);
    const struct text word = text_trim(line);

    if (pattern != NULL)
        return take_named(said, text_trim(matcher_group(said->matcher, pattern, "word")),
                          text_trim(matcher_group(said->matcher, pattern, "text")), line);
    if (said->timing->before == NULL || has_text || text_find_byte(word, ' ') >= 0)
        return LINE_IS_TEXT;
    return ask_near(said, word, TEXT(""), line) ? LINE_IS_ASKED : LINE_IS_TEXT;
}

/* Of "Start: 02:00" the word is the name of a time, no order. */
static bool is_order(const struct said *said, const struct phrase_read *phrase, bool has_text)
{
    if (!phrase->has_colon)
        return !has_text;
    return language_find(said->language, phrase->said, 1U << MEANS_TIMING) == NULL;
}

enum line_outcome timing_read_line(struct said *said, struct text line, bool has_text)
{
    struct phrase_read phrase;

    if (said->timing->before != NULL && read_phrase(said, line, &phrase) &&
        is_order(said, &phrase, has_text))
        return take_phrase(said, &phrase, line);
    return read_named(said, line, has_text);
}

bool timing_take_word(struct said *said, struct text word, struct text line)
{
    const struct vocable *found =
        language_find(said->language, word, 1U << MEANS_ORDER | 1U << MEANS_STAGE);
    enum maintenance_state state;

    if (found == NULL || !find_stage(found, &state))
        return false;
    set_stage(said, state, line);
    return true;
}
