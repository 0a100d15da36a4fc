/* gateway/incident/wishes.h: what somebody wants of her subscription, and what it makes of it.
 *
 * Pure. A grammar reads wishes from a mail (later: a form, the API); they are kept as text beside a
 * confirm key until she says `confirm`, and then applied to what is stored. */
#pragma once

#include "gateway/incident/page.h"
#include "gateway/incident/subscriber.h"

/* Longest pause. */
#define WISHES_PAUSE_MOST_MS (INT64_C(366) * 24 * 3600 * 1000)
#define WISHES_TOPICS_MOST   200

/* What is not said (has_…) stays as it is. */
struct wishes {
    const char *const
        *topics; /* these alone from now on, "c:comp_api", "g:Core"; none: everything */
    size_t topic_count;
    const char *const *added_topics; /* "+api": besides what she has */
    size_t added_count;
    const char *const *removed_topics; /* "-web" */
    size_t removed_count;
    const char *time_zone; /* IANA name, "" the page's; NULL: not said */
    const char *language;  /* "de", "" the page's; NULL: not said */
    const int64_t *muted;  /* incidents, by the numbers that people see */
    size_t muted_count;
    const int64_t *unmuted;
    size_t unmuted_count;
    int64_t followed;                /* number; this one only, then no more. 0: not said */
    int64_t pause_ms;                /* 0: goes on now */
    enum incident_severity severity; /* at least */
    unsigned kinds;                  /* bits of enum news_kind */
    enum subscriber_format format;
    enum subscriber_delivery delivery;
    unsigned digest_minute;
    unsigned digest_weekday;
    bool breaks_through;
    bool has_topics;
    bool has_severity;
    bool has_kinds;
    bool has_format;
    bool has_delivery;
    bool has_digest_minute;
    bool has_digest_weekday;
    bool has_breaks_through;
    bool has_pause;
};

/* Monday first: "mon". */
extern const char *const wishes_weekdays[7];

bool wishes_are_none(const struct wishes *wishes);

/* One line a wish, in English, as a preference letter shows them: "components: api, web",
 * "delivery: weekly mon 08:00". Topics by component id without "comp_", groups by name. For keeping
 * beside a key and for consent: wishes_read() reads back what wishes_write() wrote, whatever the
 * configuration has become. */
char *wishes_write(struct arena *arena, const struct wishes *wishes);
const struct wishes *wishes_read(struct arena *arena, const char *lines);

/* What became different, in words for the letter. */
struct wish_change {
    const char *name; /* "components", "delivery", "pause", … as preference lines name it */
    const char *from; /* as the line's value; "" when there was none */
    const char *to;
};

struct wishes_outcome {
    const struct subscriber
        *subscriber;                   /* as she is to be: digest_at and paused_until are set too */
    const struct wish_change *changes; /* none: all is so already */
    size_t change_count;
};

struct wishes_request {
    const struct page *page;
    const struct subscriber *subscriber; /* as she is; subscriber_default for a new one */
    const struct wishes *wishes;
    int64_t followed_id; /* of the incident that wishes->followed names; 0: none */
    int64_t now;
};

/* NULL: nothing may change; `error` is INPUT and says what: a pager with a digest, nothing left of the
 * components, "-api" where she hears of everything, too long a pause, a followed incident together
 * with components. Numbers of incidents are not looked at: muting is the store's. Who ends her digests
 * has a last one due now. */
const struct wishes_outcome *wishes_apply(struct arena *arena, const struct wishes_request *request,
                                          GError **error);

/* A subscriber's settings as preference lines, name and value each, in the order in which they are
 * shown: components, severity, kinds, format, delivery, critical, time zone, language, pause. Values
 * are those that the grammar understands. */
struct wish_line {
    const char *name;
    const char *value;
};
#define WISH_LINES_MOST 12
size_t wishes_lines(struct arena *arena, const struct page *page,
                    const struct subscriber *subscriber, struct wish_line lines[WISH_LINES_MOST]);
