/* gateway/incident/wishes_settings.h: what a subscriber has set, as preference lines. */
#pragma once

#include "gateway/incident/wishes.h"

/* Every line, always the same ones in the order in which they are shown; the value is "" where nothing is
 * set: no pause, no components for who follows one incident alone. */
size_t wishes_settings(struct arena *arena, const struct page *page,
                       const struct subscriber *subscriber,
                       struct wish_line lines[WISH_LINES_MOST]);
