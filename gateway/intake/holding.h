/* gateway/intake/holding.h: mails that wait for their author's `publish`; private to this folder. */
#pragma once

#include "gateway/intake/taking.h"
#include "gateway/store/intakes.h"

/* Keeps the mail and asks its author, in the open transaction. `incident_id` 0: about none. */
bool held_ask(struct taking *taking, int64_t incident_id, const char *reason, GError **error);

/* The held mail, parsed again. *held NULL: it was completed, or its time is over. */
bool held_load(struct taking *taking, int64_t id, const struct held **held,
               const struct mail **mail, GError **error);
