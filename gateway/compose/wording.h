/* gateway/compose/wording.h: what has a name in every language, as JSON from which a language's
 * templates make words: status, severity, states, moments, spans, counts.
 *
 * For templates' authors; every flag is there, true or false, so that none is taken from around it:
 *     status       is_investigating, is_identified, is_monitoring, is_resolved
 *     stage        is_maintenance, is_scheduled, is_in_progress, is_verifying, is_completed, is_cancelled
 *     severity     is_minor, is_major, is_critical
 *     state        is_operational, is_under_maintenance, is_degraded_performance …
 *     an author    by; by_monitor, the name alone where it is a monitor
 *     a moment     year, month, day, weekday, hour, minute as numbers; month2, day2, hour2, minute2 with
 *                  two digits; is_day_1; is_month_1 …, is_weekday_1 (Monday) …; zone, and is_ZONE ("is_CET")
 *     a count      number, is_none, is_one, is_two, ends_one (1, 21, 31 …), ends_few (2-4, 22-24 …)
 *     a span       parts: one or two counts with is_day, is_hour, is_minute, is_second, is_last
 * A moment, count or span is written by {{#since}}{{>moment}}{{/since}}. */
#pragma once

#include "gateway/incident/incident.h"

#include <jansson.h>

/* NULL is null. */
void wording_set_string(json_t *object, const char *name, const char *value);
void wording_set_bool(json_t *object, const char *name, bool is_true);

/* Flags, and the name itself as `status`, `severity`, `state`. */
void wording_set_status(json_t *object, enum incident_status status);
/* `stage` NULL: an incident's. Then all of a maintenance's flags are false; else all of an incident's. */
void wording_set_stage(json_t *object, const enum maintenance_state *stage);
void wording_set_severity(json_t *object, enum incident_severity severity);
void wording_set_state(json_t *object, enum component_state state);

/* "ada@example.com", "cli:ada" as they are; "monitor:NAME" also as NAME, under `name`_monitor. */
void wording_set_author(json_t *object, const char *name, const char *by);

/* The caller's. */
json_t *wording_moment(int64_t at, const char *time_zone);
json_t *wording_count(int64_t count);
json_t *wording_span(int64_t span_ms);
