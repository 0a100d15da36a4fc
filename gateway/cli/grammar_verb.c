/* tocsin grammar check FILE | try FILE MAIL… | try --all MAIL… | test FILE… */
#include "gateway/cli/grammar_samples.h"
#include "gateway/cli/grammar_try.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* Says why, by errno. */
static int fail_to_read(const char *file)
{
    (void)fprintf(stderr, "tocsin: %s: %s\n", file, g_strerror(errno));
    return EX_NOINPUT;
}

static int check(struct invocation *invocation)
{
    const char *file = invocation_word(invocation, 1);
    struct problems *problems = problems_new(invocation->arena);
    bool is_good;

    if (file == NULL)
        return invocation_usage(invocation);
    if (invocation_has_more(invocation, 2))
        return EX_USAGE;
    if (access(file, R_OK) != 0)
        return fail_to_read(file);
    is_good = grammar_check_file(file, problems);
    (void)fputs(problems_write(problems, invocation->arena), stderr);
    return is_good ? EX_OK : EX_CONFIG;
}

static int run_grammar(struct invocation *invocation)
{
    g_autofree char *page = NULL;
    gboolean is_all = FALSE;
    const GOptionEntry options[] = {
        {"page", 0, 0, G_OPTION_ARG_STRING, &page, "whose components are meant", "ID"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &is_all, "try: ask every grammar of monitors", NULL},
        G_OPTION_ENTRY_NULL,
    };

    if (!invocation_options(invocation, options))
        return EX_USAGE;
    const char *name = invocation_word(invocation, 0);
    if (name != NULL && strcmp(name, "check") == 0)
        return check(invocation);
    if (name != NULL && strcmp(name, "try") == 0)
        return grammar_try_run(invocation, &(const struct try_options){page, is_all});
    if (name != NULL && strcmp(name, "test") == 0)
        return grammar_samples_run(invocation);
    return invocation_usage(invocation);
}

const struct verb verb_grammar = {
    "grammar",
    "check FILE | try FILE MAIL… [--page ID] | try --all MAIL… | test FILE…",
    "look for errors, see what a mail would do, run samples",
    false,
    run_grammar,
};
