/* tests/unit/gateway/store/shim.h: a SQLite VFS over the real one whose n-th write, sync, truncation
 * or deletion fails (and, if asked, everything after it, as a dead disk does). It becomes the default
 * VFS of the process; counting begins with shim_arm(). */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

enum shim_failure { SHIM_IO, SHIM_FULL };

void shim_register(void);
/* The n-th operation from now on (1: the next) fails. 0: none. */
void shim_arm(int nth, enum shim_failure failure, bool for_ever);
/* How many were counted since. */
int shim_count(void);
