/* gateway/incident/page.h: a status page, its components and its operators, as configured.
 *
 * The configuration is the truth for all of these; the store mirrors pages and components. Everything
 * is a value in the arena of whoever loaded the configuration. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

/* Statuspage's names, in rising order of trouble. */
enum component_state {
    COMPONENT_OPERATIONAL,
    COMPONENT_UNDER_MAINTENANCE,
    COMPONENT_DEGRADED_PERFORMANCE,
    COMPONENT_PARTIAL_OUTAGE,
    COMPONENT_MAJOR_OUTAGE,
};
#define COMPONENT_STATE_COUNT 5

struct component {
    const char *id;    /* "comp_api" */
    const char *name;  /* "API" */
    const char *group; /* "" when in none */
};

struct page {
    const char *id; /* "sp_abc123" */
    const char *name;
    const char *local;     /* local part of the address, at most 20 characters */
    const char *domain;    /* lower case */
    const char *address;   /* local@domain */
    const char *url;       /* without a slash at the end, "" when none */
    const char *time_zone; /* IANA name */
    const char *language;  /* "en" */
    const char *contact;   /* address, "" when none */
    int64_t reopen_ms;     /* how long a resolved incident can be reopened: default 7 days */
    int64_t reply_key_ms;  /* how long a reply key lives: default 14 days */
    const int64_t
        *reminders; /* how long before a maintenance it is told again: default 24 h, 1 h */
    size_t reminder_count;
    const struct component *components;
    size_t component_count;
};

enum operator_notify { OPERATOR_NOTIFY_ALL, OPERATOR_NOTIFY_OWN, OPERATOR_NOTIFY_NONE };

struct operator
{
    const char *name;
    const char *address; /* local@domain, domain in lower case */
    const char *time_zone;
    const char *language;
    enum operator_notify notify;
    const char *const *page_ids;
    size_t page_count;
};

/* Never NULL for a value of the enum: "partial_outage". */
const char *component_state_name(enum component_state state);
bool component_state_parse(struct text name, enum component_state *state);

/* NULL when the page has none of that id. */
const struct component *page_find_component(const struct page *page, const char *id);

/* By its id, with or without "comp_", or its name, whole; ASCII case aside. */
bool component_is_named(const struct component *component, struct text word);

/* What a person wrote for a component: its id (with or without "comp_"), its name, or the beginning of
 * exactly one id or name; ASCII case aside, other characters by their bytes (a look-alike is another
 * name). NULL: none or several; *candidate_count says how many began so. */
const struct component *page_read_component(const struct page *page, struct text word,
                                            size_t *candidate_count);

bool operator_is_of_page(const struct operator* operator, const char * page_id);
