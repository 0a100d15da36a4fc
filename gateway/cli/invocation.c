#include "gateway/cli/invocation.h"

#include "gateway/base/moment.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

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

int invocation_fail(const GError *error)
{
    (void)fprintf(stderr, "tocsin: %s\n", error->message);
    return error_reply_of(error)->exit;
}

const struct config *invocation_config(struct invocation *invocation)
{
    struct problems *problems = problems_new(invocation->arena);
    const struct config *config = config_load(invocation->arena, invocation->config_file, problems);

    if (config == NULL)
        (void)fputs(problems_write(problems, invocation->arena), stderr);
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
