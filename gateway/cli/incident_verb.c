/* tocsin incident list|show|open|update|resolve */
#include "gateway/cli/incident_show.h"

#include <string.h>
#include <sysexits.h>

static int list(struct invocation *invocation, const struct config *config,
                const struct change_wish *wish)
{
    return show_list(invocation, config, wish->page, false);
}

static const struct action {
    const char *name;
    size_t words; /* this one included */
    int (*run)(struct invocation *, const struct config *, const struct change_wish *);
} actions[] = {
    {"list", 1, list},
    {"show", 2, show_one},
    {"open", 1, change_open},
    {"update", 2, change_update},
    {"resolve", 2, change_resolve},
};

static const struct action *find_action(const struct invocation *invocation)
{
    const char *name = invocation_word(invocation, 0);

    for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].words == invocation_count(invocation) ? &actions[i] : NULL;
    return NULL;
}

static int run_incident(struct invocation *invocation)
{
    struct change_wish wish = {NULL};
    const struct action *action;
    const struct config *config;
    int status = EX_CONFIG;

    if (!change_take_options(invocation, &wish))
        return EX_USAGE;
    action = find_action(invocation);
    if (action == NULL)
        status = invocation_usage(invocation);
    else if ((config = invocation_config(invocation)) != NULL)
        status = action->run(invocation, config, &wish);
    change_free_wish(&wish);
    return status;
}

const struct verb verb_incident = {
    "incident",
    "list | show ID [--audit] | open --title T [--status S] [--severity S] [--component "
    "ID[=STATE]]… "
    "[--message TEXT|-] [--no-notify] [--by ADDRESS] | update ID … [--private] | resolve ID …",
    "show, open, update and resolve incidents",
    false,
    run_incident,
};
