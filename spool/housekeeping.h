/* spool/housekeeping.h: what the sender's parent does each minute, until there is a clock. */
#pragma once

#include "gateway/store/claims.h"
#include "gateway/store/store.h"
#include "spool/sender.h"

/* Tells the authors of held commands whose time is over, forgets what is old, removes progress files
 * that a crash left. */
bool housekeeping_run(const struct sender_world *world, struct store *store, struct claims *claims,
                      int64_t now, GError **error);
