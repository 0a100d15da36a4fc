/* gateway/intake/choosing.h: what a subscriber changes of her settings; private to this folder. */
#pragma once

#include "gateway/intake/visitor.h"

/* Applies wishes that she is believed to have, puts them on record and answers with what is set now, or
 * with what is wrong: then nothing was changed. visitor->subscriber is not NULL. In the open
 * transaction. */
bool choosing_apply(struct taking *taking, const struct visitor *visitor,
                    const struct wishes *wishes, GError **error);

/* Answers with what is set; `wishes` that she is not believed to have, and that a reply would apply. NULL:
 * none. In the open transaction. */
bool choosing_show(struct taking *taking, const struct visitor *visitor,
                   const struct wishes *wishes, GError **error);
