/* gateway/store/bounce_score.h: what of the bounces counts today; for this folder alone. */
#pragma once

#include "gateway/store/bounces.h"

struct bounce_sum {
    int64_t permanent;       /* on so many different days */
    int64_t temporary_since; /* 0: none that go on */
    bool is_suspending;
};

/* Pure but for the rows: those since she was confirmed; several of one delivery are one. */
bool bounce_score_sum(const struct bounce_desk *desk, int64_t subscriber_id, struct bounce_sum *sum,
                      GError **error);
