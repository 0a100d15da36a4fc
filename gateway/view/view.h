/* gateway/view/view.h: pages, incidents and subscribers as the JSON that all show.
 *
 * One maker, several readers: the command line's --json, the API and the templates of pages and mails
 * have the same names for the same things. Absent values are null, moments ISO 8601 with milliseconds
 * and Z. The caller owns what is returned (json_decref, json_auto_t); it is never NULL.
 *
 * Private notes and the authors of updates appear in view_incident_whole() alone, which is for
 * operators: what subscribers and strangers are shown never holds them (security A79). */
#pragma once

#include "gateway/incident/story.h"
#include "gateway/incident/subscriber.h"

#include <jansson.h>

/* {id, name, address, url, time_zone, language, components: [{id, name, group}]} */
json_t *view_page(const struct page *page);

/* {id, status, message, created_at}; `message` is its author's Markdown. */
json_t *view_update(const struct update *update);

/* {id, number, title, status, severity, status_page_id, component_ids, created_at, resolved_at,
 * updates}. `updates` oldest first; notes among them are left out. A maintenance has its state as status, and
 * starts_at, ends_at, began_at, ended_at, auto_complete besides. */
json_t *view_incident(const struct page *page, const struct incident *incident,
                      const struct update *updates, size_t update_count);

/* The same with `components: [{id, state}]` (those that it affects now) and `url`. */
json_t *view_incident_page(const struct page *page, const struct incident *incident,
                           const struct update *updates, size_t update_count);

/* The same with `notes: [{id, message, by, created_at}]`: those among `updates`. For operators. */
json_t *view_incident_whole(const struct page *page, const struct incident *incident,
                            const struct update *updates, size_t update_count);

/* {id, kind, created_at, status_page, incident}: as far as the notification reaches. */
json_t *view_notification(const struct story *story);

/* {id, address, status_page_id, format, kind, component_ids, severity, state, language, time_zone,
 * created_at} */
json_t *view_subscriber(const struct subscriber *subscriber);

/* "https://status.example.com/incidents/inc_…", …/maintenances/mnt_…; NULL: the page has no url, or the incident no id. */
char *view_incident_url(struct arena *arena, const struct page *page,
                        const struct incident *incident);
