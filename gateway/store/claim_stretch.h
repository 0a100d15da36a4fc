/* gateway/store/claim_stretch.h: the next stretch of the most urgent lane; for the claims alone. */
#pragma once

#include "gateway/store/claim_parts.h"

/* The most urgent notification that has a lane to walk: *severity and *lane, for those who must choose;
 * false in *is_there: none. */
struct claim_urgency {
    bool is_there;
    enum lane lane;
    enum incident_severity severity;
};
bool claim_stretch_look(const struct claim_work *work, struct claim_urgency *urgency,
                        GError **error);

/* Walks on, fills `draft` with at most wish->most who are to hear, and moves the cursor. No items: there is
 * nobody left to tell. */
bool claim_stretch_take(const struct claim_work *work, struct claim_draft *draft, GError **error);

/* Who of a slice that was left is still to be told, behind `after_id`: without those who have an
 * exception's row already. draft->news, lane and last_id are given. */
bool claim_stretch_refill(const struct claim_work *work, int64_t after_id,
                          struct claim_draft *draft, GError **error);
