#include "gateway/calendar/contentline.h"

#include "gateway/base/error.h"

#include <string.h>

/* Line ends are CRLF or LF; what follows one and a space or tab belongs to the line before. A line end that
 * stands alone inside a value (some programs break lines so) makes a line without colon, which is left out. */
static struct text unfold(struct arena *arena, struct text text)
{
    char *out = arena_alloc(arena, text.size + 1);
    size_t size = 0;

    for (size_t i = 0; i < text.size; i++) {
        const size_t end = i + (text.at[i] == '\r' ? 1 : 0);
        if (end >= text.size || text.at[end] != '\n') {
            out[size++] = text.at[i];
            continue;
        }
        if (end + 1 < text.size && (text.at[end + 1] == ' ' || text.at[end + 1] == '\t')) {
            i = end + 1;
            continue;
        }
        out[size++] = '\n';
        i = end;
    }
    return text_from(out, size);
}

static bool is_name(struct text name)
{
    if (name.size == 0 || name.size > 64)
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (!g_ascii_isalnum(name.at[i]) && name.at[i] != '-' && name.at[i] != '_')
            return false;
    return true;
}

/* The next of `stops` outside quotes; the size where there is none. */
static size_t find_stop(struct text text, const char *stops)
{
    bool is_quoted = false;

    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && strchr(stops, text.at[i]) != NULL)
            return i;
    }
    return text.size;
}

static struct text unquote(struct text value)
{
    if (value.size < 2 || value.at[0] != '"' || value.at[value.size - 1] != '"')
        return value;
    return text_from(value.at + 1, value.size - 2);
}

/* ";NAME=value" once; those beyond the most are not kept. */
static bool take_parameter(struct text *rest, struct content_line *line)
{
    const struct text after = text_skip(*rest, 1);
    const size_t size = find_stop(after, ";:");
    const struct text whole = text_first(after, size);
    const ptrdiff_t equal = text_find_byte(whole, '=');

    if (size == after.size)
        return false;
    *rest = text_skip(after, size);
    if (equal <= 0 || line->parameter_count == CONTENT_PARAMETERS_MOST)
        return true;
    line->parameters[line->parameter_count++] = (struct content_parameter){
        text_first(whole, (size_t)equal), unquote(text_skip(whole, (size_t)equal + 1))};
    return true;
}

static bool parse_line(struct text text, struct content_line *line)
{
    const size_t size = find_stop(text, ";:");
    struct text rest = text_skip(text, size);

    *line = (struct content_line){.name = text_first(text, size)};
    if (rest.size == 0 || !is_name(line->name))
        return false;
    while (rest.at[0] == ';')
        if (!take_parameter(&rest, line))
            return false;
    line->value = text_skip(rest, 1);
    return true;
}

bool content_is(const struct content_line *line, const char *name)
{
    return text_is_equal_any_case(line->name, text_of(name));
}

bool content_begins(const struct content_line *line, const char *component)
{
    return content_is(line, "BEGIN") &&
           text_is_equal_any_case(text_trim(line->value), text_of(component));
}

bool content_ends(const struct content_line *line, const char *component)
{
    return content_is(line, "END") &&
           text_is_equal_any_case(text_trim(line->value), text_of(component));
}

struct nesting {
    struct text names[CONTENT_DEPTH_MOST];
    size_t depth;
    bool has_calendar;
};

/* Begins and ends fit each other, and all stands within VCALENDAR. */
static bool nest(struct nesting *nesting, struct content_line *line, GError **error)
{
    const struct text name = text_trim(line->value);

    if (content_is(line, "BEGIN")) {
        if (nesting->depth == CONTENT_DEPTH_MOST)
            return error_set(error, TOCSIN_ERROR_INPUT, "its components are nested too deep");
        if ((nesting->depth == 0) != content_begins(line, "VCALENDAR"))
            return error_set(error, TOCSIN_ERROR_INPUT, "it is no calendar");
        nesting->names[nesting->depth++] = name;
        nesting->has_calendar = true;
    }
    line->depth = nesting->depth;
    if (content_is(line, "END")) {
        if (nesting->depth == 0 ||
            !text_is_equal_any_case(nesting->names[nesting->depth - 1], name))
            return error_set(error, TOCSIN_ERROR_INPUT, "BEGIN and END do not fit each other");
        nesting->depth--;
    }
    return true;
}

static size_t count_lines(struct text text)
{
    size_t count = 1;

    for (size_t i = 0; i < text.size; i++)
        count += text.at[i] == '\n' ? 1 : 0;
    return count;
}

const struct content *content_parse(struct arena *arena, struct text text, size_t bytes_most,
                                    size_t lines_most, GError **error)
{
    struct content *content = ARENA_NEW(arena, struct content);
    struct nesting nesting = {0};
    struct text piece;

    if (text.size > bytes_most) {
        (void)error_set(error, TOCSIN_ERROR_LIMIT, "it has more than %zu bytes", bytes_most);
        return NULL;
    }
    if (text.size > 0 && memchr(text.at, '\0', text.size) != NULL) {
        (void)error_set(error, TOCSIN_ERROR_INPUT, "it holds a NUL");
        return NULL;
    }
    struct text rest = unfold(arena, text);
    const size_t most = count_lines(rest);
    if (most > lines_most) {
        (void)error_set(error, TOCSIN_ERROR_LIMIT, "it has more than %zu lines", lines_most);
        return NULL;
    }
    struct content_line *lines = ARENA_ARRAY(arena, struct content_line, most);
    while (text_next_line(&rest, &piece)) {
        struct content_line *line = &lines[content->count];
        if (!parse_line(text_trim(piece), line))
            continue;
        if (!nest(&nesting, line, error))
            return NULL;
        content->count += line->depth > 0 ? 1 : 0;
    }
    if (nesting.depth != 0 || !nesting.has_calendar) {
        (void)error_set(error, TOCSIN_ERROR_INPUT, "%s",
                        nesting.has_calendar ? "its END is missing" : "it is no calendar");
        return NULL;
    }
    content->lines = lines;
    return content;
}

struct text content_parameter(const struct content_line *line, const char *name)
{
    for (size_t i = 0; i < line->parameter_count; i++)
        if (text_is_equal_any_case(line->parameters[i].name, text_of(name)))
            return line->parameters[i].value;
    return TEXT("");
}

/* "\n" and "\N" are line ends; a backslash before anything else is dropped. */
static struct text unescape(struct arena *arena, struct text value)
{
    char *out = arena_alloc(arena, value.size + 1);
    size_t size = 0;

    for (size_t i = 0; i < value.size; i++) {
        char byte = value.at[i];
        if (byte == '\\' && i + 1 < value.size) {
            byte = value.at[++i];
            if (byte == 'n' || byte == 'N')
                byte = '\n';
        }
        out[size++] = byte;
    }
    return text_from(out, size);
}

char *content_read_text(struct arena *arena, struct text value)
{
    return text_clean(arena, text_trim(unescape(arena, value)));
}

char *content_read_line(struct arena *arena, struct text value, size_t most)
{
    return text_clean_line(arena, unescape(arena, value), most);
}
