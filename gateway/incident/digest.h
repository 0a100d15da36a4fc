/* gateway/incident/digest.h: what changed since a reader's last digest. */
#pragma once

#include "gateway/incident/story.h"

struct digest {
    const struct page *page;
    int64_t since;
    int64_t until;
    /* Most severe first, then newest; one that opened and was resolved meanwhile stands once, as
     * resolved. A story's first_missed is its first update after `since`; its `incident` is as it was
     * at `until`. */
    const struct story *stories;
    size_t story_count; /* none: nothing is sent */
};
