/* gateway/cli/reachable.h: how a mail must look to reach each monitor: what `tocsin check` says last. */
#pragma once

#include "gateway/cli/invocation.h"

/* On standard output, monitor by monitor; nothing where there is none. */
void reachable_print(struct arena *arena, const struct config *config);
