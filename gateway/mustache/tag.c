#include "gateway/mustache/tag.h"

#include <string.h>

#define MOST_DELIMITER_BYTES 8

static size_t skip_blanks(struct text source, size_t at)
{
    while (at < source.size && (source.at[at] == ' ' || source.at[at] == '\t'))
        at++;
    return at;
}

bool tag_find_line_end(struct text source, size_t at, size_t *next)
{
    at = skip_blanks(source, at);
    if (at < source.size && source.at[at] == '\r')
        at++;
    if (at < source.size && source.at[at] != '\n')
        return false;
    *next = MIN(at + 1, source.size);
    return true;
}

bool tag_find_line_begin(struct text source, size_t at, size_t *begin)
{
    while (at > 0 && (source.at[at - 1] == ' ' || source.at[at - 1] == '\t'))
        at--;
    *begin = at;
    return at == 0 || source.at[at - 1] == '\n';
}

struct text tag_blanks_at(struct text source, size_t at)
{
    return text_from(source.at + at, skip_blanks(source, at) - at);
}

/* Sets what of the source `tag` takes. */
static void measure(struct text source, struct tag *tag)
{
    size_t from = 0;
    size_t to = 0;

    tag->from = tag->begin;
    tag->to = tag->end;
    tag->is_alone = strchr("#^/!>$=", tag->sigil) != NULL &&
                    tag_find_line_begin(source, tag->begin, &from) &&
                    tag_find_line_end(source, tag->end, &to);
    if (!tag->is_alone)
        return;
    tag->from = from;
    tag->to = to;
}

bool tag_read(struct text source, const struct tag_delimiters *delimiters, struct tag *tag)
{
    static const char sigils[] = "&#^/!><$=";
    const struct text inside = text_skip(source, tag->begin + delimiters->open.size);
    const char first = inside.size > 0 ? inside.at[0] : '\0';
    const bool is_triple = first == '{' && text_is_equal(delimiters->open, TEXT("{{"));
    const bool has_sigil = is_triple || (first != '\0' && strchr(sigils, first) != NULL);
    const struct text body = text_skip(inside, has_sigil ? 1 : 0);
    const struct text close = is_triple ? TEXT("}}}") : delimiters->close;
    ptrdiff_t size = text_find(body, close);
    size_t extra = 0;

    if (first == '=') { /* {{=<% %>=}}: the closing delimiter may stand in it */
        g_autofree char *end = g_strdup_printf("=%.*s", (int)close.size, close.at);
        size = text_find(body, text_of(end));
        extra = 1;
    }
    if (size < 0)
        return false;
    tag->sigil = has_sigil ? first : 'v';
    tag->content = text_trim(text_first(body, (size_t)size));
    tag->end = (size_t)(body.at - source.at) + (size_t)size + extra + close.size;
    measure(source, tag);
    return true;
}

static bool is_delimiter(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] == '=' || g_ascii_isspace(text.at[i]))
            return false;
    return text.size > 0 && text.size <= MOST_DELIMITER_BYTES;
}

const char *tag_read_delimiters(const struct tag *tag, struct tag_delimiters *delimiters)
{
    size_t size = 0;

    while (size < tag->content.size && !g_ascii_isspace(tag->content.at[size]))
        size++;
    const struct text open = text_first(tag->content, size);
    const struct text close = text_trim(text_skip(tag->content, size));
    if (!is_delimiter(open) || !is_delimiter(close))
        return "delimiters are two words of at most 8 bytes, without =: {{=<% %>=}}";
    delimiters->open = open;
    delimiters->close = close;
    return NULL;
}
