#include "gateway/incident/subscriber.h"

#include <assert.h>

static const char *const formats[] = {
    [FORMAT_HTML] = "html",
    [FORMAT_TEXT] = "text",
    [FORMAT_PAGER] = "pager",
};
static_assert(G_N_ELEMENTS(formats) == SUBSCRIBER_FORMAT_COUNT, "a format has no name");

static const char *const states[] = {
    [SUBSCRIBER_PENDING] = "pending",
    [SUBSCRIBER_CONFIRMED] = "confirmed",
    [SUBSCRIBER_SUSPENDED] = "suspended",
    [SUBSCRIBER_UNSUBSCRIBED] = "unsubscribed",
};
static_assert(G_N_ELEMENTS(states) == SUBSCRIBER_STATE_COUNT, "a subscriber's state has no name");

const char *subscriber_format_name(enum subscriber_format format)
{
    assert((size_t)format < SUBSCRIBER_FORMAT_COUNT);
    return formats[format];
}

bool subscriber_format_parse(struct text name, enum subscriber_format *format)
{
    for (size_t i = 0; i < SUBSCRIBER_FORMAT_COUNT; i++)
        if (text_is_equal_any_case(name, text_of(formats[i]))) {
            *format = (enum subscriber_format)i;
            return true;
        }
    return false;
}

const char *subscriber_kind_name(enum subscriber_kind kind)
{
    return kind == SUBSCRIBER_LIST ? "list" : "person";
}

const char *subscriber_state_name(enum subscriber_state state)
{
    assert((size_t)state < SUBSCRIBER_STATE_COUNT);
    return states[state];
}
