/* gateway/intake/topic.h: which incidents a mail may be about, asked of the store; private to this
 * folder. */
#pragma once

#include "gateway/intake/taking.h"

/* `named_id`: what the reply address or a held command names; 0: nothing, then In-Reply-To and
 * References are asked. */
bool topic_find(struct taking *taking, const struct mail *mail, int64_t named_id,
                struct thread_facts *facts, GError **error);
