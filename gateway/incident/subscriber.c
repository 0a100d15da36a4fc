#include "gateway/incident/subscriber.h"

#include "gateway/base/moment.h"

#include <assert.h>

static const char *const formats[] = {
    [FORMAT_HTML] = "html",
    [FORMAT_TEXT] = "text",
    [FORMAT_PAGER] = "pager",
};
static_assert(G_N_ELEMENTS(formats) == SUBSCRIBER_FORMAT_COUNT, "a format has no name");

static const char *const kinds[] = {
    [SUBSCRIBER_PERSON] = "person",
    [SUBSCRIBER_LIST] = "list",
};

static const char *const states[] = {
    [SUBSCRIBER_PENDING] = "pending",
    [SUBSCRIBER_CONFIRMED] = "confirmed",
    [SUBSCRIBER_SUSPENDED] = "suspended",
    [SUBSCRIBER_UNSUBSCRIBED] = "unsubscribed",
};
static_assert(G_N_ELEMENTS(states) == SUBSCRIBER_STATE_COUNT, "a subscriber's state has no name");

static const char *const deliveries[] = {
    [DELIVERY_IMMEDIATE] = "immediate",
    [DELIVERY_DAILY] = "daily",
    [DELIVERY_WEEKLY] = "weekly",
};
static_assert(G_N_ELEMENTS(deliveries) == SUBSCRIBER_DELIVERY_COUNT, "a delivery has no name");

const struct subscriber subscriber_default = {
    .public_id = "",
    .page_id = "",
    .address = "",
    .kinds = NEWS_ALL,
    .digest_minute = DIGEST_MINUTE_DEFAULT,
    .digest_weekday = DIGEST_WEEKDAY_DEFAULT,
    .language = "",
    .time_zone = "",
    .state = SUBSCRIBER_CONFIRMED,
};

/* Where `name` stands among `names`, in any case; `count`: nowhere. */
static size_t find_name(const char *const *names, size_t count, struct text name)
{
    size_t place = 0;

    while (place < count && !text_is_equal_any_case(name, text_of(names[place])))
        place++;
    return place;
}

const char *subscriber_format_name(enum subscriber_format format)
{
    assert((size_t)format < SUBSCRIBER_FORMAT_COUNT);
    return formats[format];
}

bool subscriber_format_parse(struct text name, enum subscriber_format *format)
{
    const size_t place = find_name(formats, SUBSCRIBER_FORMAT_COUNT, name);

    if (place < SUBSCRIBER_FORMAT_COUNT)
        *format = (enum subscriber_format)place;
    return place < SUBSCRIBER_FORMAT_COUNT;
}

const char *subscriber_kind_name(enum subscriber_kind kind)
{
    assert((size_t)kind < G_N_ELEMENTS(kinds));
    return kinds[kind];
}

bool subscriber_kind_parse(struct text name, enum subscriber_kind *kind)
{
    const size_t place = find_name(kinds, G_N_ELEMENTS(kinds), name);

    if (place < G_N_ELEMENTS(kinds))
        *kind = (enum subscriber_kind)place;
    return place < G_N_ELEMENTS(kinds);
}

const char *subscriber_state_name(enum subscriber_state state)
{
    assert((size_t)state < SUBSCRIBER_STATE_COUNT);
    return states[state];
}

bool subscriber_state_parse(struct text name, enum subscriber_state *state)
{
    const size_t place = find_name(states, SUBSCRIBER_STATE_COUNT, name);

    if (place < SUBSCRIBER_STATE_COUNT)
        *state = (enum subscriber_state)place;
    return place < SUBSCRIBER_STATE_COUNT;
}

const char *subscriber_delivery_name(enum subscriber_delivery delivery)
{
    assert((size_t)delivery < SUBSCRIBER_DELIVERY_COUNT);
    return deliveries[delivery];
}

bool subscriber_delivery_parse(struct text name, enum subscriber_delivery *delivery)
{
    const size_t place = find_name(deliveries, SUBSCRIBER_DELIVERY_COUNT, name);

    if (place < SUBSCRIBER_DELIVERY_COUNT)
        *delivery = (enum subscriber_delivery)place;
    return place < SUBSCRIBER_DELIVERY_COUNT;
}

const char *news_kind_name(enum news_kind kind)
{
    switch (kind) {
    case NEWS_INCIDENTS:
        return "incidents";
    case NEWS_MAINTENANCE:
        return "maintenance";
    case NEWS_POSTMORTEMS:
        return "post-mortems";
    }
    return "";
}

static bool is_digest_day(const struct subscriber *subscriber, GDateTime *day)
{
    return subscriber->delivery == DELIVERY_DAILY ||
           g_date_time_get_day_of_week(day) == (gint)subscriber->digest_weekday;
}

/* Her hour of that day, as a moment. */
static int64_t digest_moment(const struct subscriber *subscriber, GDateTime *day)
{
    g_autoptr(GDateTime) due = g_date_time_new(
        g_date_time_get_timezone(day), g_date_time_get_year(day), g_date_time_get_month(day),
        g_date_time_get_day_of_month(day), (gint)(subscriber->digest_minute / 60),
        (gint)(subscriber->digest_minute % 60), 0);

    return g_date_time_to_unix(due) * SECOND_MS;
}

int64_t subscriber_next_digest(const struct subscriber *subscriber, const char *page_zone,
                               int64_t now)
{
    const char *name = *subscriber->time_zone != '\0' ? subscriber->time_zone : page_zone;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now / SECOND_MS);
    g_autoptr(GDateTime) today =
        zone != NULL ? g_date_time_to_timezone(utc, zone) : g_date_time_ref(utc);

    if (subscriber->delivery == DELIVERY_IMMEDIATE)
        return 0;
    for (int days = 0; days <= 7; days++) {
        g_autoptr(GDateTime) day = g_date_time_add_days(today, days);
        const int64_t at = digest_moment(subscriber, day);

        if (is_digest_day(subscriber, day) && at > now)
            return at;
    }
    return now + 7 * DAY_MS; /* an hour that a change of clocks swallowed */
}
