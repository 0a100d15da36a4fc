/* gateway/calendar/maintnote.h: the X-MAINTNOTE properties by which network operators tell each other of maintenance.
 *
 * NANOG's BCOP draft 0.1 and draft-gunter-calext-maintenance-notifications-00, section 3.5. */
#pragma once

#include "gateway/calendar/contentline.h"

enum maintnote_impact {
    MAINTNOTE_IMPACT_UNSAID,
    MAINTNOTE_NO_IMPACT,
    MAINTNOTE_REDUCED_REDUNDANCY,
    MAINTNOTE_DEGRADED,
    MAINTNOTE_OUTAGE,
};
#define MAINTNOTE_IMPACT_COUNT 5

enum maintnote_status {
    MAINTNOTE_STATUS_UNSAID,
    MAINTNOTE_TENTATIVE,
    MAINTNOTE_CONFIRMED,
    MAINTNOTE_CANCELLED,
    MAINTNOTE_IN_PROCESS,
    MAINTNOTE_COMPLETED,
};
#define MAINTNOTE_STATUS_COUNT 6

struct maintnote_object {
    const char *id;
    enum maintnote_impact impact; /* UNSAID: the maintenance's */
};

#define MAINTNOTE_OBJECTS_MOST 200

struct maintnote {
    const char *provider; /* "" where not said, as all strings here */
    const char *account;
    const char *id; /* the primary MAINTENANCE-ID, else the first */
    const struct maintnote_object *objects;
    size_t object_count;
    enum maintnote_impact impact;
    enum maintnote_status status;
};

/* "NO-IMPACT"; NULL for UNSAID. */
const char *maintnote_impact_name(enum maintnote_impact impact);
const char *maintnote_status_name(enum maintnote_status status);

/* Reads those of `lines` at `depth`. NULL: there are none. An impact or status that the draft does not know is
 * UNSAID. */
const struct maintnote *maintnote_read(struct arena *arena, const struct content_line *lines,
                                       size_t count, size_t depth);
