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

/* What there is to hear of: a set of bits. */
enum news_kind { NEWS_INCIDENTS = 1, NEWS_MAINTENANCE = 2, NEWS_POSTMORTEMS = 4 };
#define NEWS_ALL (NEWS_INCIDENTS | NEWS_MAINTENANCE | NEWS_POSTMORTEMS)

enum subscriber_delivery { DELIVERY_IMMEDIATE, DELIVERY_DAILY, DELIVERY_WEEKLY };
#define SUBSCRIBER_DELIVERY_COUNT 3
#define DIGEST_MINUTE_DEFAULT     (8 * 60)
#define DIGEST_WEEKDAY_DEFAULT    1

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
    const char *const *topics; /* "c:comp_api", "g:Core", "i:17" (an incident that she follows,
                                         by its id); none: everything */
    size_t topic_count;
    unsigned kinds; /* bits of enum news_kind */
    enum subscriber_delivery delivery;
    unsigned digest_minute;  /* of the day in her zone */
    unsigned digest_weekday; /* Monday is 1, Sunday 7; for DELIVERY_WEEKLY */
    bool breaks_through;     /* critical news comes at once, through digest and pause */
    int64_t paused_until;    /* 0: not paused */
    int64_t silent_since;    /* when her last pause or suspension began; 0: none yet */
    int64_t hears_since;     /* and when it ended; 0: none has ended */
    int64_t digest_since;    /* what changed since then is in her next digest */
    int64_t digest_at;       /* when that is due; 0: none */
    const char *language;    /* "" is the page's */
    const char *time_zone;   /* likewise */
    enum subscriber_state state;
    int64_t created_at;
    int64_t confirmed_at; /* 0: never */
};

/* Everything at once as HTML, confirmed: what there is to be before anybody chose. The strings are "",
 * and NULL. */
extern const struct subscriber subscriber_default;

const char *subscriber_format_name(enum subscriber_format format);
bool subscriber_format_parse(struct text name, enum subscriber_format *format);
const char *subscriber_kind_name(enum subscriber_kind kind);
bool subscriber_kind_parse(struct text name, enum subscriber_kind *kind);
const char *subscriber_state_name(enum subscriber_state state);
bool subscriber_state_parse(struct text name, enum subscriber_state *state);
const char *subscriber_delivery_name(enum subscriber_delivery delivery); /* "immediate", "daily" */
bool subscriber_delivery_parse(struct text name, enum subscriber_delivery *delivery);
const char *news_kind_name(enum news_kind kind); /* "incidents", "maintenance", "post-mortems" */

/* The next moment after `now` at which a digest of hers is due, in her time zone or else the page's; 0
 * for DELIVERY_IMMEDIATE. Days on which her hour does not exist (daylight saving) have it when the
 * clocks have moved. */
int64_t subscriber_next_digest(const struct subscriber *subscriber, const char *page_zone,
                               int64_t now);
