/* gateway/mail/elements.h: what an HTML element means for the text of a mail. For htmltext.c alone. */
#pragma once

#include <libxml/tree.h>
#include <stdbool.h>

enum element_kind {
    ELEMENT_INLINE,
    ELEMENT_BLOCK,     /* begins and ends a line */
    ELEMENT_PARAGRAPH, /* and has an empty line around it */
    ELEMENT_BREAK,
    ELEMENT_CELL,
    ELEMENT_ITEM,
    ELEMENT_PRE,
    ELEMENT_SKIPPED, /* with all that is in it */
};

enum element_quotation {
    QUOTATION_NONE,
    QUOTATION_INSIDE,    /* the element is quoted */
    QUOTATION_FROM_HERE, /* and all that follows it in the mail */
};

enum element_kind element_find_kind(const xmlNode *element);
enum element_quotation element_find_quotation(const xmlNode *element);
bool element_is_hidden(const xmlNode *element);
/* Has the text right in it no size? The nearest font-size counts: mails are laid out with zero around
 * cells that have one. */
bool element_is_sized_away(const xmlNode *element);

/* The attribute's value, "" when there is none; the element owns it. Values in pieces (entities that
 * libxml2 left as nodes) count as their first piece. */
const char *element_attribute(const xmlNode *element, const char *name);
