/* gateway/store/outbox.h: the notification that a change makes; for this folder alone.
 *
 * It begins in each lane where the incident's older one, if that is still being told, stood: who
 * waited longest is first (DESIGN section 8, "Order and superseding"). The older one is superseded;
 * its slices and exceptions stay as they are, claims.c judges them by the newest. */
#pragma once

#include "gateway/store/store.h"

/* In the open transaction, after the incident and its update were saved. */
bool outbox_add(struct store *store, const struct decision *decision, int64_t now,
                int64_t *notification_id, GError **error);
