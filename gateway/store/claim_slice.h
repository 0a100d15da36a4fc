/* gateway/store/claim_slice.h: opening and taking over slices, and (claim_close.c) closing
 * them; for the claims alone. */
#pragma once

#include "gateway/store/claim_parts.h"

struct claims_progress {
    struct progress_file file; /* none: closed or released */
    struct progress now;
};

/* A row that is open. */
struct claim_slice {
    int64_t id; /* 0: not there, or closed */
    enum claim_kind kind;
    int64_t notification_id;
    enum lane lane;
    int64_t first_id;
    int64_t last_id;
    int64_t opened_at;
};

/* slice->id 0: there is none, or it is closed. */
bool claim_slice_load(const struct claim_work *work, int64_t slice_id, struct claim_slice *slice,
                      GError **error);

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
