#include "gateway/cli/invocation.h"

#include "gateway/base/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* GLib would print it in the locale's charset, with "?" for what ASCII has not. */
static void take_help(const struct invocation *invocation, const char *name,
                      GOptionContext *context)
{
    g_set_prgname(name);
    for (size_t i = 0; invocation->words[i] != NULL && !g_str_equal(invocation->words[i], "--");
         i++) {
        if (!g_str_equal(invocation->words[i], "--help") &&
            !g_str_equal(invocation->words[i], "-h"))
            continue;
        char *help = g_option_context_get_help(context, TRUE, NULL);
        (void)fputs(help, stdout);
        g_free(help);
        exit(EX_OK);
    }
}

bool invocation_options(struct invocation *invocation, const GOptionEntry *entries)
{
    g_autofree char *name =
        g_strdup_printf("tocsin %s %s", invocation->verb->name, invocation->verb->arguments);
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    const size_t count = invocation_count(invocation);
    char **words = ARENA_ARRAY(invocation->arena, char *, count + 2);
    int left = (int)count + 1;

    /* GLib's parser wants a program's name first, and moves pointers about. */
    words[0] = name;
    for (size_t i = 0; i < count; i++)
        words[i + 1] = invocation->words[i];
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, invocation->verb->help);
    take_help(invocation, name, context);
    if (!g_option_context_parse(context, &left, &words, &error)) {
        (void)fprintf(stderr, "tocsin: %s: %s\n", invocation->verb->name, error->message);
        return false;
    }
    for (int i = 1; i < left; i++)
        invocation->words[i - 1] = words[i];
    invocation->words[left - 1] = NULL;
    if (left > 1 && strcmp(invocation->words[0], "--") == 0)
        invocation->words++;
    return true;
}

size_t invocation_count(const struct invocation *invocation)
{
    size_t count = 0;

    while (invocation->words[count] != NULL)
        count++;
    return count;
}

const char *invocation_word(const struct invocation *invocation, size_t n)
{
    return n < invocation_count(invocation) ? invocation->words[n] : NULL;
}

int invocation_usage(const struct invocation *invocation)
{
    (void)fprintf(stderr, "usage: tocsin %s %s\n", invocation->verb->name,
                  invocation->verb->arguments);
    return EX_USAGE;
}

bool invocation_has_more(const struct invocation *invocation, size_t most)
{
    return invocation_count(invocation) > most && invocation_usage(invocation) != EX_OK;
}

int invocation_fail(const GError *error)
{
    (void)fprintf(stderr, "tocsin: %s\n", error->message);
    return error_reply_of(error)->exit;
}

int invocation_reject(const GError *error)
{
    (void)invocation_fail(error);
    return EX_USAGE;
}

/* "tocsin: " before each line, as before every other failure. */
static void say_problems(struct invocation *invocation, struct problems *problems)
{
    size_t count = 0;
    const struct problem *const *list = problems_list(problems, &count);

    for (size_t i = 0; i < count; i++)
        (void)fprintf(stderr, "tocsin: %s\n", problems_write_one(invocation->arena, list[i]));
}

const struct config *invocation_config(struct invocation *invocation)
{
    struct problems *problems = problems_new(invocation->arena);
    const struct config *config = config_load(invocation->arena, invocation->config_file, problems);

    if (config == NULL)
        say_problems(invocation, problems);
    return config;
}

const struct page *invocation_page(const struct config *config, const char *id)
{
    const struct page *page = config_find_page(config, id);

    if (page == NULL && id != NULL)
        (void)fprintf(stderr, "tocsin: --page %s: there is no such page\n", id);
    else if (page == NULL)
        (void)fputs("tocsin: there are several pages: say which by --page\n", stderr);
    return page;
}

bool invocation_page_or_all(const struct config *config, const char *id, const struct page **page)
{
    *page = id != NULL ? invocation_page(config, id) : NULL;
    return id == NULL || *page != NULL;
}

struct store *invocation_store(const struct config *config, int *status)
{
    g_autoptr(GError) error = NULL;
    struct store *store = store_open(&config->store, STORE_FULL, &error);

    if (store == NULL) {
        *status = invocation_fail(error);
        return NULL;
    }
    if (store_mirror(store, config->pages, config->page_count, moment_now(), &error))
        return store;
    *status = invocation_fail(error);
    store_close(store);
    return NULL;
}

const char *const *invocation_child(struct invocation *invocation, const char *verb)
{
    const char **words = ARENA_ARRAY(invocation->arena, const char *, 5);

    words[0] = invocation->program;
    words[1] = "--config";
    words[2] = invocation->config_file;
    words[3] = verb;
    return words;
}
