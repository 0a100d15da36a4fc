/* gateway/clock/unpublished.h: held commands whose time is over; for the clock alone. */
#pragma once

#include "gateway/store/store.h"

/* Tells the authors of at most `most` of them that nothing was published: a transaction each. *done how
 * many. */
bool unpublished_tell(struct store *store, const struct page *page, int64_t now, int64_t most,
                      int64_t *done, GError **error);
