/* gateway/cli/incident_change.h: opening and changing incidents from a shell. */
#pragma once

#include "gateway/cli/invocation.h"

struct change_wish {
    char *page;
    char *title;
    char *status;
    char *severity;
    char **components; /* "comp_api", "comp_api=major_outage", "+comp_db", "-comp_web" */
    char *message;     /* "-": standard input */
    char *by;
    char *start; /* of a maintenance: times as people write them (gateway/base/when.h) */
    char *end;
    char *duration;
    gboolean is_patient; /* it is completed by its people, not by time */
    gboolean is_private;
    gboolean is_silent;
    gboolean has_audit;
};

bool change_take_options(struct invocation *invocation, struct change_wish *wish);
void change_free_wish(struct change_wish *wish);

struct change_target {
    const struct page *page;
    const struct incident *incident;
};

/* The incident, or maintenance, that the second word names: `inc_…`, `mnt_…`, or a number, also as `#42` or `INC-42`. */
bool change_find_incident(struct invocation *invocation, const struct config *config,
                          struct store *store, const struct change_wish *wish,
                          struct change_target *target, GError **error);

/* Stores what the command of that kind, with what the wish says and, where it is not NULL, the schedule,
 * makes of the target (with COMMAND_UPDATE) or of its page, and prints its id. The exit status. */
int change_make(struct invocation *invocation, const struct config *config, struct store *store,
                const struct change_wish *wish, const struct change_target *target,
                const struct command *command);

int change_open(struct invocation *invocation, const struct config *config,
                const struct change_wish *wish);
int change_update(struct invocation *invocation, const struct config *config,
                  const struct change_wish *wish);
int change_resolve(struct invocation *invocation, const struct config *config,
                   const struct change_wish *wish);
