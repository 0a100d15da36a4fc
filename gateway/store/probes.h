/* gateway/store/probes.h: the last steps of who bounces; for this folder alone.
 *
 * Suspended, she gets a probe now and then; one that does not come back restores her, the last one that
 * does removes her. In the open transaction. */
#pragma once

#include "gateway/store/bounces.h"

bool probes_suspend(const struct bounce_desk *desk, int64_t subscriber_id, GError **error);
/* Unsubscribed because of bounces, on record, and suppressed. */
bool probes_remove(const struct bounce_desk *desk, int64_t subscriber_id, const char *words,
                   GError **error);
/* A bounce of `letter_id` to who is suspended; *was_last: of the last probe that she gets. */
bool probes_note(const struct bounce_desk *desk, const struct bounce *bounce, bool *was_last,
                 GError **error);
