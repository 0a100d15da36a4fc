#include "gateway/mail/lines.h"

#include <string.h>

/* Nothing that is compared is longer. */
#define PLAIN_BYTES 500

static gunichar simplify(gunichar c)
{
    switch (c) {
    case '\t':
    case 0x00a0: /* no-break space: French "a écrit :" */
    case 0x2009:
    case 0x202f: /* narrow no-break space: Apple's "3:45 PM" */
    case 0x3000:
        return ' ';
    case 0x2018:
    case 0x2019:
        return '\'';
    case 0xff1a:
        return ':';
    default:
        return c;
    }
}

static const char *make_plain(struct arena *arena, struct text raw)
{
    g_autofree char *lower = g_utf8_strdown(raw.at, (gssize)raw.size);
    g_autoptr(GString) plain = g_string_sized_new(raw.size);

    for (const char *c = lower; *c != '\0'; c += g_utf8_skip[(guchar)*c]) {
        gunichar simple = simplify(g_utf8_get_char(c));
        bool is_second_space =
            simple == ' ' && (plain->len == 0 || plain->str[plain->len - 1] == ' ');
        if (simple != '*' && !is_second_space) {
            g_string_append_unichar(plain, simple);
        }
    }
    if (plain->len > 0 && plain->str[plain->len - 1] == ' ') {
        g_string_truncate(plain, plain->len - 1);
    }
    return arena_copy(arena, plain->str, plain->len);
}

static struct line read_line(struct arena *arena, struct text raw)
{
    struct text trimmed = text_trim(raw);
    struct line line = {.raw = raw, .plain = ""};

    line.raw.size = trimmed.size == 0 ? 0 : (size_t)(trimmed.at + trimmed.size - raw.at);
    /* ">:" is the end of a wrapped "… <ada@example.com" CR LF ">:" */
    line.is_quoted = text_has_prefix(trimmed, TEXT(">")) && !text_has_prefix(trimmed, TEXT(">:"));
    line.is_delimiter = text_is_equal(raw, TEXT("-- ")) || text_is_equal(raw, TEXT("--"));
    if (!line.is_quoted && trimmed.size > 0 && trimmed.size <= PLAIN_BYTES) {
        line.plain = make_plain(arena, trimmed);
    }
    return line;
}

/* A fence that never ends fences nothing. */
static void mark_fences(struct lines *lines)
{
    size_t open = lines->count;

    for (size_t i = 0; i < lines->count; i++) {
        if (!text_has_prefix(text_trim(lines->at[i].raw), TEXT("```"))) {
            continue;
        }
        if (open == lines->count) {
            open = i;
            continue;
        }
        for (size_t k = open; k <= i; k++) {
            lines->at[k].is_fenced = true;
        }
        open = lines->count;
    }
}

struct lines lines_split(struct arena *arena, const char *text)
{
    struct lines lines = {NULL, 0};
    struct text rest = text_of(text);
    struct text raw;
    size_t count = 1;

    for (size_t i = 0; i < rest.size; i++) {
        count += rest.at[i] == '\n';
    }
    lines.at = ARENA_ARRAY(arena, struct line, count);
    while (text_next_line(&rest, &raw)) {
        lines.at[lines.count++] = read_line(arena, raw);
    }
    mark_fences(&lines);
    return lines;
}

const char *lines_join(struct arena *arena, const struct lines *lines, size_t first, size_t count)
{
    g_autoptr(GString) joined = g_string_new(NULL);

    if (count == 1) {
        return lines->at[first].plain;
    }
    for (size_t i = first; i < first + count; i++) {
        g_string_append(joined, joined->len > 0 ? " " : "");
        g_string_append(joined, lines->at[i].plain);
    }
    return arena_copy(arena, joined->str, joined->len);
}

bool line_is_blank(const struct line *line)
{
    return line->raw.size == 0;
}

size_t lines_find_text(const struct lines *lines, size_t from)
{
    while (from < lines->count && line_is_blank(&lines->at[from])) {
        from++;
    }
    return from;
}

static bool is_decoration(char c)
{
    return c != '\0' && strchr(" -_=~#>|", c) != NULL;
}

struct text line_undecorate(const char *plain)
{
    struct text text = text_of(plain);

    while (text.size > 0 && is_decoration(text.at[0])) {
        text = text_skip(text, 1);
    }
    while (text.size > 0 && is_decoration(text.at[text.size - 1])) {
        text.size--;
    }
    return text;
}

bool word_is_listed(struct text word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is_equal(word, text_of(list[i]))) {
            return true;
        }
    }
    return false;
}
