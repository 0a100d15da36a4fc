/* Is this mail about that monitor, and does it say down or up? */
#include "gateway/grammar/generic.h"

#include "gateway/grammar/books.h"
#include "gateway/grammar/made.h"
#include "gateway/grammar/saying.h"

#include <string.h>

#define NAME_BYTES    ((size_t)200)
#define SUBJECT_BYTES ((size_t)2000)
#define TEXT_BYTES    ((size_t)8192) /* of the text, where the name is looked for */
#define LINE_BYTES    ((size_t)1000)
#define LINES         5
#define PLACES        8
#define WORDS         200
#define DETAIL_BYTES  ((size_t)2000)

struct asked {
    const struct grammars *grammars;
    struct arena *arena;
    struct text name; /* folded */
    enum generic_scope scope;
};

/* Not in the middle of a character. */
static struct text cut(const char *string, size_t most)
{
    struct text text = text_of(string);

    if (text.size <= most)
        return text;
    while (most > 0 && ((unsigned char)text.at[most] & 0xC0) == 0x80)
        most--;
    return text_first(text, most);
}

/* The next place of `name`, with boundaries on both sides, from `from` on. False: there is none. */
static bool find_next(struct text folded, struct text name, size_t from, struct text *place)
{
    for (;;) {
        const ptrdiff_t found = text_find(text_skip(folded, from), name);
        if (found < 0)
            return false;
        const size_t at = from + (size_t)found;
        if (generic_is_boundary(folded, at) && generic_is_boundary(folded, at + name.size)) {
            *place = text_from(folded.at + at, name.size);
            return true;
        }
        from = at + 1;
    }
}

/* Is the place part of a longer name that is known ("API" in "API gateway")? */
static bool is_of_longer(const struct asked *asked, struct text folded, struct text place)
{
    for (size_t i = 0; i < asked->grammars->monitor_name_count; i++) {
        const struct text other = text_of(asked->grammars->monitor_names[i]);
        struct text found;
        size_t from = 0;
        if (other.size <= place.size || text_find(other, asked->name) < 0)
            continue;
        while (find_next(folded, other, from, &found)) {
            if (found.at <= place.at && found.at + found.size >= place.at + place.size)
                return true;
            from = (size_t)(found.at - folded.at) + 1;
        }
    }
    return false;
}

/* Where the name stands, at most PLACES. */
static size_t find_name(const struct asked *asked, struct text folded, struct text places[PLACES])
{
    size_t count = 0;
    size_t from = 0;

    while (count < PLACES && find_next(folded, asked->name, from, &places[count])) {
        from = (size_t)(places[count].at - folded.at) + places[count].size;
        if (!is_of_longer(asked, folded, places[count]))
            count++;
    }
    return count;
}

static bool has_name(const struct generic_word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].class == GENERIC_NAME && !generic_is_joined(words, count, i))
            return true;
    return false;
}

/* A line, taken apart; one with too many words is unclear. */
struct line {
    struct generic_word words[WORDS];
    size_t count;
    bool has_name;
    struct said_state said;
};

static void read_line(const struct asked *asked, struct text raw, struct line *line)
{
    const struct text folded = text_of(generic_fold(asked->arena, raw));
    struct text places[PLACES];
    const size_t place_count = find_name(asked, folded, places);

    *line = (struct line){.said = {.kind = SAYING_UNCLEAR}};
    const size_t count =
        generic_split(asked->grammars->generic, folded, places, place_count, line->words, WORDS);
    if (count == SIZE_MAX)
        return;
    line->count = count;
    line->has_name = has_name(line->words, count);
    line->said = saying_read(folded, line->words, count);
}

/* "FIRING:1": a number that belongs to a state. */
static bool is_count(const struct line *line, size_t at)
{
    const struct text word = line->words[at].text;

    for (size_t i = 0; i < word.size; i++)
        if (!g_ascii_isdigit(word.at[i]))
            return false;
    return at > 0 && line->words[at - 1].text.at + line->words[at - 1].text.size + 1 == word.at &&
           word.at[-1] == ':' && line->words[at - 1].class != GENERIC_OTHER &&
           line->words[at - 1].class != GENERIC_NAME;
}

/* Nothing but the name, states and what stands between. */
static bool is_whole(const struct line *line)
{
    for (size_t i = 0; i < line->count; i++)
        if (line->words[i].class == GENERIC_OTHER && !is_count(line, i))
            return false;
    return line->has_name;
}

/* Of the first lines, the first that says a state. */
static struct said_state read_lines(const struct asked *asked, const char *text)
{
    struct text rest = cut(text, TEXT_BYTES);
    struct text raw;
    struct line *line = ARENA_NEW(asked->arena, struct line);

    for (size_t lines = 0; lines < LINES && text_next_line(&rest, &raw);) {
        if (text_trim(raw).size == 0)
            continue;
        lines++;
        if (raw.size > LINE_BYTES)
            continue;
        read_line(asked, raw, line);
        if (line->said.kind != SAYING_NOTHING && line->said.has_state)
            return line->said;
    }
    return (struct said_state){.kind = SAYING_NOTHING};
}

static bool is_named_in(const struct asked *asked, const char *text)
{
    const struct text folded = text_of(generic_fold(asked->arena, cut(text, TEXT_BYTES)));
    struct text places[PLACES];

    return find_name(asked, folded, places) > 0;
}

static struct said_state listen(const struct asked *asked, const struct mail *mail)
{
    static const struct said_state nothing = {.kind = SAYING_NOTHING};
    struct line *subject = ARENA_NEW(asked->arena, struct line);

    read_line(asked, cut(mail->subject, SUBJECT_BYTES), subject);
    if (asked->scope == GENERIC_WHOLE)
        return is_whole(subject) ? subject->said : nothing;
    if (!subject->has_name && !is_named_in(asked, mail->text))
        return nothing;
    return subject->said.kind != SAYING_NOTHING ? subject->said : read_lines(asked, mail->text);
}

static void conclude(struct arena *arena, const struct mail *mail, const char *name,
                     const struct said_state *said, struct reading *reading)
{
    static const struct {
        enum command_kind kind;
        const char *rule;
    } rows[] = {
        [SAYING_DOWN] = {COMMAND_ALERT, "down"},
        [SAYING_UP] = {COMMAND_CLEAR, "up"},
        [SAYING_ACKNOWLEDGED] = {COMMAND_ACKNOWLEDGE, "acknowledged"},
    };
    struct grammar_value *values = ARENA_ARRAY(arena, struct grammar_value, 4);
    struct grammar_value *groups = ARENA_ARRAY(arena, struct grammar_value, 2);
    struct grammar_alert *alert = ARENA_NEW(arena, struct grammar_alert);
    const struct text detail = text_trim(cut(mail->text, DETAIL_BYTES));
    size_t count = 0;

    values[count++] = (struct grammar_value){"key", name};
    values[count++] = (struct grammar_value){"title", arena_string(arena, mail->subject)};
    values[count++] = (struct grammar_value){"message", arena_copy(arena, detail.at, detail.size)};
    if (said->kind == SAYING_DOWN && said->has_severity)
        values[count++] =
            (struct grammar_value){"severity", incident_severity_name(said->severity)};
    groups[0] = (struct grammar_value){"name", name};
    groups[1] = (struct grammar_value){"state", arena_copy(arena, said->word.at, said->word.size)};
    *alert = (struct grammar_alert){rows[said->kind].kind, values, count, groups, 2};
    *reading = (struct reading){.grammar = "generic",
                                .rule = rows[said->kind].rule,
                                .values = values,
                                .value_count = count,
                                .groups = groups,
                                .group_count = 2,
                                .alerts = alert,
                                .alert_count = 1,
                                .was_explicit = true};
}

const struct reading *grammar_read_generic(struct grammars *grammars, struct arena *arena,
                                           const struct mail *mail, const char *name,
                                           enum generic_scope scope)
{
    struct reading *reading = ARENA_NEW(arena, struct reading);
    const struct grammar_request request = {.role = GRAMMAR_MONITOR, .mail = mail, .extension = ""};
    const struct asked asked = {grammars, arena,
                                text_of(generic_fold(arena, cut(name, NAME_BYTES))), scope};

    *reading = (struct reading){.kind = READING_NOTHING, .grammar = "", .rule = ""};
    if (grammars->generic == NULL || asked.name.size == 0)
        return reading;
    const struct said_state said = listen(&asked, mail);
    if (said.kind == SAYING_NOTHING || said.kind == SAYING_UNCLEAR)
        return reading;
    conclude(arena, mail, arena_string(arena, name), &said, reading);
    made_plain(arena, &request, reading->alerts[0].kind, reading);
    return reading;
}
