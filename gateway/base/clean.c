/* text_clean() and text_clean_line() of text.h. */
#include "gateway/base/text.h"

#include <string.h>

#define MARKS_ON_A_BASE   4
#define ZERO_WIDTH_JOINER 0x200d
#define ELLIPSIS          0x2026

struct range {
    uint32_t first;
    uint32_t last;
};

/* What changes how other text looks, or is seen by programs alone. */
static const struct range vanishing[] = {
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x180e, 0x180e},   /* Mongolian vowel separator */
    {0x200b, 0x200f},   /* zero-width space, joiners, direction marks */
    {0x202a, 0x202e},   /* BiDi embeddings and overrides */
    {0x2060, 0x206f},   /* word joiner, invisible operators, isolates, old format characters */
    {0xfeff, 0xfeff},   /* zero-width no-break space, the byte order mark */
    {0xfff9, 0xfffb},   /* interlinear annotation */
    {0xe0000, 0xe007f}, /* tags */
};

static const struct range emoji[] = {
    {0x2190, 0x21ff}, {0x2300, 0x23ff}, {0x2600, 0x27bf}, {0x2b00, 0x2bff}, {0x1f000, 0x1faff},
};

static bool is_within(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

static bool is_emoji(uint32_t character)
{
    return is_within(emoji, G_N_ELEMENTS(emoji), character);
}

/* A joiner stays where it makes one emoji of two; U+FE0F (emoji presentation) may stand before it. */
static bool joins_emoji(const GString *before, struct text rest)
{
    uint32_t next = 0;

    if (before->len == 0 || !text_next_character(&rest, &next) || !is_emoji(next))
        return false;
    const char *last = g_utf8_find_prev_char(before->str, before->str + before->len);
    if (last != NULL && g_utf8_get_char(last) == 0xfe0f)
        last = g_utf8_find_prev_char(before->str, last);
    return last != NULL && is_emoji(g_utf8_get_char(last));
}

static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
           character == 0x2029;
}

static bool has_vanished(uint32_t character, const GString *before, struct text rest)
{
    if (character == ZERO_WIDTH_JOINER && joins_emoji(before, rest))
        return false;
    return is_within(vanishing, G_N_ELEMENTS(vanishing), character);
}

/* CR, CRLF and other controls aside, what people see is what stays. */
static uint32_t replace(uint32_t character, struct text *rest)
{
    if (character == TEXT_INVALID)
        return 0xfffd;
    if (character == '\r') {
        if (text_has_prefix(*rest, TEXT("\n")))
            *rest = text_skip(*rest, 1);
        return '\n';
    }
    if (character == '\n' || character == '\t')
        return character;
    return is_control(character) ? ' ' : character;
}

static GString *replace_all(struct text text)
{
    GString *const result = g_string_sized_new(text.size);
    uint32_t character = 0;

    while (text_next_character(&text, &character)) {
        character = replace(character, &text);
        if (!has_vanished(character, result, text))
            g_string_append_unichar(result, character);
    }
    return result;
}

static GString *limit_marks(struct text text)
{
    GString *const result = g_string_sized_new(text.size);
    uint32_t character = 0;
    unsigned marks = 0;

    while (text_next_character(&text, &character)) {
        marks = g_unichar_ismark(character) ? marks + 1 : 0;
        if (marks <= MARKS_ON_A_BASE)
            g_string_append_unichar(result, character);
    }
    return result;
}

static struct text text_of_string(const GString *string)
{
    return text_from(string->str, string->len);
}

static GString *clean(struct text text)
{
    g_autoptr(GString) replaced = replace_all(text);
    /* Before normalising too: GLib sorts the marks of a base in quadratic time. */
    g_autoptr(GString) limited = limit_marks(text_of_string(replaced));
    g_autofree char *normal = g_utf8_normalize(limited->str, (gssize)limited->len, G_NORMALIZE_NFC);

    return limit_marks(text_of(normal));
}

char *text_clean(struct arena *arena, struct text text)
{
    g_autoptr(GString) result = clean(text);

    return arena_copy(arena, result->str, result->len);
}

static GString *join_spaces(struct text text)
{
    GString *const result = g_string_sized_new(text.size);
    uint32_t character = 0;
    bool is_space_due = false;

    while (text_next_character(&text, &character)) {
        if (g_unichar_isspace(character)) {
            is_space_due = result->len > 0;
            continue;
        }
        if (is_space_due)
            g_string_append_c(result, ' ');
        is_space_due = false;
        g_string_append_unichar(result, character);
    }
    return result;
}

/* Neither a mark nor a joined emoji stands alone. */
static bool hangs_on_the_one_before(const char *at)
{
    const gunichar character = g_utf8_get_char(at);

    return g_unichar_ismark(character) || character == ZERO_WIDTH_JOINER;
}

static void cut(GString *line, size_t most_characters)
{
    if ((size_t)g_utf8_strlen(line->str, (gssize)line->len) <= most_characters)
        return;
    if (most_characters == 0) {
        g_string_truncate(line, 0);
        return;
    }
    const char *end = g_utf8_offset_to_pointer(line->str, (glong)(most_characters - 1));
    while (end > line->str && hangs_on_the_one_before(end))
        end = g_utf8_prev_char(end);
    while (end > line->str && end[-1] == ' ')
        end--;
    g_string_truncate(line, (gsize)(end - line->str));
    g_string_append_unichar(line, ELLIPSIS);
}

char *text_clean_line(struct arena *arena, struct text text, size_t most_characters)
{
    g_autoptr(GString) cleaned = clean(text);
    g_autoptr(GString) line = join_spaces(text_of_string(cleaned));

    cut(line, most_characters);
    return arena_copy(arena, line->str, line->len);
}
