#include "gateway/compose/wording.h"

#include "gateway/base/moment.h"

#include <string.h>

#define NAME_BYTES     80
#define MONITOR_PREFIX "monitor:"

void wording_set_string(json_t *object, const char *name, const char *value)
{
    (void)json_object_set_new(object, name, value != NULL ? json_string(value) : json_null());
}

void wording_set_bool(json_t *object, const char *name, bool is_true)
{
    (void)json_object_set_new(object, name, json_boolean(is_true));
}

static void set_flag(json_t *object, const char *word, bool is_true)
{
    char name[NAME_BYTES];

    (void)g_snprintf(name, sizeof name, "is_%s", word);
    wording_set_bool(object, name, is_true);
}

void wording_set_status(json_t *object, enum incident_status status)
{
    wording_set_string(object, "status", incident_status_name(status));
    for (int i = 0; i < INCIDENT_STATUS_COUNT; i++)
        set_flag(object, incident_status_name((enum incident_status)i), i == (int)status);
}

void wording_set_stage(json_t *object, const enum maintenance_state *stage)
{
    wording_set_bool(object, "is_maintenance", stage != NULL);
    for (int i = 0; i < MAINTENANCE_STATE_COUNT; i++)
        set_flag(object, maintenance_state_name((enum maintenance_state)i),
                 stage != NULL && i == (int)*stage);
    if (stage == NULL)
        return;
    wording_set_string(object, "status", maintenance_state_name(*stage));
    for (int i = 0; i < INCIDENT_STATUS_COUNT; i++)
        set_flag(object, incident_status_name((enum incident_status)i), false);
}

void wording_set_severity(json_t *object, enum incident_severity severity)
{
    wording_set_string(object, "severity", incident_severity_name(severity));
    for (int i = 0; i < INCIDENT_SEVERITY_COUNT; i++)
        set_flag(object, incident_severity_name((enum incident_severity)i), i == (int)severity);
}

void wording_set_state(json_t *object, enum component_state state)
{
    wording_set_string(object, "state", component_state_name(state));
    for (int i = 0; i < COMPONENT_STATE_COUNT; i++)
        set_flag(object, component_state_name((enum component_state)i), i == (int)state);
}

void wording_set_author(json_t *object, const char *name, const char *by)
{
    char of_monitor[NAME_BYTES];
    const bool is_monitor = by != NULL && g_str_has_prefix(by, MONITOR_PREFIX);

    (void)g_snprintf(of_monitor, sizeof of_monitor, "%s_monitor", name);
    wording_set_string(object, name, by);
    wording_set_string(object, of_monitor, is_monitor ? by + strlen(MONITOR_PREFIX) : NULL);
}

static void set_number(json_t *object, const char *name, int number)
{
    char padded[NAME_BYTES];
    char digits[NAME_BYTES];

    (void)json_object_set_new(object, name, json_integer(number));
    (void)g_snprintf(padded, sizeof padded, "%s2", name);
    (void)g_snprintf(digits, sizeof digits, "%02d", number);
    wording_set_string(object, padded, digits);
}

static void set_choice(json_t *object, const char *name, int most, int chosen)
{
    char word[NAME_BYTES];

    for (int i = 1; i <= most; i++) {
        (void)g_snprintf(word, sizeof word, "%s_%d", name, i);
        set_flag(object, word, i == chosen);
    }
}

json_t *wording_moment(int64_t at, const char *time_zone)
{
    OWN(arena) arena = arena_open(4096);
    const struct moment_parts parts = moment_split_local(arena, at, time_zone);
    json_t *moment = json_object();

    (void)json_object_set_new(moment, "year", json_integer(parts.year));
    set_number(moment, "month", parts.month);
    set_number(moment, "day", parts.day);
    set_number(moment, "hour", parts.hour);
    set_number(moment, "minute", parts.minute);
    (void)json_object_set_new(moment, "weekday", json_integer(parts.weekday));
    wording_set_bool(moment, "is_day_1", parts.day == 1);
    set_choice(moment, "month", 12, parts.month);
    set_choice(moment, "weekday", 7, parts.weekday);
    wording_set_string(moment, "zone", parts.zone);
    set_flag(moment, parts.zone, true);
    return moment;
}

json_t *wording_count(int64_t count)
{
    json_t *object = json_object();
    const int64_t last = count % 10;
    const bool is_teen = count / 10 % 10 == 1;

    (void)json_object_set_new(object, "number", json_integer(count));
    wording_set_bool(object, "is_none", count == 0);
    wording_set_bool(object, "is_one", count == 1);
    wording_set_bool(object, "is_two", count == 2);
    wording_set_bool(object, "ends_one", last == 1 && !is_teen);
    wording_set_bool(object, "ends_few", last >= 2 && last <= 4 && !is_teen);
    return object;
}

static const struct unit {
    const char *name;
    int64_t ms;
} units[] = {{"day", DAY_MS}, {"hour", HOUR_MS}, {"minute", MINUTE_MS}, {"second", SECOND_MS}};

static json_t *make_part(size_t unit, int64_t count)
{
    json_t *part = wording_count(count);

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        set_flag(part, units[i].name, i == unit);
    return part;
}

/* The two largest units, as moment_write_span() does. */
json_t *wording_span(int64_t span_ms)
{
    const int64_t span = MAX(span_ms, 0);
    json_t *parts = json_array();
    size_t unit = 0;

    while (unit + 1 < G_N_ELEMENTS(units) && span < units[unit].ms)
        unit++;
    (void)json_array_append_new(parts, make_part(unit, span / units[unit].ms));
    if (unit + 1 < G_N_ELEMENTS(units)) {
        const int64_t smaller = span % units[unit].ms / units[unit + 1].ms;
        if (smaller > 0)
            (void)json_array_append_new(parts, make_part(unit + 1, smaller));
    }
    for (size_t i = 0; i < json_array_size(parts); i++)
        wording_set_bool(json_array_get(parts, i), "is_last", i + 1 == json_array_size(parts));
    json_t *object = json_object();
    (void)json_object_set_new(object, "parts", parts);
    return object;
}
