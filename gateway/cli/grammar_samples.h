/* gateway/cli/grammar_samples.h: `tocsin grammar test FILE…`: the samples beside a grammar. */
#pragma once

#include "gateway/cli/invocation.h"

/* The words behind `test` are grammars. EX_OK: every sample is as it has to be; EX_DATAERR: one is not;
 * else it has said why. */
int grammar_samples_run(struct invocation *invocation);
