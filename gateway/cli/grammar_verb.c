/* tocsin grammar check FILE | try FILE MAIL… */
#include "gateway/cli/print.h"

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

static const struct mail *read_mail(struct arena *arena, const char *file, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize size;
    const struct mail *mail;

    if (!g_file_get_contents(file, &bytes, &size, error))
        return NULL;
    mail = mail_parse(arena, text_from(arena_copy(arena, bytes, size), size), &mail_limits_default,
                      error);
    if (mail == NULL)
        g_prefix_error(error, "%s: ", file);
    return mail;
}

/* A grammar of people needs a page's components; one of rules only does without any configuration. */
static const struct page *any_page(struct invocation *invocation, const char *id)
{
    struct problems *problems = problems_new(invocation->arena);
    const struct config *config = config_load(invocation->arena, invocation->config_file, problems);

    if (config == NULL || (id == NULL && config->page_count == 0))
        return NULL;
    return id != NULL ? config_find_page(config, id) : config->pages[0];
}

static bool try_one(struct invocation *invocation, const char *grammar, const char *file,
                    const struct page *page, GError **error)
{
    struct problems *problems = problems_new(invocation->arena);
    const struct mail *mail = read_mail(invocation->arena, file, error);
    const struct trial *trial;

    if (mail == NULL)
        return false;
    trial = grammar_try_file(invocation->arena, grammar,
                             &(const struct grammar_request){
                                 .role = GRAMMAR_OPERATOR,
                                 .mail = mail,
                                 .page = page,
                                 .extension = "",
                             },
                             problems);
    if (trial == NULL)
        return error_set(error, TOCSIN_ERROR_CONFIG, "%s",
                         problems_write(problems, invocation->arena));
    (void)printf("%s\n%s\n", file, grammar_write_trial(invocation->arena, trial));
    return true;
}

static int try_grammar(struct invocation *invocation, const char *page_id)
{
    const char *grammar = invocation_word(invocation, 1);
    g_autoptr(GError) error = NULL;
    const struct page *page;

    if (invocation_count(invocation) < 3)
        return invocation_usage(invocation);
    for (size_t i = 1; invocation_word(invocation, i) != NULL; i++)
        if (access(invocation_word(invocation, i), R_OK) != 0)
            return fail_to_read(invocation_word(invocation, i));
    page = any_page(invocation, page_id);
    for (size_t i = 2; invocation_word(invocation, i) != NULL; i++)
        if (!try_one(invocation, grammar, invocation_word(invocation, i), page, &error))
            return invocation_fail(error);
    return EX_OK;
}

static int run_grammar(struct invocation *invocation)
{
    char *page = NULL;
    const GOptionEntry options[] = {
        {"page", 0, 0, G_OPTION_ARG_STRING, &page, "whose components are meant", "ID"},
        G_OPTION_ENTRY_NULL,
    };
    const char *name;
    int status = EX_USAGE;

    if (!invocation_options(invocation, options))
        return EX_USAGE;
    name = invocation_word(invocation, 0);
    if (name != NULL && strcmp(name, "check") == 0)
        status = check(invocation);
    else if (name != NULL && strcmp(name, "try") == 0)
        status = try_grammar(invocation, page);
    else
        status = invocation_usage(invocation);
    g_free(page);
    return status;
}

const struct verb verb_grammar = {
    "grammar",
    "check FILE | try FILE MAIL… [--page ID]",
    "look for errors, or see what a mail would do",
    false,
    run_grammar,
};
