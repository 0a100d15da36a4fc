#include "gateway/config/bounce_settings.h"

#include "gateway/base/moment.h"

#define BOUNCE(field, kind_, member, default_, least_, most_)                                      \
    {                                                                                              \
        .name = (field), .kind = (kind_), .at = READER_AT(struct bounce_settings, member),         \
        .standard = (default_), .least = (least_), .most = (most_)                                 \
    }

static const struct reader_field fields[] = {
    BOUNCE("permanent", READER_INTEGER, permanent, "2", 1, 100),
    BOUNCE("within", READER_SPAN, within_ms, "7d", SECOND_MS, 365 * DAY_MS),
    BOUNCE("apart", READER_SPAN, apart_ms, "1d", 0, 30 * DAY_MS),
    BOUNCE("temporary", READER_SPAN, temporary_ms, "5d", SECOND_MS, 365 * DAY_MS),
    BOUNCE("probe", READER_SPAN, probe_ms, "3d", SECOND_MS, 365 * DAY_MS),
    BOUNCE("probes", READER_INTEGER, probes, "3", 1, 100),
    BOUNCE("silence", READER_SPAN, silence_ms, "2d", SECOND_MS, 365 * DAY_MS),
    BOUNCE("domain_refusals", READER_INTEGER, domain_most, "5", 2, 100000),
    BOUNCE("domain_pause", READER_SPAN, domain_ms, "1h", SECOND_MS, 7 * DAY_MS),
};
const struct reader_table bounce_settings_table = {
    .fields = fields,
    .count = G_N_ELEMENTS(fields),
    .size = sizeof(struct bounce_settings),
};
