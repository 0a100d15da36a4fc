/* gateway/config/settings.h: the whole configuration as read: every field, its kind, range and default.
 *
 * Between the YAML and struct config: what was wrong or is missing is NULL or 0 here. */
#pragma once

#include "gateway/config/installation.h"
#include "gateway/config/monitor_settings.h"
#include "gateway/config/operator_settings.h"
#include "gateway/config/relay_readings.h"
#include "gateway/store/bounces.h"

struct milter_setting {
    const char *socket;
    const char *group;
    int64_t workers;
};

/* 0: not given. */
struct limit_settings {
    int64_t message;
    int64_t header;
    int64_t header_field;
    int64_t header_fields;
    int64_t parameters;
    int64_t parameter;
    int64_t depth;
    int64_t parts;
    int64_t text;
    int64_t wall_ms;
    int64_t cpu_ms;
    int64_t questions;
    int64_t misses;
    int64_t held_ms;
    int64_t refusals;
    int64_t busy_ms;
};

/* 0: not given. */
struct subscription_settings {
    int64_t per_hour; /* struct joins_limits */
    int64_t per_day;
    int64_t until_confirmed;
    int64_t per_domain;
    int64_t per_network;
    int64_t contact; /* subscribers' mails to the contact, per writer and hour */
};

struct settings {
    const struct yaml_node *node;
    const char *state;
    struct milter_setting milter;
    struct trust_settings trust;
    struct page_settings pages;
    struct operator_settings operators;
    struct monitor_settings monitors;
    struct spool_reading spool;
    struct limit_settings limits;
    struct bounce_settings bounces;
    struct subscription_settings subscriptions;
    const char *templates;
    const char *grammars;
    const char *const *dropped_words;
    size_t dropped_word_count;
};

/* Reads all fields. What is wrong with one stands in `problems`. */
void settings_read(const struct reader *reader, const struct yaml_node *root,
                   struct settings *settings);

/* What fields say together. */
void settings_check(const struct reader *reader, const struct settings *settings);

/* Also of settings with errors: what can be looked at is. */
struct installation settings_installation(struct arena *arena, const struct settings *settings);

/* Only of what was read and checked without an error. */
const struct config *settings_build(struct arena *arena, const char *file,
                                    const struct settings *settings);
