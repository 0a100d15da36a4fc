#include "gateway/store/alerts.h"

#include "gateway/store/alerts_hearing.h"
#include "gateway/store/alerts_life.h"
#include "gateway/store/alerts_rows.h"

#include <string.h>

/* A mail of the monitor ends its silence; what it says of that itself is heard already. */
/* Also of one of whom signs of life are no longer expected: its silence may still be an open alert. */
static bool note_life(const struct settling *settling, GError **error)
{
    const struct monitor *monitor = settling->source->monitor;
    const struct alert_report report =
        alerts_life_report(settling->arena, settling->desk, monitor, ALERT_CLEARED);
    struct alerts_effect effect;
    struct alert_row row;

    if ((monitor->policy.expect_every_ms != 0 &&
         !alerts_life_note(settling->desk, monitor, error)) ||
        !alerts_rows_find(settling->desk->store, settling->arena, monitor, ALERT_KEY_SILENT, &row,
                          error))
        return false;
    return row.alert.id == 0 || !row.alert.is_open ||
           alerts_hearing_take(settling, &report, &effect, error);
}

bool alerts_hear(const struct alerts_desk *desk, struct arena *arena,
                 const struct alerts_source *source, const struct alert_report *report,
                 struct alerts_effect *effect, GError **error)
{
    const struct settling settling = {.desk = desk, .arena = arena, .source = source};

    /* The silence ends after its word: where they share an incident it does not resolve between them. */
    return alerts_hearing_take(&settling, report, effect, error) && note_life(&settling, error);
}

bool alerts_note_life(const struct alerts_desk *desk, struct arena *arena,
                      const struct alerts_source *source, GError **error)
{
    const struct settling settling = {.desk = desk, .arena = arena, .source = source};

    return note_life(&settling, error);
}

bool alerts_preview(const struct alerts_desk *desk, struct arena *arena,
                    const struct alerts_source *source, const struct alert_report *report,
                    struct alerts_effect *effect, GError **error)
{
    const struct settling settling = {
        .desk = desk, .arena = arena, .source = source, .is_dry = true};

    if (!store_begin(desk->store, error))
        return false;
    const bool is_good = alerts_hearing_take(&settling, report, effect, error);
    store_rollback(desk->store);
    return is_good;
}
