/* gateway/store/schema.h: brings a database to the schema of this program; for this folder alone.
 *
 * schema/NNNN-*.sql are compiled in, in order; each is one transaction and its last statement sets
 * PRAGMA user_version to its number. */
#pragma once

#include "gateway/store/connection.h"

/* Reads only. False: CONFIG for a database newer than this program or of another program. */
bool schema_check(struct store *store, GError **error);
/* Runs what is missing. After schema_check(), under the lock of place.h. */
bool schema_migrate(struct store *store, GError **error);
