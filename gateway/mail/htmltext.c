#include "gateway/mail/htmltext.h"

#include "gateway/mail/elements.h"

#include <libxml/HTMLparser.h>
#include <string.h>

/* libxml2 cuts at 256 levels (without HUGE); nothing is read deeper than this. */
#define DEEPEST    300
#define LINK_BYTES 2000

struct writer {
    GString *out;
    size_t most_bytes;
    size_t quotes;    /* elements around us that are quoted */
    bool is_rest;     /* behind a separator: all is quoted */
    size_t pres;      /* <pre> around us */
    size_t newlines;  /* at the end of `out`; 2 at its begin */
    bool needs_space; /* white space was seen, and belongs before the next word */
    bool is_item;     /* a list's "-" was written, and nothing behind it */
};

static void break_line(struct writer *writer, size_t newlines)
{
    if (writer->is_item) {
        return;
    }
    writer->needs_space = false;
    while (writer->newlines < newlines) {
        g_string_append_c(writer->out, '\n');
        writer->newlines++;
    }
}

static void write_word(struct writer *writer, const char *word, size_t size)
{
    if (writer->newlines > 0 && (writer->quotes > 0 || writer->is_rest)) {
        g_string_append(writer->out, "> ");
    } else if (writer->needs_space && writer->newlines == 0) {
        g_string_append_c(writer->out, ' ');
    }
    size_t room = writer->most_bytes - MIN(writer->most_bytes, writer->out->len);
    g_string_append_len(writer->out, word, (gssize)MIN(size, room));
    writer->newlines = 0;
    writer->needs_space = false;
    writer->is_item = false;
}

static void write_text(struct writer *writer, const char *content)
{
    const char *const space = " \t\r\n\f\v";

    while (*content != '\0' && writer->out->len < writer->most_bytes) {
        size_t blank = strspn(content, space);
        writer->needs_space |= blank > 0;
        content += blank;
        size_t size = strcspn(content, space);
        if (size > 0) {
            write_word(writer, content, size);
        }
        content += size;
    }
}

/* Inside <pre> each line stands as it is. */
static void write_lines(struct writer *writer, const char *content)
{
    struct text rest = text_of(content);
    struct text line;

    while (writer->out->len < writer->most_bytes && text_next_line(&rest, &line)) {
        if (line.size > 0) {
            write_word(writer, line.at, line.size);
        }
        if (line.at + line.size < content + strlen(content)) {
            g_string_append_c(writer->out, '\n');
            writer->newlines++;
        }
    }
}

/* An address that can be shown as it is, and is no longer than what browsers send. */
static bool is_web_address(const char *href)
{
    for (const char *c = href; *c != '\0'; c++) {
        if (*c <= ' ' || *c == '<' || *c == '>' || *c == 0x7f) {
            return false;
        }
    }
    return strlen(href) <= LINK_BYTES && (g_ascii_strncasecmp(href, "http://", 7) == 0 ||
                                          g_ascii_strncasecmp(href, "https://", 8) == 0);
}

/* The address is told where the text before it does not end with it. */
static void write_link(struct writer *writer, const xmlNode *node)
{
    const char *href = element_attribute(node, "href");

    if (writer->newlines > 0 || writer->out->len >= writer->most_bytes ||
        g_ascii_strcasecmp((const char *)node->name, "a") != 0 || !is_web_address(href)) {
        return;
    }
    struct text bare = text_of(strstr(href, "://") + 3);
    while (text_has_suffix(bare, TEXT("/"))) {
        bare.size--;
    }
    size_t shown = MIN(writer->out->len, bare.size + 1);
    struct text tail = text_from(writer->out->str + writer->out->len - shown, shown);
    if (text_find(tail, bare) >= 0) {
        return;
    }
    g_autofree char *whole = g_strdup_printf("<%s>", href);
    writer->needs_space = true;
    write_word(writer, whole, strlen(whole));
}

static void enter_kind(struct writer *writer, enum element_kind kind)
{
    switch (kind) {
    case ELEMENT_PARAGRAPH:
        break_line(writer, 2);
        break;
    case ELEMENT_BLOCK:
        break_line(writer, 1);
        break;
    case ELEMENT_ITEM:
        break_line(writer, 1);
        write_word(writer, "-", 1);
        writer->needs_space = true;
        writer->is_item = true;
        break;
    case ELEMENT_CELL:
        writer->needs_space = true;
        break;
    case ELEMENT_PRE:
        break_line(writer, 2);
        writer->pres++;
        break;
    case ELEMENT_BREAK: /* when it is left: it may hold nothing */
    case ELEMENT_INLINE:
    case ELEMENT_SKIPPED:
        break;
    }
}

static void leave_kind(struct writer *writer, enum element_kind kind)
{
    switch (kind) {
    case ELEMENT_PARAGRAPH:
        break_line(writer, 2);
        break;
    case ELEMENT_ITEM:
        writer->is_item = false;
        break_line(writer, 1);
        break;
    case ELEMENT_BLOCK:
        break_line(writer, 1);
        break;
    case ELEMENT_CELL:
        writer->needs_space = true;
        break;
    case ELEMENT_PRE:
        break_line(writer, 2);
        writer->pres--;
        break;
    case ELEMENT_BREAK:
        break_line(writer, MIN(writer->newlines + 1, 2));
        break;
    case ELEMENT_INLINE:
    case ELEMENT_SKIPPED:
        break;
    }
}

/* False: nothing inside is shown. */
static bool enter(struct writer *writer, const xmlNode *node)
{
    enum element_kind kind = element_find_kind(node);

    if (kind == ELEMENT_SKIPPED || element_is_hidden(node)) {
        return false;
    }
    enum element_quotation quotation = element_find_quotation(node);
    if (quotation != QUOTATION_NONE) {
        break_line(writer, 1);
    }
    writer->quotes += quotation == QUOTATION_INSIDE;
    writer->is_rest |= quotation == QUOTATION_FROM_HERE;
    enter_kind(writer, kind);
    return true;
}

static void leave(struct writer *writer, const xmlNode *node)
{
    write_link(writer, node);
    leave_kind(writer, element_find_kind(node));
    if (element_find_quotation(node) == QUOTATION_INSIDE) {
        break_line(writer, 1);
        writer->quotes--;
    }
}

/* True: the node's children are to be read. */
static bool visit(struct writer *writer, const xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE) {
        return enter(writer, node);
    }
    if (node->type == XML_TEXT_NODE && node->content != NULL &&
        !element_is_sized_away(node->parent)) {
        if (writer->pres > 0) {
            write_lines(writer, (const char *)node->content);
        } else {
            write_text(writer, (const char *)node->content);
        }
    }
    return false;
}

/* The next node in the document's order that is none of `node`'s own; NULL at the end. Who leaves a
 * last child leaves its parents too. */
static const xmlNode *go_on(struct writer *writer, const xmlNode *node, size_t *depth)
{
    while (node->next == NULL && *depth > 0) {
        node = node->parent;
        (*depth)--;
        leave(writer, node);
    }
    return *depth > 0 ? node->next : NULL;
}

/* Depth first without recursion. */
static void walk(struct writer *writer, const xmlNode *root)
{
    const xmlNode *node = root;
    size_t depth = 0;

    while (node != NULL && writer->out->len < writer->most_bytes) {
        bool is_open = visit(writer, node);
        if (is_open && node->children != NULL && depth < DEEPEST) {
            node = node->children;
            depth++;
            continue;
        }
        if (is_open) {
            leave(writer, node);
        }
        node = go_on(writer, node, &depth);
    }
}

void htmltext_write(GString *out, struct text html, size_t most_bytes)
{
    struct writer writer = {.out = out, .most_bytes = most_bytes, .newlines = 2};

    if (html.size == 0 || html.size > INT_MAX) {
        return;
    }
    xmlInitParser();
    xmlDoc *document =
        htmlReadMemory(html.at, (int)html.size, NULL, "UTF-8",
                       HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                           HTML_PARSE_NONET | HTML_PARSE_COMPACT);
    if (document != NULL) {
        walk(&writer, xmlDocGetRootElement(document));
        break_line(&writer, 1);
        xmlFreeDoc(document);
    }
    xmlResetLastError();
}
