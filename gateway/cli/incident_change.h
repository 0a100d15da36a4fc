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

/* The incident that the second word names: `inc_…`, or a number, also as `#42` or `INC-42`. */
bool change_find_incident(struct invocation *invocation, const struct config *config,
                          struct store *store, const struct change_wish *wish,
                          struct change_target *target, GError **error);

int change_open(struct invocation *invocation, const struct config *config,
                const struct change_wish *wish);
int change_update(struct invocation *invocation, const struct config *config,
                  const struct change_wish *wish);
int change_resolve(struct invocation *invocation, const struct config *config,
                   const struct change_wish *wish);
