/* gateway/incident/story.h: all that a mail about an incident may tell its reader. */
#pragma once

#include "gateway/incident/decide.h"

struct story {
    const struct page *page;
    const struct incident *incident; /* as it is now */
    const struct update *updates; /* public ones, oldest first, as far as `notification` reaches */
    size_t update_count;          /* 1 or more */
    size_t first_missed;          /* index of the first update that the reader was not told of */
    int64_t notification_id;      /* 0: a preview */
    enum notification_kind kind;
    int64_t made_at;
};
