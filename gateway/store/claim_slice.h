/* gateway/store/claim_slice.h: opening, taking over and closing slices; for the claims alone. */
#pragma once

#include "gateway/store/claim_parts.h"

struct claims_progress {
    int descriptor; /* -1: closed or released */
    struct progress now;
};

/* Makes row and file of what `draft` holds, and the claim. */
bool claim_slice_open(const struct claim_work *work, struct claim_draft *draft,
                      const struct claim **claim, GError **error);

/* One whose owner is gone, with what is left of it; those on the way that have nothing left are
 * closed. True and *claim NULL: there is none. */
bool claim_slice_take_over(const struct claim_work *work, const struct claim **claim,
                           GError **error);

/* The rows' part of closing: its number, who waited for it, its neighbours, and the end of its
 * notification. The file is the caller's. */
bool claim_slice_close(const struct claim_work *work, int64_t slice_id,
                       const struct progress *progress, GError **error);

/* Ends the notification if nothing of it is left to be done. */
bool claim_slice_end_news(const struct claim_work *work, int64_t notification_id, GError **error);
