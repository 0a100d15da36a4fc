/* gateway/milter/pool.h: the intake workers of this process, shared by libmilter's threads.
 *
 * A thread of its own starts the workers, and those that replace dead ones, since a worker ends with
 * the thread that started it. */
#pragma once

#include "gateway/intake/worker.h"

struct pool;

/* Borrows all; starts `count` workers. NULL: `error`. */
struct pool *pool_open(const struct intake_settings *settings, const char *const *arguments,
                       size_t count, GError **error);
/* Ends the workers; nobody may be asking. */
void pool_close(struct pool *pool);
OWN_DEFINE(pool);

/* Waits for a free worker and asks it; from any thread. */
struct intake_verdict pool_ask(struct pool *pool, struct arena *arena,
                               const struct envelope *envelope);
