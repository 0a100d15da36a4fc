/* spool/courier.h: a worker of the sender: claims, writes mails, hands them over, notes what
 * became of them. A process of its own (sender.h); it ends at SIGTERM between two messages. */
#pragma once

#include "spool/sender.h"
#include "spool/watch.h"

struct courier_place {
    size_t relay;  /* which of the world's */
    size_t number; /* of the worker, in the shared page */
    int watch;     /* descriptors that the parent gave */
    int wake;
};

bool courier_run(const struct sender_world *world, const struct courier_place *place,
                 GError **error);
