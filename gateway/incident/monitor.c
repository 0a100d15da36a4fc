#include "gateway/incident/monitor.h"

#include <assert.h>

static const char *const names[] = {
    [ALERT_GROUP_MONITOR] = "monitor",
    [ALERT_GROUP_NONE] = "none",
    [ALERT_GROUP_COMPONENT] = "component",
    [ALERT_GROUP_PAGE] = "page",
};
static_assert(G_N_ELEMENTS(names) == ALERT_GROUP_COUNT, "a group has no name");

const char *alert_group_name(enum alert_group group)
{
    assert((size_t)group < ALERT_GROUP_COUNT);
    return names[group];
}
