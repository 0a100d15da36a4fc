#include "gateway/mail/elements.h"

#include "gateway/base/text.h"

#include <string.h>

static const struct {
    const char *name;
    enum element_kind kind;
} kinds[] = {
    {"head", ELEMENT_SKIPPED},     {"style", ELEMENT_SKIPPED},
    {"script", ELEMENT_SKIPPED},   {"title", ELEMENT_SKIPPED},
    {"template", ELEMENT_SKIPPED}, {"noscript", ELEMENT_SKIPPED},
    {"object", ELEMENT_SKIPPED},   {"svg", ELEMENT_SKIPPED},
    {"math", ELEMENT_SKIPPED},     {"select", ELEMENT_SKIPPED},
    {"textarea", ELEMENT_SKIPPED}, {"iframe", ELEMENT_SKIPPED},
    {"audio", ELEMENT_SKIPPED},    {"video", ELEMENT_SKIPPED},
    {"canvas", ELEMENT_SKIPPED},   {"p", ELEMENT_PARAGRAPH},
    {"h1", ELEMENT_PARAGRAPH},     {"h2", ELEMENT_PARAGRAPH},
    {"h3", ELEMENT_PARAGRAPH},     {"h4", ELEMENT_PARAGRAPH},
    {"h5", ELEMENT_PARAGRAPH},     {"h6", ELEMENT_PARAGRAPH},
    {"ul", ELEMENT_PARAGRAPH},     {"ol", ELEMENT_PARAGRAPH},
    {"dl", ELEMENT_PARAGRAPH},     {"table", ELEMENT_PARAGRAPH},
    {"hr", ELEMENT_PARAGRAPH},     {"blockquote", ELEMENT_PARAGRAPH},
    {"div", ELEMENT_BLOCK},        {"tr", ELEMENT_BLOCK},
    {"section", ELEMENT_BLOCK},    {"article", ELEMENT_BLOCK},
    {"header", ELEMENT_BLOCK},     {"footer", ELEMENT_BLOCK},
    {"main", ELEMENT_BLOCK},       {"nav", ELEMENT_BLOCK},
    {"address", ELEMENT_BLOCK},    {"center", ELEMENT_BLOCK},
    {"form", ELEMENT_BLOCK},       {"fieldset", ELEMENT_BLOCK},
    {"figure", ELEMENT_BLOCK},     {"caption", ELEMENT_BLOCK},
    {"dt", ELEMENT_BLOCK},         {"dd", ELEMENT_BLOCK},
    {"body", ELEMENT_BLOCK},       {"td", ELEMENT_CELL},
    {"th", ELEMENT_CELL},          {"li", ELEMENT_ITEM},
    {"br", ELEMENT_BREAK},         {"pre", ELEMENT_PRE},
};

/* Class words of the wrappers that mail programs put around what they quote or sign. */
static const char *const quoted_classes[] = {
    "gmail_quote",
    "gmail_quote_container",
    "gmail_extra",
    "gmail_signature",
    "yahoo_quoted",
    "yahoo-signature",
    "protonmail_quote",
    "protonmail_signature_block",
    "zmail_extra",
    "moz-signature",
    "moz-forward-container",
    "OutlookMessageHeader",
    "tutanota_quote",
    "fastmail-quote",
    "mailbird_quote",
    "ymail_quote",
    "mail_quote",
    "bloop_original_html",
};

static const char *const quoted_ids[] = {
    "OLK_SRC_BODY_SECTION",
    "AppleMailSignature",
    "Signature",
    "ms-outlook-mobile-signature",
    "mail-editor-reference-message-container",
    "yahoo_quoted",
    "reply-intro",
    "replyHeader",
    "spark_signature",
    "zmail_extra",
    "protonmail_quote",
    "isReplyContent",
    "isForwardContent",
};

/* Empty markers: the quoted mail is their sibling, not their child. */
static const char *const separator_ids[] = {
    "appendonsend", "divRplyFwdMsg", "replySplit", "_____replyseparator", "mailcontent_reply",
};

const char *element_attribute(const xmlNode *element, const char *name)
{
    for (const xmlAttr *a = element->properties; a != NULL; a = a->next) {
        if (g_ascii_strcasecmp((const char *)a->name, name) == 0 && a->children != NULL &&
            a->children->content != NULL) {
            return (const char *)a->children->content;
        }
    }
    return "";
}

enum element_kind element_find_kind(const xmlNode *element)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_ascii_strcasecmp((const char *)element->name, kinds[i].name) == 0) {
            return kinds[i].kind;
        }
    }
    return ELEMENT_INLINE;
}

/* Outlook on the web puts "x_" before the ids and classes of a mail inside a mail; Yahoo puts a number
 * behind its id. */
static bool is_listed(struct text word, const char *const *list, size_t count)
{
    while (text_has_prefix(word, TEXT("x_"))) {
        word = text_skip(word, 2);
    }
    for (size_t i = 0; i < count; i++) {
        struct text entry = text_of(list[i]);
        struct text rest = text_skip(word, entry.size);
        if (text_has_prefix_any_case(word, entry) &&
            (rest.size == 0 ||
             (rest.at[0] == '_' && rest.size > 1 && g_ascii_isdigit(rest.at[1])))) {
            return true;
        }
    }
    return false;
}

enum element_quotation element_find_quotation(const xmlNode *element)
{
    struct text classes = text_of(element_attribute(element, "class"));
    struct text id = text_of(element_attribute(element, "id"));
    struct text word;

    if (id.size == 0) {
        id = text_of(element_attribute(element, "name"));
    }
    if (is_listed(id, separator_ids, G_N_ELEMENTS(separator_ids))) {
        return QUOTATION_FROM_HERE;
    }
    if (g_ascii_strcasecmp((const char *)element->name, "blockquote") == 0 ||
        is_listed(id, quoted_ids, G_N_ELEMENTS(quoted_ids))) {
        return QUOTATION_INSIDE;
    }
    while (text_next_piece(&classes, ' ', &word)) {
        if (is_listed(text_trim(word), quoted_classes, G_N_ELEMENTS(quoted_classes))) {
            return QUOTATION_INSIDE;
        }
    }
    return QUOTATION_NONE;
}

/* How far up a font's size is looked for: a bound on hostile nesting. */
#define SIZES_MOST 64

/* A declaration that ends behind its zero: "font-size:0", "font-size:0px", not "font-size:0.9em". */
static bool has_zero(const char *style, const char *property)
{
    for (const char *at = strstr(style, property); at != NULL; at = strstr(at, property)) {
        bool is_whole = at == style || at[-1] == ';';
        at += strlen(property);
        const char *end = at + strspn(at, "0.");
        if (is_whole && end > at && !g_ascii_isdigit(*end)) {
            return true;
        }
    }
    return false;
}

/* The element's style in lower case without white space. */
static GString *read_style(const xmlNode *element)
{
    GString *dense = g_string_new(NULL);

    for (const char *at = element_attribute(element, "style"); *at != '\0'; at++) {
        if (!g_ascii_isspace(*at)) {
            g_string_append_c(dense, g_ascii_tolower(*at));
        }
    }
    return dense;
}

bool element_is_sized_away(const xmlNode *element)
{
    for (int steps = 0; element != NULL && steps < SIZES_MOST; steps++) {
        if (element->type == XML_ELEMENT_NODE) {
            g_autoptr(GString) style = read_style(element);
            if (has_zero(style->str, "font-size:")) {
                return true;
            }
            if (strstr(style->str, "font-size:") != NULL) {
                return false;
            }
        }
        element = element->parent;
    }
    return false;
}

bool element_is_hidden(const xmlNode *element)
{
    g_autoptr(GString) dense = read_style(element);

    for (const xmlAttr *a = element->properties; a != NULL; a = a->next) {
        if (g_ascii_strcasecmp((const char *)a->name, "hidden") == 0) {
            return true;
        }
    }
    return strstr(dense->str, "display:none") != NULL ||
           strstr(dense->str, "visibility:hidden") != NULL ||
           strstr(dense->str, "mso-hide:all") != NULL || has_zero(dense->str, "max-height:") ||
           has_zero(dense->str, "opacity:");
}
