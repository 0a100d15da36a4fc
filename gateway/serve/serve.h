/* gateway/serve/serve.h: the supervisor: one process that keeps the others running.
 *
 * Children: milter, sender, clock. What ends unasked is started again alone, with backoff. SIGHUP: the new
 * configuration is checked whole; if it is good, the children are replaced one by one, the milter
 * without a moment in between; if not, that is said and the old one stays in force. SIGTERM and SIGINT end
 * all: in seconds, nothing lost. A second supervisor of the same state refuses. */
#pragma once

#include "gateway/config/config.h"

/* `program` is argv[0], `file` the configuration that `config` was loaded from. False: `error`. */
bool serve_run(const struct config *config, const char *program, const char *file, GError **error);
