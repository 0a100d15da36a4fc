/* gateway/cli/incident_show.h: incidents and maintenances on a terminal, and as JSON. */
#pragma once

#include "gateway/cli/incident_change.h"

/* All of one kind, newest first; of one page, or with `page_id` NULL of all. The exit status. */
int show_list(struct invocation *invocation, const struct config *config, const char *page_id,
              bool is_of_maintenance);
/* The one that the second word names, with its notes. */
int show_one(struct invocation *invocation, const struct config *config,
             const struct change_wish *wish);
