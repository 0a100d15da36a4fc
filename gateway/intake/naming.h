/* gateway/intake/naming.h: what an operator's mail says of a monitor, and what she passes on; private to
 * this folder.
 *
 * Before her own grammar: a mail whose subject is the name of a monitor without `from:` with state words
 * and nothing more, and a forward. */
#pragma once

#include "gateway/intake/passing.h"

/* A monitor's or provider's alert that she forwarded without leave to speak for it. */
struct naming_notice {
    const struct forwarded *forwarded;
    const struct grammar_alert
        *alert; /* the first that is a problem; NULL: it says that all is well */
    const struct reading *reading;
};

enum naming {
    NAMING_NOTHING,
    NAMING_ALERT,  /* *monitored */
    NAMING_NOTICE, /* *notice */
};

/* `mail` is proven to be taking->operator's. */
enum naming naming_read(const struct taking *taking, const struct mail *mail,
                        struct monitored *monitored, struct naming_notice *notice);
