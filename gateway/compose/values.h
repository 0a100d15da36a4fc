/* gateway/compose/values.h: what the templates of mails see.
 *
 * The view of a notification (gateway/view), and beside it what only a mail needs: labels, moments in
 * the reader's zone, HTML, names of components. For the templates' authors:
 *
 *     kind, is_opened, is_updated, is_resolved, is_reopened, is_list, unsubscribe
 *     page: name, address, url, contact, subscribe, help, example_component …
 *     incident: number, title, first_title, status, status_label, is_investigating …, severity,
 *         severity_label, components [{id, name, state, state_label}], has_components, since, lasted, url
 *     updates (those missed, oldest first): status, status_label, is_investigating …, message, html, at;
 *         is_several, left_out
 *
 * and in letters also: facts.NAME, facts.has_NAME, facts.NAME_lines, hearers, reply_to, note, and `by` in
 * updates and note. */
#pragma once

#include "gateway/compose/compose.h"

#include <jansson.h>

struct values_task {
    const struct story *story;
    const char *time_zone;   /* IANA name */
    const char *unsubscribe; /* address or stand-in; "" for none */
    bool is_html;            /* updates get `html` */
    bool is_for_operator;    /* updates get `by` */
};

/* Updates beyond this much source, or this many, are left out, the oldest first (the latest never). */
#define VALUES_MOST_SOURCE_BYTES ((size_t)256 * 1024)
#define VALUES_MOST_UPDATES      50
/* Once Markdown has become this much HTML the rest is shown as it was written. */
#define VALUES_MOST_HTML_BYTES ((size_t)2 * 1024 * 1024)

/* The caller's (json_auto_t). */
json_t *values_of_story(const struct values_task *task);

/* `facts->story` may be NULL: then there are `page` and the letter's own values alone. */
json_t *values_of_letter(const struct letter *letter, const struct letter_facts *facts,
                         const char *time_zone);

/* The fact of that name, or the first of several; "" for none. */
const char *values_fact(const struct letter *letter, const char *name);
