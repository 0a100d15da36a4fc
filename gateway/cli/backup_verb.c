/* tocsin backup FILE: an online copy of the store. */
#include "gateway/cli/invocation.h"

#include <sysexits.h>

static int run_backup(struct invocation *invocation)
{
    const GOptionEntry options[] = {G_OPTION_ENTRY_NULL};
    g_autoptr(GError) error = NULL;
    const struct config *config;
    int status = EX_OK;

    if (!invocation_options(invocation, options))
        return EX_USAGE;
    if (invocation_count(invocation) != 1)
        return invocation_usage(invocation);
    config = invocation_config(invocation);
    if (config == NULL)
        return EX_CONFIG;

    OWN(store) store = invocation_store(config, &status);
    if (store == NULL)
        return status;
    if (store_backup(store, invocation_word(invocation, 0), &error))
        return EX_OK;
    status = invocation_fail(error);
    return status == EX_DATAERR ? EX_CANTCREAT : status; /* the file, not what is in it */
}

const struct verb verb_backup = {
    "backup", "FILE", "copy the store while everything runs", false, run_backup,
};
