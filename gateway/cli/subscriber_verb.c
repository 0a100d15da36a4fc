/* tocsin subscriber: who hears of a page */
#include "gateway/cli/subscriber_words.h"

#include <stdint.h>
#include <string.h>
#include <sysexits.h>

static const struct action {
    const char *name;
    size_t least; /* words, this one included */
    size_t most;
    int (*run)(const struct subscriber_task *task);
} actions[] = {
    {"list", 1, 1, subscriber_list},
    {"show", 2, 2, subscriber_show},
    {"add", 2, SIZE_MAX, subscriber_add},
    {"set", 2, SIZE_MAX, subscriber_set},
    {"remove", 2, SIZE_MAX, subscriber_remove},
    {"import", 2, 2, subscriber_import},
    {"export", 1, 1, subscriber_export},
};

static const struct action *find_action(const struct invocation *invocation)
{
    const size_t count = invocation_count(invocation);

    for (size_t i = 0; count > 0 && i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, invocation_word(invocation, 0)) == 0)
            return count >= actions[i].least && count <= actions[i].most ? &actions[i] : NULL;
    return NULL;
}

static int run_action(struct invocation *invocation, const struct subscriber_words *words)
{
    const struct action *action = find_action(invocation);
    const struct config *config = action != NULL ? invocation_config(invocation) : NULL;
    int status = EX_OK;
    OWN(store) store = config != NULL ? invocation_store(config, &status) : NULL;
    const struct subscriber_task task = {invocation, config, store, words};

    if (action == NULL)
        return invocation_usage(invocation);
    if (config == NULL)
        return EX_CONFIG;
    return store != NULL ? action->run(&task) : status;
}

static void free_words(struct subscriber_words *words)
{
    g_free(words->page);
    for (size_t i = 0; i < CHOICE_COUNT; i++)
        g_free(words->choices[i]);
    g_strfreev(words->components);
    g_strfreev(words->groups);
    g_free(words->kind);
    g_free(words->state);
    g_free(words->address);
    g_free(words->confirmed);
}

static int run_subscriber(struct invocation *invocation)
{
    struct subscriber_words words = {0};
    char **const choices = words.choices;
    const GOptionEntry options[] = {
        {"page", 0, 0, G_OPTION_ARG_STRING, &words.page, "the status page", "ID"},
        {"component", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words.components, "to hear of", "ID"},
        {"group", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words.groups, "to hear of", "NAME"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &choices[CHOICE_FORMAT], "html, text, pager", "F"},
        {"severity", 0, 0, G_OPTION_ARG_STRING, &choices[CHOICE_SEVERITY], "the least to hear of",
         "S"},
        {"kinds", 0, 0, G_OPTION_ARG_STRING, &choices[CHOICE_KINDS],
         "incidents, maintenance, post-mortems", "LIST"},
        {"delivery", 0, 0, G_OPTION_ARG_STRING, &choices[CHOICE_DELIVERY],
         "immediate, 'daily 08:00', 'weekly mon 08:00'", "WHEN"},
        {"critical", 0, 0, G_OPTION_ARG_STRING, &choices[CHOICE_CRITICAL],
         "immediate: at once, through digest and pause", "HOW"},
        {"language", 0, 0, G_OPTION_ARG_STRING, &choices[CHOICE_LANGUAGE], "of her mails", "CODE"},
        {"time-zone", 0, 0, G_OPTION_ARG_STRING, &choices[CHOICE_TIME_ZONE], "of times in them",
         "ZONE"},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &words.kind, "person, or list: a mailing list", "K"},
        {"state", 0, 0, G_OPTION_ARG_STRING, &words.state,
         "list, export: pending, confirmed, suspended, unsubscribed", "S"},
        {"address", 0, 0, G_OPTION_ARG_STRING, &words.address, "list, export: a part of it",
         "PART"},
        {"confirmed", 0, 0, G_OPTION_ARG_STRING, &words.confirmed,
         "import: all have agreed already, in this way", "HOW"},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &words.is_dry, "import: change nothing", NULL},
        {"forget", 0, 0, G_OPTION_ARG_NONE, &words.forgets, "remove: erase everything", NULL},
        {"consent", 0, 0, G_OPTION_ARG_NONE, &words.has_consent, "export: who agreed how", NULL},
        G_OPTION_ENTRY_NULL,
    };
    const int status =
        invocation_options(invocation, options) ? run_action(invocation, &words) : EX_USAGE;

    free_words(&words);
    return status;
}

const struct verb verb_subscriber = {
    "subscriber",
    "list | show ADDRESS | add ADDRESS… | set ADDRESS… | remove ADDRESS… [--forget] | import "
    "FILE.csv [--dry-run] [--confirmed HOW] | export [--consent] [--page ID]",
    "show, add, change, remove, import and export who hears of a page",
    false,
    run_subscriber,
};
