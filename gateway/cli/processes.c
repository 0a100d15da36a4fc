/* The verbs that are one process each: milter, sender, clock, and the hidden ones that they start. */
#include "gateway/cli/invocation.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/clock/clock.h"

#include <stdio.h>
#include <sysexits.h>

static int run_milter(struct invocation *invocation)
{
    const GOptionEntry options[] = {G_OPTION_ENTRY_NULL};
    const struct config *config;
    g_autoptr(GError) error = NULL;

    if (!invocation_options(invocation, options) || invocation_has_more(invocation, 0))
        return EX_USAGE;
    config = invocation_config(invocation);
    if (config == NULL)
        return EX_CONFIG;
    if (milter_run(&config->milter, &config->intake, invocation_child(invocation, "intake-worker"),
                   &error))
        return EX_OK;
    return invocation_fail(error);
}

const struct verb verb_milter = {
    "milter", "", "take mail from Postfix or Sendmail, in the foreground", false, run_milter,
};

static int run_intake_worker(struct invocation *invocation)
{
    const struct config *config = invocation_config(invocation);
    const char *word = invocation_word(invocation, 0);
    int64_t descriptor;

    if (config == NULL)
        return EX_CONFIG;
    if (word == NULL || !number_parse(text_of(word), 3, INT16_MAX, &descriptor))
        return invocation_usage(invocation);
    worker_run(&config->intake, (int)descriptor);
    return EX_OK;
}

const struct verb verb_intake_worker = {
    "intake-worker", "DESCRIPTOR", "what milter and inject start", true, run_intake_worker,
};

static struct sender_world world_of(const struct config *config)
{
    return (struct sender_world){
        .spool = &config->spool,
        .store = &config->store,
        .compose = &config->compose,
        .bounces = &config->bounces,
        .pages = config->pages,
        .page_count = config->page_count,
        .operators = config->operators,
        .operator_count = config->operator_count,
    };
}

static int run_sender(struct invocation *invocation)
{
    gboolean is_once = FALSE;
    const GOptionEntry options[] = {
        {"once", 0, 0, G_OPTION_ARG_NONE, &is_once, "send all that is due, then end", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    const struct config *config;
    struct sender_world world;

    if (!invocation_options(invocation, options) || invocation_has_more(invocation, 0))
        return EX_USAGE;
    config = invocation_config(invocation);
    if (config == NULL)
        return EX_CONFIG;
    world = world_of(config);
    if (sender_run(&world, invocation_child(invocation, "sender-worker"), is_once, &error))
        return EX_OK;
    return invocation_fail(error);
}

const struct verb verb_sender = {
    "sender", "[--once]", "hand mail to the relays, in the foreground", false, run_sender,
};

static int run_sender_worker(struct invocation *invocation)
{
    g_autoptr(GError) error = NULL;
    const struct config *config = invocation_config(invocation);
    struct sender_world world;

    if (config == NULL)
        return EX_CONFIG;
    if (invocation_count(invocation) != 4)
        return invocation_usage(invocation);
    world = world_of(config);
    if (sender_worker_run(&world, (const char *const *)invocation->words, &error))
        return EX_OK;
    return invocation_fail(error);
}

const struct verb verb_sender_worker = {
    "sender-worker", "RELAY PLACE DESCRIPTORS…", "what sender starts", true, run_sender_worker,
};

/* *now 0: not said. */
static bool read_now(const char *word, bool is_once, int64_t *now, GError **error)
{
    if (word == NULL)
        return true;
    if (!is_once)
        return error_set(error, TOCSIN_ERROR_INPUT, "--now goes with --once");
    return moment_parse_iso(text_of(word), now) ||
           error_set(error, TOCSIN_ERROR_INPUT, "--now %s: not a time such as 2026-11-24T08:00:00Z",
                     word);
}

static int run_clock(struct invocation *invocation)
{
    gboolean is_once = FALSE;
    g_autofree char *word = NULL;
    const GOptionEntry options[] = {
        {"once", 0, 0, G_OPTION_ARG_NONE, &is_once, "do all that is due, then end", NULL},
        {"now", 0, 0, G_OPTION_ARG_STRING, &word, "as if it were then", "TIME"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    const struct config *config;
    int64_t now = 0;

    if (!invocation_options(invocation, options) || invocation_has_more(invocation, 0))
        return EX_USAGE;
    if (!read_now(word, is_once, &now, &error))
        return invocation_reject(error);
    config = invocation_config(invocation);
    if (config == NULL)
        return EX_CONFIG;
    const struct clock_world world = {
        .store = &config->store,
        .bounces = &config->bounces,
        .pages = config->pages,
        .page_count = config->page_count,
        .operators = config->operators,
        .operator_count = config->operator_count,
        .monitors = config->monitors,
        .monitor_count = config->monitor_count,
    };
    if (is_once ? clock_run_once(&world, now, &error) : clock_run(&world, &error))
        return EX_OK;
    return invocation_fail(error);
}

const struct verb verb_clock = {
    "clock", "[--once [--now TIME]]", "do what is due: digests, ends of pauses", false, run_clock,
};
