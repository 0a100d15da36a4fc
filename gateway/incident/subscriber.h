/* gateway/incident/subscriber.h: who hears of a page, and how. */
#pragma once

#include "gateway/incident/incident.h"

enum subscriber_format { FORMAT_HTML, FORMAT_TEXT, FORMAT_PAGER };
#define SUBSCRIBER_FORMAT_COUNT 3
enum subscriber_kind { SUBSCRIBER_PERSON, SUBSCRIBER_LIST };
enum subscriber_state {
    SUBSCRIBER_PENDING,
    SUBSCRIBER_CONFIRMED,
    SUBSCRIBER_SUSPENDED,
    SUBSCRIBER_UNSUBSCRIBED,
};
#define SUBSCRIBER_STATE_COUNT 4

/* The two lanes of a fan-out. */
enum lane { LANE_PAGER, LANE_MAIL };

struct subscriber {
    int64_t id;
    const char *public_id;
    const char *page_id;
    const char *address;
    enum subscriber_kind kind;
    enum subscriber_format format;
    enum incident_severity severity; /* the least that she hears of */
    const char *const *topics;       /* "c:comp_api", "g:Core"; none: everything */
    size_t topic_count;
    const char *language;  /* "" is the page's */
    const char *time_zone; /* likewise */
    enum subscriber_state state;
    int64_t created_at;
    int64_t confirmed_at; /* 0: never */
};

const char *subscriber_format_name(enum subscriber_format format);
bool subscriber_format_parse(struct text name, enum subscriber_format *format);
const char *subscriber_kind_name(enum subscriber_kind kind);
const char *subscriber_state_name(enum subscriber_state state);
