#include "gateway/config/subscription_settings.h"

#define MOST INT64_C(1000000)

#define COUNT(field, member, default_)                                                             \
    {                                                                                              \
        .name = (field), .kind = READER_INTEGER,                                                   \
        .at = READER_AT(struct subscription_settings, member), .standard = (default_), .least = 1, \
        .most = MOST                                                                               \
    }

/* A victim of list bombing gets few letters, and the people of one company can join (security A39). */
static const struct reader_field fields[] = {
    COUNT("per_hour", per_hour, "1"),
    COUNT("per_day", per_day, "3"),
    COUNT("until_confirmed", until_confirmed, "5"),
    COUNT("per_domain", per_domain, "100"),
    COUNT("per_network", per_network, "20"),
    COUNT("contact", contact, "5"),
};
const struct reader_table subscription_settings_table = {
    .fields = fields,
    .count = G_N_ELEMENTS(fields),
    .size = sizeof(struct subscription_settings),
};

struct joins_limits subscription_settings_build(const struct subscription_settings *subscriptions)
{
    return (struct joins_limits){
        .per_hour = subscriptions->per_hour,
        .per_day = subscriptions->per_day,
        .until_confirmed = subscriptions->until_confirmed,
        .per_domain = subscriptions->per_domain,
        .per_network = subscriptions->per_network,
    };
}
