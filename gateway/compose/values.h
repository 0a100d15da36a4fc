/* gateway/compose/values.h: what the templates of mails see.
 *
 * The view of a notification (gateway/view), and beside it what only a mail needs: what has a name in
 * every language (gateway/compose/wording.h: status, severity, state as flags; moments in the reader's
 * zone, spans, counts), HTML, names of components. For the templates' authors:
 *
 *     kind, is_opened, is_updated, is_resolved or is_reopened; is_list, unsubscribe
 *     page: name, address, url, contact, subscribe, help, example_component, reopen (a span) …
 *     incident: number, title, first_title, status, severity, components [{id, name, state, is_last}],
 *         has_components, since (a moment), lasted (a span), url
 *     updates (those missed, oldest first): status, message, line, html, at (a moment); is_several;
 *         left_out (a count)
 *
 * in a digest: stories [{incident, updates, is_several, left_out}], count, more (counts; `more` are not
 * shown), since, until (moments), page, is_list, unsubscribe;
 * in letters also: facts.NAME, facts.has_NAME, facts.NAME_lines, hearers (a count), reply_to, note, and
 * `by` and, of a monitor, by_monitor in updates and note; facts.alert_outcome and alert_action as flags
 * (is_opened, is_nothing …), facts.source_monitor, facts.draft_component_joined, facts.detail_is_cut. */
#pragma once

#include "gateway/compose/compose.h"

#include <jansson.h>

struct values_task {
    const char *time_zone;   /* IANA name */
    const char *unsubscribe; /* address or stand-in; "" for none */
    bool is_html;            /* updates get `html` */
    bool is_for_operator;    /* updates get `by` */
};

/* Updates beyond this much source, or this many of a story, are left out, the oldest first (the latest
 * of the first story never). */
#define VALUES_MOST_SOURCE_BYTES ((size_t)256 * 1024)
#define VALUES_MOST_UPDATES      50
#define VALUES_MOST_STORIES      100
/* Once Markdown has become this much HTML the rest is shown as it was written. */
#define VALUES_MOST_HTML_BYTES ((size_t)2 * 1024 * 1024)

/* The caller's (json_auto_t), as all of these. */
json_t *values_of_story(const struct values_task *task, const struct story *story);
json_t *values_of_digest(const struct values_task *task, const struct digest *digest);

/* `facts->story` may be NULL: then there are `page` and the letter's own values alone. */
json_t *values_of_letter(const struct letter *letter, const struct letter_facts *facts,
                         const char *time_zone);

json_t *values_of_page(struct arena *arena, const struct page *page);

/* The fact of that name, or the first of several; "" for none. */
const char *values_fact(const struct letter *letter, const char *name);
