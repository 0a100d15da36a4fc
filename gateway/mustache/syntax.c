#include "gateway/mustache/syntax.h"

#include "gateway/base/error.h"
#include "gateway/mustache/tag.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#define MOST_NAME_BYTES         200
#define MOST_PARTIAL_NAME_BYTES 32

/* A tag that was opened and waits for its {{/name}}. */
struct frame {
    struct syntax_node *node;
    struct syntax_node *blank; /* PARENT: the white space before it on its line, already a node */
    bool begins_line;          /* PARENT: nothing but white space before it on its line */
};

struct parser {
    struct arena *arena;
    const char *name;
    struct text source;
    size_t at;
    struct tag_delimiters delimiters;
    struct frame frames[MUSTACHE_MOST_DEPTH + 1]; /* the first is the root */
    size_t depth;
    size_t node_count;
    size_t counted_to; /* line and line_begin belong to this offset */
    size_t line_begin;
    unsigned line;
    GError **error;
};

static void count_lines_to(struct parser *parser, size_t offset)
{
    for (; parser->counted_to < offset; parser->counted_to++) {
        if (parser->source.at[parser->counted_to] != '\n')
            continue;
        parser->line++;
        parser->line_begin = parser->counted_to + 1;
    }
}

static unsigned column_at(const struct parser *parser, size_t offset)
{
    const char *begin = parser->source.at + parser->line_begin;

    if (offset <
        parser->line_begin) /* text that began on an earlier line: its tag tells the place */
        return 1;
    return (unsigned)g_utf8_strlen(begin, (gssize)(offset - parser->line_begin)) + 1;
}

static bool fail_at(struct parser *parser, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail_at(struct parser *parser, size_t offset, const char *format, ...)
{
    va_list arguments;

    count_lines_to(parser, offset);
    va_start(arguments, format);
    g_autofree char *why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return error_set(parser->error, TOCSIN_ERROR_CONFIG, "%s:%u:%u: %s", parser->name, parser->line,
                     column_at(parser, offset), why);
}

static struct syntax_node *top(struct parser *parser)
{
    return parser->frames[parser->depth].node;
}

/* NULL: there are too many. */
static struct syntax_node *add_node(struct parser *parser, enum syntax_kind kind, size_t offset)
{
    struct syntax_node *parent = top(parser);

    if (++parser->node_count > SYNTAX_MOST_NODES) {
        (void)fail_at(parser, offset, "too many tags and lines: 20,000 are the most");
        return NULL;
    }
    struct syntax_node *node = ARENA_NEW(parser->arena, struct syntax_node);
    count_lines_to(parser, offset);
    node->kind = kind;
    node->line = parser->line;
    node->column = column_at(parser, offset);
    node->template_name = parser->name;
    if (parent->last != NULL)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

/* Text stands in nodes of one line each, so that the renderer can indent it. */
static bool add_text(struct parser *parser, size_t from, size_t to)
{
    if (top(parser)->kind == SYNTAX_PARENT) /* only its blocks count */
        return true;
    while (from < to) {
        const struct text rest = text_from(parser->source.at + from, to - from);
        const ptrdiff_t newline = text_find_byte(rest, '\n');
        const size_t size = newline < 0 ? rest.size : (size_t)newline + 1;
        struct syntax_node *node = add_node(parser, SYNTAX_TEXT, from);
        if (node == NULL)
            return false;
        node->text = text_first(rest, size);
        from += size;
    }
    return true;
}

static bool check_name(struct parser *parser, const struct tag *tag)
{
    const struct text name = tag->content;

    if (name.size == 0 || name.size > MOST_NAME_BYTES)
        return fail_at(parser, tag->begin, "a tag without a name, or with one of over 200 bytes");
    for (size_t i = 0; i < name.size; i++)
        if (g_ascii_isspace(name.at[i]) || g_ascii_iscntrl(name.at[i]))
            return fail_at(parser, tag->begin, "\"%.*s\" is no name: it holds white space",
                           (int)name.size, name.at);
    return true;
}

static bool check_partial_name(struct parser *parser, const struct tag *tag)
{
    const struct text name = tag->content;
    bool is_good = name.size > 0 && name.size <= MOST_PARTIAL_NAME_BYTES;

    for (size_t i = 0; is_good && i < name.size; i++)
        is_good = g_ascii_isalnum(name.at[i]) || name.at[i] == '_' || name.at[i] == '-';
    return is_good || fail_at(parser, tag->begin,
                              "a partial is named by 1 to 32 letters, digits, _ and - (no dynamic "
                              "names)");
}

/* "a.b" to its parts; "." has none. */
static bool split_path(struct parser *parser, const struct tag *tag, struct syntax_node *node)
{
    struct text rest = tag->content;
    struct text part = {0};
    size_t most = 1;

    for (size_t i = 0; i < rest.size; i++)
        most += rest.at[i] == '.';
    const char **parts = ARENA_ARRAY(parser->arena, const char *, most);
    node->path = parts;
    if (text_is_equal(rest, TEXT(".")))
        return true;
    while (text_next_piece(&rest, '.', &part)) {
        if (part.size == 0)
            return fail_at(parser, tag->begin, "\"%s\" is no name: a part is empty", node->name);
        parts[node->path_size++] = arena_copy(parser->arena, part.at, part.size);
    }
    if (tag->content.at[tag->content.size - 1] == '.')
        return fail_at(parser, tag->begin, "\"%s\" is no name: it ends with a dot", node->name);
    return true;
}

static struct syntax_node *add_tag(struct parser *parser, const struct tag *tag,
                                   enum syntax_kind kind)
{
    struct syntax_node *node = add_node(parser, kind, tag->begin);

    if (node == NULL)
        return NULL;
    node->name = arena_copy(parser->arena, tag->content.at, tag->content.size);
    if (kind <= SYNTAX_INVERTED && !split_path(parser, tag, node))
        return NULL;
    return node;
}

static bool push(struct parser *parser, const struct tag *tag, const struct frame *frame)
{
    if (frame->node == NULL)
        return false;
    if (parser->depth == MUSTACHE_MOST_DEPTH)
        return fail_at(parser, tag->begin, "tags are nested more than 32 deep");
    parser->frames[++parser->depth] = *frame;
    return true;
}

static bool open_parent(struct parser *parser, const struct tag *tag)
{
    struct frame frame = {0};
    size_t line_begin = 0;

    if (!check_partial_name(parser, tag))
        return false;
    frame.begins_line = tag_find_line_begin(parser->source, tag->begin, &line_begin);
    if (frame.begins_line && line_begin < tag->begin && line_begin >= parser->at)
        frame.blank = top(parser)->last;
    frame.node = add_tag(parser, tag, SYNTAX_PARENT);
    if (frame.node != NULL && frame.begins_line)
        frame.node->indent = tag_blanks_at(parser->source, line_begin);
    return push(parser, tag, &frame);
}

/* A block's content begins on a new line if the tag stands alone or, inside a parent, ends its line. */
static bool open_block(struct parser *parser, struct tag *tag)
{
    const bool is_override = top(parser)->kind == SYNTAX_PARENT;
    const struct frame frame = {.node = add_tag(parser, tag, SYNTAX_BLOCK)};
    size_t line_begin = 0;

    if (frame.node == NULL)
        return false;
    frame.node->is_alone = tag->is_alone;
    if (is_override && tag_find_line_end(parser->source, tag->end, &tag->to))
        frame.node->is_alone = true;
    if (frame.node->is_alone)
        frame.node->indent = tag_blanks_at(parser->source, tag->to);
    else if (tag_find_line_begin(parser->source, tag->begin, &line_begin))
        frame.node->indent = tag_blanks_at(parser->source, line_begin);
    return push(parser, tag, &frame);
}

static bool open_section(struct parser *parser, const struct tag *tag)
{
    const enum syntax_kind kind = tag->sigil == '#' ? SYNTAX_SECTION : SYNTAX_INVERTED;
    const struct frame frame = {.node = add_tag(parser, tag, kind)};

    return push(parser, tag, &frame);
}

static bool close_tag(struct parser *parser, struct tag *tag)
{
    const struct frame *frame = &parser->frames[parser->depth];

    if (parser->depth == 0)
        return fail_at(parser, tag->begin, "\"%.*s\" is closed and was never opened",
                       (int)tag->content.size, tag->content.at);
    if (!text_is_equal(tag->content, text_of(frame->node->name)))
        return fail_at(parser, tag->begin, "\"%.*s\" is closed where \"%s\" of line %u is open",
                       (int)tag->content.size, tag->content.at, frame->node->name,
                       frame->node->line);
    parser->depth--;
    if (frame->node->kind != SYNTAX_PARENT)
        return true;
    tag->to = tag->end;
    frame->node->is_alone =
        frame->begins_line && tag_find_line_end(parser->source, tag->end, &tag->to);
    if (frame->node->is_alone && frame->blank != NULL)
        frame->blank->text.size = 0;
    return true;
}

static bool add_partial(struct parser *parser, const struct tag *tag)
{
    if (!check_partial_name(parser, tag))
        return false;
    struct syntax_node *node = add_tag(parser, tag, SYNTAX_PARTIAL);
    if (node == NULL)
        return false;
    node->is_alone = tag->is_alone;
    if (tag->is_alone)
        node->indent = tag_blanks_at(parser->source, tag->from);
    return true;
}

static bool take_tag(struct parser *parser, struct tag *tag)
{
    if (tag->sigil == '!')
        return true;
    const char *why = tag->sigil == '=' ? tag_read_delimiters(tag, &parser->delimiters) : NULL;
    if (why != NULL)
        return fail_at(parser, tag->begin, "%s", why);
    if (tag->sigil == '=')
        return true;
    if (!check_name(parser, tag))
        return false;
    switch (tag->sigil) {
    case '#':
    case '^':
        return open_section(parser, tag);
    case '/':
        return close_tag(parser, tag);
    case '>':
        return add_partial(parser, tag);
    case '<':
        return open_parent(parser, tag);
    case '$':
        return open_block(parser, tag);
    case '{':
    case '&':
        return add_tag(parser, tag, SYNTAX_RAW_VALUE) != NULL;
    default:
        return add_tag(parser, tag, SYNTAX_VALUE) != NULL;
    }
}

static bool parse_all(struct parser *parser)
{
    for (;;) {
        const struct text rest = text_skip(parser->source, parser->at);
        const ptrdiff_t found = text_find(rest, parser->delimiters.open);
        struct tag tag = {.begin = parser->at + (size_t)found};
        if (found < 0)
            break;
        if (!tag_read(parser->source, &parser->delimiters, &tag))
            return fail_at(parser, tag.begin, "this tag is never closed");
        if (!add_text(parser, parser->at, tag.from) || !take_tag(parser, &tag))
            return false;
        parser->at = tag.to;
    }
    if (parser->depth > 0) {
        const struct syntax_node *open = top(parser);
        return error_set(parser->error, TOCSIN_ERROR_CONFIG, "%s:%u:%u: \"%s\" is never closed",
                         parser->name, open->line, open->column, open->name);
    }
    return add_text(parser, parser->at, parser->source.size);
}

const struct mustache_template *mustache_parse(struct arena *arena, const char *name,
                                               struct text source, GError **error)
{
    struct mustache_template *template = ARENA_NEW(arena, struct mustache_template);
    struct parser parser = {.arena = arena, .line = 1, .error = error};
    const char *end = NULL;

    template->name = arena_string(arena, name);
    template->root.kind = SYNTAX_SECTION;
    if (source.size > MUSTACHE_MOST_SOURCE_BYTES) {
        (void)error_set(error, TOCSIN_ERROR_CONFIG, "%s: is larger than 256 KiB", name);
        return NULL;
    }
    parser.name = template->name;
    parser.source = text_from(arena_copy(arena, source.at, source.size), source.size);
    parser.delimiters = (struct tag_delimiters){TEXT("{{"), TEXT("}}")};
    parser.frames[0].node = &template->root;
    if (source.size > 0 && !g_utf8_validate_len(parser.source.at, source.size, &end)) {
        parser.source.size = (size_t)(end - parser.source.at);
        (void)fail_at(&parser, parser.source.size, "is no valid UTF-8, or holds a NUL");
        return NULL;
    }
    return parse_all(&parser) ? template : NULL;
}
