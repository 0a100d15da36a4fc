/* tocsin serve: the supervisor and its processes, in the foreground. */
#include "gateway/base/log.h"
#include "gateway/cli/doctor_probe.h"
#include "gateway/serve/serve.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static int run_serve(struct invocation *invocation)
{
    gboolean allows_root = FALSE;
    const GOptionEntry options[] = {
        {"allow-root", 0, 0, G_OPTION_ARG_NONE, &allows_root, "run as root all the same", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    const struct config *config;

    if (!invocation_options(invocation, options) || invocation_has_more(invocation, 0))
        return EX_USAGE;
    if (geteuid() == 0 && !allows_root) {
        (void)fputs(
            "tocsin: serve: not as root: run it as a user of its own, or say --allow-root\n",
            stderr);
        return EX_USAGE;
    }
    config = invocation_config(invocation);
    if (config == NULL)
        return EX_CONFIG;
    if (!doctor_probe_has_passed(invocation->arena, config))
        log_warning("trust.unproven", LOG_TEXT("authserv_id", config->intake.trust.authserv_id),
                    LOG_TEXT("remedy", "tocsin doctor --probe HOST:PORT shows whether a forged "
                                       "verdict is believed"));
    if (serve_run(config, invocation->program, invocation->config_file, &error))
        return EX_OK;
    return invocation_fail(error);
}

const struct verb verb_serve = {
    "serve", "[--allow-root]", "run everything, in the foreground", false, run_serve,
};
