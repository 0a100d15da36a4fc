/* gateway/mustache/syntax.h: a template as a tree; what mustache_parse() makes and the renderer walks.
 *
 * Indentation follows the specification: a partial or parent that stands alone on its line indents
 * each of its lines; a block's content loses the indentation with which it was written and gets the
 * one of the place where it appears. */
#pragma once

#include "gateway/mustache/mustache.h"

#define SYNTAX_MOST_NODES 20000

enum syntax_kind {
    SYNTAX_TEXT,
    SYNTAX_VALUE,
    SYNTAX_RAW_VALUE,
    SYNTAX_SECTION,
    SYNTAX_INVERTED,
    SYNTAX_PARTIAL,
    SYNTAX_PARENT,
    SYNTAX_BLOCK,
};

struct syntax_node {
    enum syntax_kind kind;
    unsigned line; /* from 1 */
    unsigned column;
    const char *template_name;
    struct text text;        /* TEXT: at most one line, with its newline */
    const char *name;        /* of all but TEXT */
    const char *const *path; /* VALUE to INVERTED: the name's parts; none: "." */
    size_t path_size;
    struct text indent; /* PARTIAL, PARENT that stand alone: theirs; BLOCK: its content's */
    bool is_alone;      /* PARTIAL, PARENT: stands alone; BLOCK: content begins on a new line */
    struct syntax_node *first; /* SECTION, INVERTED, PARENT (its blocks alone), BLOCK */
    struct syntax_node *last;
    struct syntax_node *next;
};

struct mustache_template {
    const char *name;
    struct syntax_node root;
};
