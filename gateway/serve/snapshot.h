/* gateway/serve/snapshot.h: the configuration in force, kept beside the store.
 *
 * Children read files when they start, and may start at any time: what they read must be what was
 * checked, not what somebody is writing just now. */
#pragma once

#include "gateway/base/text.h"

/* Copies `file` and its conf.d to state/config/GENERATION/, replacing what stands there. The path of
 * the copied file, for --config; NULL: `error`. */
char *snapshot_make(struct arena *arena, const char *state, const char *file, unsigned generation,
                    GError **error);
