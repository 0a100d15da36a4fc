#include "gateway/view/markdown.h"

#include "gateway/view/escape.h"

#include <cmark.h>
#include <string.h>

/* A level of a list is two nodes, and emphasis nests too: a reader's mail program must follow. */
#define MOST_NODE_DEPTH (3 * MARKDOWN_MOST_DEPTH)
#define ELLIPSIS        "\xe2\x80\xa6"

struct writer {
    GString *html;
    bool is_in_link;
    size_t link_depth; /* of the link or image that was written as <a>: its end closes it */
    size_t depth;
};

static char *take(struct arena *arena, const GString *made)
{
    return arena_copy(arena, made->str, made->len);
}

char *markdown_escape_html(struct arena *arena, struct text text)
{
    g_autoptr(GString) html = g_string_sized_new(text.size);

    text_escape_html(html, text);
    return take(arena, html);
}

static void write_lines(GString *html, const char *text)
{
    struct text rest = text_of(text);
    struct text line = {0};

    for (bool is_first = true; text_next_line(&rest, &line); is_first = false) {
        if (!is_first)
            g_string_append(html, "<br>\n");
        text_escape_html(html, line);
    }
}

static size_t count_digits(struct text text)
{
    size_t count = 0;

    while (count < text.size && g_ascii_isdigit(text.at[count]))
        count++;
    return count;
}

/* The markers of quotations and list items with which one line begins: only here can a few bytes open
 * a level each; the levels that indentation opens are counted in the tree. */
static size_t count_markers(struct text line)
{
    size_t count = 0;

    for (size_t i = 0; i < line.size;) {
        const size_t mark = i + count_digits(text_skip(line, i));
        if (line.at[i] == ' ' || line.at[i] == '\t') {
            i++;
        } else if (line.at[i] == '>') {
            count++;
            i++;
        } else if (mark < line.size && strchr(mark > i ? ".)" : "-+*", line.at[mark]) != NULL &&
                   (mark + 1 == line.size || g_ascii_isspace(line.at[mark + 1]))) {
            count++;
            i = mark + 1;
        } else {
            break;
        }
    }
    return count;
}

static bool is_within_limits(const char *source)
{
    struct text rest = text_of(source);
    struct text line = {0};

    if (rest.size > MARKDOWN_MOST_SOURCE_BYTES)
        return false;
    while (text_next_line(&rest, &line))
        if (count_markers(line) > MARKDOWN_MOST_DEPTH)
            return false;
    return true;
}

/* These alone are entered and never left. */
static bool is_leaf(cmark_node_type type)
{
    return type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_THEMATIC_BREAK ||
           type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_TEXT ||
           type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK ||
           type == CMARK_NODE_CODE || type == CMARK_NODE_HTML_INLINE;
}

static bool is_tree_within_limits(cmark_node *document)
{
    cmark_iter *walk = cmark_iter_new(document);
    size_t depth = 0;
    size_t blocks = 0;
    bool is_good = true;
    cmark_event_type event = CMARK_EVENT_NONE;

    while (is_good && (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        const cmark_node_type type = cmark_node_get_type(cmark_iter_get_node(walk));
        const bool is_level = type == CMARK_NODE_BLOCK_QUOTE || type == CMARK_NODE_LIST;
        const size_t step = event == CMARK_EVENT_ENTER ? 1 : (size_t)-1;
        depth += is_leaf(type) ? 0 : step;
        blocks += is_level ? step : 0;
        is_good = depth <= MOST_NODE_DEPTH && blocks <= MARKDOWN_MOST_DEPTH;
    }
    cmark_iter_free(walk);
    return is_good;
}

static void close_document(cmark_node *document)
{
    if (document != NULL) /* cmark_node_free() reads its argument */
        cmark_node_free(document);
}

/* NULL: it is beyond the limits. */
static cmark_node *parse(const char *source)
{
    if (!is_within_limits(source))
        return NULL;
    cmark_node *document = cmark_parse_document(source, strlen(source), CMARK_OPT_VALIDATE_UTF8);
    if (document != NULL && is_tree_within_limits(document))
        return document;
    close_document(document);
    return NULL;
}

static bool may_link(const char *url)
{
    static const struct text schemes[] = {{"https://", 8}, {"http://", 7}, {"mailto:", 7}};

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (text_has_prefix_any_case(text_of(url), schemes[i]))
            return true;
    return false;
}

/* An image is a link to it; within a link, or to what may not be linked, its text alone. */
static void write_link(struct writer *writer, cmark_node *node, bool is_enter)
{
    const char *url = cmark_node_get_url(node);
    const bool is_image = cmark_node_get_type(node) == CMARK_NODE_IMAGE;

    if (is_enter && !writer->is_in_link && may_link(url)) {
        writer->is_in_link = true;
        writer->link_depth = writer->depth;
        g_string_append(writer->html, "<a href=\"");
        escape_write_url(writer->html, url);
        g_string_append(writer->html, "\">");
    }
    if (is_enter && is_image && cmark_node_first_child(node) == NULL)
        text_escape_html(writer->html, text_of(url));
    if (!is_enter && writer->is_in_link && writer->link_depth == writer->depth) {
        writer->is_in_link = false;
        g_string_append(writer->html, "</a>");
    }
}

/* In a tight list items are lines, not paragraphs. */
static bool is_tight(cmark_node *paragraph)
{
    cmark_node *list = cmark_node_parent(cmark_node_parent(paragraph));

    return list != NULL && cmark_node_get_type(list) == CMARK_NODE_LIST &&
           cmark_node_get_list_tight(list) != 0;
}

static void write_list(GString *html, cmark_node *list, bool is_enter)
{
    const bool is_ordered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
    const int start = cmark_node_get_list_start(list);

    if (!is_enter)
        g_string_append(html, is_ordered ? "</ol>\n" : "</ul>\n");
    else if (is_ordered && start != 1)
        g_string_append_printf(html, "<ol start=\"%d\">\n", start);
    else
        g_string_append(html, is_ordered ? "<ol>\n" : "<ul>\n");
}

static void write_block(GString *html, cmark_node *node, bool is_enter)
{
    static const struct {
        const char *enter;
        const char *leave;
    } tags[CMARK_NODE_LAST_INLINE + 1] = {
        [CMARK_NODE_BLOCK_QUOTE] = {"<blockquote>\n", "</blockquote>\n"},
        [CMARK_NODE_ITEM] = {"<li>", "</li>\n"},
        [CMARK_NODE_PARAGRAPH] = {"<p>", "</p>\n"},
        [CMARK_NODE_EMPH] = {"<em>", "</em>"},
        [CMARK_NODE_STRONG] = {"<strong>", "</strong>"},
    };
    const cmark_node_type type = cmark_node_get_type(node);
    const char *tag = is_enter ? tags[type].enter : tags[type].leave;

    if (type == CMARK_NODE_LIST)
        write_list(html, node, is_enter);
    else if (type == CMARK_NODE_HEADING)
        g_string_append_printf(html, is_enter ? "<h%d>" : "</h%d>\n",
                               cmark_node_get_heading_level(node));
    else if (tag != NULL && (type != CMARK_NODE_PARAGRAPH || !is_tight(node)))
        g_string_append(html, tag);
}

/* What has no children has its text as a literal. */
static void write_leaf(GString *html, cmark_node *node)
{
    const cmark_node_type type = cmark_node_get_type(node);
    const struct text literal = text_of(cmark_node_get_literal(node));

    if (type == CMARK_NODE_THEMATIC_BREAK)
        g_string_append(html, "<hr>\n");
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
        g_string_append(html, "<br>\n");
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_HTML_INLINE)
        text_escape_html(html, literal);
    if (type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK) {
        g_string_append(html, type == CMARK_NODE_CODE ? "<code>" : "<pre><code>");
        text_escape_html(html, literal);
        g_string_append(html, type == CMARK_NODE_CODE ? "</code>" : "</code></pre>\n");
    }
    if (type == CMARK_NODE_HTML_BLOCK) {
        g_string_append(html, "<p>");
        write_lines(html, literal.at);
        g_string_append(html, "</p>\n");
    }
}

/* False: it became too long. Not recursive: cmark's iterator keeps the place. */
static bool write_tree(cmark_node *document, GString *html)
{
    struct writer writer = {.html = html};
    cmark_iter *walk = cmark_iter_new(document);
    cmark_event_type event = CMARK_EVENT_NONE;

    while (html->len <= MARKDOWN_MOST_HTML_BYTES &&
           (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(walk);
        const cmark_node_type type = cmark_node_get_type(node);
        const bool is_enter = event == CMARK_EVENT_ENTER;
        writer.depth -= is_enter ? 0 : 1;
        if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
            write_link(&writer, node, is_enter);
        else if (is_enter)
            write_leaf(html, node);
        if (type != CMARK_NODE_LINK && type != CMARK_NODE_IMAGE)
            write_block(html, node, is_enter);
        if (is_enter && !is_leaf(type))
            writer.depth++;
    }
    cmark_iter_free(walk);
    return html->len <= MARKDOWN_MOST_HTML_BYTES;
}

/* At most `most` bytes of a string, whole characters. */
static struct text cut(const char *string, size_t most)
{
    size_t size = strnlen(string, most + 1);

    if (size > most)
        for (size = most; size > 0 && ((unsigned char)string[size] & 0xc0) == 0x80;)
            size--;
    return text_from(string, size);
}

/* As it stands: paragraphs of escaped lines. */
static void write_plainly(GString *html, const char *source)
{
    struct text rest = cut(source, MARKDOWN_MOST_SOURCE_BYTES);
    const bool is_cut = source[rest.size] != '\0';
    struct text line = {0};
    bool is_open = false;

    while (text_next_line(&rest, &line)) {
        const bool is_empty = text_trim(line).size == 0;
        if (is_empty && is_open)
            g_string_append(html, "</p>\n");
        else if (!is_empty)
            g_string_append(html, is_open ? "<br>\n" : "<p>");
        text_escape_html(html, is_empty ? TEXT("") : line);
        is_open = !is_empty;
    }
    if (is_cut)
        g_string_append(html, is_open ? ELLIPSIS : "<p>" ELLIPSIS);
    if (is_open || is_cut)
        g_string_append(html, "</p>\n");
}

char *markdown_to_html(struct arena *arena, const char *source)
{
    g_autoptr(GString) html = g_string_new("");
    cmark_node *document = parse(source);
    const bool is_done = document != NULL && write_tree(document, html);

    close_document(document);
    if (!is_done) {
        g_string_truncate(html, 0);
        write_plainly(html, source);
    }
    return take(arena, html);
}

/* The text of the first block that has any, its line breaks as spaces. */
static void write_first_block(cmark_node *document, GString *line)
{
    cmark_iter *walk = cmark_iter_new(document);
    cmark_event_type event = CMARK_EVENT_NONE;
    bool is_end = false;

    while (!is_end && (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(walk);
        const cmark_node_type type = cmark_node_get_type(node);
        const char *literal = cmark_node_get_literal(node);
        const bool is_block = type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING ||
                              type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK;
        if (event == CMARK_EVENT_ENTER)
            g_string_append(line, literal != NULL ? literal : "");
        if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
            g_string_append_c(line, ' ');
        is_end = is_block && (event == CMARK_EVENT_EXIT || is_leaf(type)) && line->len > 0;
    }
    cmark_iter_free(walk);
}

/* Where the last sentence that ends within `most_characters` ends; NULL: none does. */
static const char *find_sentence_end(const char *line, size_t most_characters)
{
    const char *found = NULL;
    const char *at = line;

    for (size_t n = 1; *at != '\0' && n <= most_characters; n++) {
        const char *next = g_utf8_find_next_char(at, NULL);
        if (strchr(".!?", *at) != NULL && *next == ' ')
            found = next;
        at = next;
    }
    return found;
}

static const char *find_word_end(const char *line, size_t most_characters)
{
    const char *end = g_utf8_offset_to_pointer(line, (glong)most_characters - 1);
    const char *at = end;

    while (at > line && *at != ' ')
        at--;
    return at > line ? at : end;
}

char *markdown_to_line(struct arena *arena, const char *source, size_t most_characters)
{
    g_autoptr(GString) made = g_string_new("");
    cmark_node *document = parse(source);

    if (document != NULL)
        write_first_block(document, made);
    else
        g_string_append(made, source);
    close_document(document);
    /* More than enough for the line: cleaning 64 KiB would be lost work. */
    const struct text text = cut(made->str, 8 * MIN(most_characters, made->len) + 1024);
    char *line = text_clean_line(arena, text, text.size + 1);
    if ((size_t)g_utf8_strlen(line, -1) <= most_characters || most_characters == 0)
        return most_characters > 0 ? line : arena_string(arena, "");
    const char *end = find_sentence_end(line, most_characters);
    if (end != NULL)
        return arena_copy(arena, line, (size_t)(end - line));
    end = find_word_end(line, most_characters);
    return arena_format(arena, "%.*s" ELLIPSIS, (int)(end - line), line);
}
