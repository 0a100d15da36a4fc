#include "gateway/grammar/topline.h"

#include "gateway/grammar/timing.h"

#include <string.h>

#define OURS  (1U << MEANS_STATUS | 1U << MEANS_SEVERITY | 1U << MEANS_LINE)
#define KNOWN (OURS | 1U << MEANS_FOREIGN)

/* Mail programs write spaces that do not break: Outlook fills its empty lines with them. */
static const struct text no_break_spaces[] = {
    TEXT_INIT("\xC2\xA0"),     /* U+00A0 */
    TEXT_INIT("\xE2\x80\xAF"), /* U+202F */
    TEXT_INIT("\xE2\x80\x87"), /* U+2007 */
};

static size_t space_size(struct text at)
{
    for (size_t i = 0; i < G_N_ELEMENTS(no_break_spaces); i++)
        if (text_has_prefix(at, no_break_spaces[i]))
            return no_break_spaces[i].size;
    return 0;
}

/* The line with plain spaces; itself when it has no others. */
static struct text plain_line(struct arena *arena, struct text line)
{
    bool has_any = false;

    for (size_t i = 0; i < line.size && !has_any; i++)
        has_any = space_size(text_skip(line, i)) > 0;
    if (!has_any)
        return line;
    char *plain = arena_alloc(arena, line.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < line.size;) {
        const size_t space = space_size(text_skip(line, i));
        plain[size] = line.at[i];
        if (space > 0)
            plain[size] = ' ';
        size++;
        i += MAX(space, 1);
    }
    return text_from(plain, size);
}

/* One line taken apart. */
struct parts {
    struct text line;
    struct text word;
    struct text value;
};

static bool take_apart(struct said *said, enum language_pattern kind, struct text line,
                       struct parts *parts)
{
    const struct pattern *pattern = language_match(said->language, said->matcher, kind, line);

    if (pattern == NULL)
        return false;
    *parts = (struct parts){line, text_trim(matcher_group(said->matcher, pattern, "word")),
                            text_trim(matcher_group(said->matcher, pattern, "text"))};
    return true;
}

static bool is_mark(char byte)
{
    return strchr(".!,;:*_ \t", byte) != NULL;
}

/* "monitoring.", "**major**" */
static struct text strip_marks(struct text word)
{
    while (word.size > 0 && is_mark(word.at[word.size - 1]))
        word.size--;
    while (word.size > 0 && is_mark(word.at[0]))
        word = text_skip(word, 1);
    return word;
}

/* The value of `Status:`: a status, which may be followed by text as in the plain forms. */
static void read_status(struct said *said, const struct parts *parts)
{
    const struct text word = strip_marks(parts->value);
    const struct vocable *found = language_find(said->language, word, 1U << MEANS_STATUS);
    struct parts inner = {.word = word};

    if (found == NULL && (take_apart(said, LANGUAGE_FORM, parts->value, &inner) ||
                          take_apart(said, LANGUAGE_LINE, parts->value, &inner)))
        found = language_find(said->language, inner.word, 1U << MEANS_STATUS);
    if (found != NULL) {
        said_status(said, (enum incident_status)found->value, parts->line);
        said_add_text(said, "\n", inner.value);
        return;
    }
    const struct vocable *near = language_find(said->language, word, 1U << MEANS_FOREIGN);
    if (near == NULL)
        near = language_find_near(said->language, word, 1U << MEANS_STATUS);
    said_ask_status(said, word, near, parts->line);
}

static void read_severity(struct said *said, const struct parts *parts)
{
    const struct text word = strip_marks(parts->value);
    const struct vocable *found = language_find(said->language, word, 1U << MEANS_SEVERITY);
    const struct vocable none = {.word = "", .meaning = MEANS_SEVERITY};

    if (found != NULL)
        said_severity(said, (enum incident_severity)found->value, parts->line);
    else
        said_ask_word(said, word, &none, parts->line);
}

static void read_line_word(struct said *said, enum line_kind kind, const struct parts *parts)
{
    switch (kind) {
    case LINE_STATUS:
        read_status(said, parts);
        break;
    case LINE_SEVERITY:
        read_severity(said, parts);
        break;
    case LINE_COMPONENTS:
        said_components(said, parts->value, parts->line);
        break;
    case LINE_TITLE:
        said_title(said, parts->value, parts->line);
        break;
    case LINE_NOTIFY:
        said_notify(said, strip_marks(parts->value), parts->line);
        break;
    case LINE_PRIVATE:
        said->is_note = true;
        said->was_explicit = true;
        said_add_text(said, "\n", parts->value);
        break;
    case LINE_PREVIEW:
        said_preview(said, strip_marks(parts->value), parts->line);
        break;
    }
}

/* A word of ours in front of a line. */
static enum line_outcome take_word(struct said *said, const struct vocable *found,
                                   const struct parts *parts)
{
    if (found->meaning == MEANS_FOREIGN) {
        said_ask_status(said, parts->word, found, parts->line);
    } else if (found->meaning == MEANS_LINE) {
        read_line_word(said, (enum line_kind)found->value, parts);
    } else if (found->meaning == MEANS_STATUS) {
        said_status(said, (enum incident_status)found->value, parts->line);
        said_add_text(said, "\n", parts->value);
    } else if (found->meaning == MEANS_SEVERITY) {
        said_severity(said, (enum incident_severity)found->value, parts->line);
        said_add_text(said, "\n", parts->value);
    } else {
        return LINE_IS_TEXT;
    }
    return said->question != NULL ? LINE_IS_ASKED : LINE_IS_TAKEN;
}

/* `Word: text` and `#word`: ours, nearly ours, or text. */
static enum line_outcome read_explicit(struct said *said, const struct parts *parts)
{
    const struct vocable *found = language_find(said->language, parts->word, KNOWN);

    if (found != NULL)
        return take_word(said, found, parts);
    const struct vocable *near = language_find_near(said->language, parts->word, OURS);
    if (near == NULL)
        return LINE_IS_TEXT;
    said_ask_word(said, parts->word, near, parts->line);
    return LINE_IS_ASKED;
}

/* Only these may stand without a colon: "Title - the whole story" is text. */
static bool may_stand_alone(const struct vocable *found)
{
    return found->meaning != MEANS_LINE || found->value == LINE_PRIVATE ||
           found->value == LINE_PREVIEW;
}

/* "resolved", "RESOLVED - all good", "Preview"; one edit from a status asks, since to publish "Resovled" as
 * text helps nobody. */
static enum line_outcome read_form(struct said *said, const struct parts *parts)
{
    const struct vocable *found = language_find(said->language, parts->word, KNOWN);
    const bool is_alone = parts->value.size == 0;

    if (found != NULL && found->meaning == MEANS_LINE && found->value == LINE_PREVIEW && !is_alone)
        return LINE_IS_TEXT;
    if (found != NULL)
        return may_stand_alone(found) ? take_word(said, found, parts) : LINE_IS_TEXT;
    const struct vocable *near = language_find_near(
        said->language, parts->word, 1U << MEANS_STATUS | (is_alone ? 1U << MEANS_LINE : 0));
    if (near == NULL || !may_stand_alone(near))
        return LINE_IS_TEXT;
    said_ask_word(said, parts->word, near, parts->line);
    return LINE_IS_ASKED;
}

enum line_outcome topline_read_one(struct said *said, struct text line, bool has_text)
{
    struct parts parts;

    line = plain_line(said->arena, line);
    if (said->timing != NULL) {
        const enum line_outcome outcome = timing_read_line(said, line, has_text);
        if (outcome != LINE_IS_TEXT)
            return outcome;
    }
    if (take_apart(said, LANGUAGE_LINE, line, &parts) ||
        take_apart(said, LANGUAGE_MARK, line, &parts))
        return read_explicit(said, &parts);
    if (!has_text && take_apart(said, LANGUAGE_FORM, line, &parts))
        return read_form(said, &parts);
    return LINE_IS_TEXT;
}

/* In the text below the commands `Private:` would be published and `Notify: no` overlooked: too late to
 * be taken, too dear to be text. */
static void check_rest(struct said *said, struct text rest)
{
    struct text line;
    struct parts parts;
    const char *const suggestions[] = {"Private: ...", "Notify: no", NULL};

    while (!said->is_note && text_next_line(&rest, &line)) {
        if (text_find_byte(text_first(line, 32), ':') < 0)
            continue;
        line = plain_line(said->arena, line);
        if (!take_apart(said, LANGUAGE_LINE, line, &parts))
            continue;
        const struct vocable *found = language_find(said->language, parts.word, 1U << MEANS_LINE);
        if (found == NULL || (found->value != LINE_PRIVATE && found->value != LINE_NOTIFY))
            continue;
        said_ask(said, QUESTION_WORD, line, suggestions,
                 "\"%s:\" stands below the text; it counts only above it", found->word);
        return;
    }
}

/* Where the top of a text was read to. */
struct top {
    struct text rest;
    struct text text; /* where the author's text begins */
    bool is_greeted;  /* ... with a greeting that no command has followed yet */
    bool was_blank;   /* the line before was blank */
    size_t command_count;
};

static bool is_done(const struct said *said, const struct top *top)
{
    return said->is_note || (top->was_blank && said->text->len > 0);
}

static bool greets(struct said *said, const struct top *top, struct text line)
{
    return top->command_count == 0 && !top->is_greeted &&
           language_match(said->language, said->matcher, LANGUAGE_GREETING, line) != NULL;
}

/* One line off the top. False: the text begins. */
static bool read_top(struct said *said, struct top *top)
{
    struct text line;

    if (is_done(said, top) || !text_next_line(&top->rest, &line))
        return false;
    line = plain_line(said->arena, line);
    if (text_trim(line).size == 0) {
        top->was_blank = true;
        if (!top->is_greeted)
            top->text = top->rest;
        return true;
    }
    if (greets(said, top, line)) {
        top->is_greeted = true;
        return true;
    }
    if (topline_read_one(said, line, said->text->len > 0) != LINE_IS_TAKEN)
        return false;
    top->command_count++;
    top->is_greeted = false;
    top->was_blank = false;
    top->text = top->rest;
    return true;
}

/* Without blank lines above and white space below; what indents the first line stays. */
static struct text trim_lines(struct arena *arena, struct text text)
{
    struct text rest = text;
    struct text line;

    while (text_next_line(&rest, &line) && text_trim(plain_line(arena, line)).size == 0)
        text = rest;
    while (text.size > 0 && g_ascii_isspace(text.at[text.size - 1]))
        text.size--;
    return text;
}

void topline_read(struct said *said, const char *text)
{
    const struct text whole = text_of(text);
    struct top top = {.rest = whole, .text = whole};
    /* A subject may have said so: all of this text is the note then, its words included. */
    const bool was_note = said->is_note;
    const bool had_text = said->text->len > 0;

    while (!was_note && read_top(said, &top))
        continue;
    const struct text body = trim_lines(said->arena, top.text);
    check_rest(said, body);
    const bool is_apart = had_text || top.was_blank || body.at > top.text.at;
    said_add_text(said, is_apart || was_note ? "\n\n" : "\n", body);
}
