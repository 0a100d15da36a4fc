/* tocsin subscriber list|show|add|remove */
#include "gateway/cli/print.h"

#include "gateway/base/moment.h"
#include "gateway/mail/address.h"
#include "gateway/store/subscribers.h"
#include "gateway/view/view.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define LIST_STEP 1000

struct wish {
    char *page;
    char *format;
    char *severity;
    char **components;
};

static void print_row(const struct subscriber *subscriber)
{
    print_cell(subscriber->address, 40);
    print_cell(subscriber_format_name(subscriber->format), 5);
    print_cell(incident_severity_name(subscriber->severity), 8);
    print_cell(subscriber_state_name(subscriber->state), 12);
    for (size_t i = 0; i < subscriber->topic_count; i++)
        (void)printf("%s%s", i > 0 ? "," : "", subscriber->topics[i] + strlen("c:"));
    (void)putchar('\n');
}

/* Newest first, whatever page they are of. */
static bool list_all(const struct config *config, struct store *store, const struct page *page,
                     json_t *array, GError **error)
{
    struct listing listing = {page, 0, LIST_STEP};

    for (;;) {
        OWN(arena) arena = arena_open((size_t)64 << 20);
        const struct subscriber *rows;
        size_t count;

        if (!subscribers_list(store, arena, &listing, &rows, &count, error))
            return false;
        for (size_t i = 0; i < count; i++) {
            listing.before_id = rows[i].id;
            if (config_find_page(config, rows[i].page_id) == NULL)
                continue; /* configured no more */
            if (array == NULL)
                print_row(&rows[i]);
            else
                (void)json_array_append_new(array, view_subscriber(&rows[i]));
        }
        if (count < LIST_STEP)
            return true;
    }
}

static int list(struct invocation *invocation, const struct config *config, struct store *store,
                const struct wish *wish)
{
    g_autoptr(GError) error = NULL;
    const struct page *page;
    json_t *array;
    bool is_done;

    if (!invocation_page_or_all(config, wish->page, &page))
        return EX_USAGE;
    array = invocation->is_json ? json_array() : NULL;
    is_done = list_all(config, store, page, array, &error);
    if (is_done && array != NULL)
        print_json(array);
    else
        json_decref(array);
    return is_done ? EX_OK : invocation_fail(error);
}

static int show(struct invocation *invocation, const struct config *config, struct store *store,
                const struct wish *wish)
{
    const struct page *page = invocation_page(config, wish->page);
    const char *address = invocation_word(invocation, 1);
    const struct subscriber *subscriber;
    g_autoptr(GError) error = NULL;

    if (page == NULL)
        return EX_USAGE;
    if (!subscribers_find(store, invocation->arena, page, address, &subscriber, &error))
        return invocation_fail(error);
    if (subscriber == NULL) {
        (void)fprintf(stderr, "tocsin: %s: no such subscriber of %s\n", address, page->id);
        return EX_NOUSER;
    }
    if (invocation->is_json)
        print_json(view_subscriber(subscriber));
    else
        print_row(subscriber);
    return EX_OK;
}

static bool read_topics(struct arena *arena, const struct page *page, char **words,
                        struct subscriber *subscriber, GError **error)
{
    const size_t count = words != NULL ? g_strv_length(words) : 0;
    const char **topics = ARENA_ARRAY(arena, const char *, count);

    for (size_t i = 0; i < count; i++) {
        size_t candidates;
        const struct component *component =
            page_read_component(page, text_of(words[i]), &candidates);

        if (component == NULL)
            return error_set(error, TOCSIN_ERROR_INPUT, "--component %s: %s", words[i],
                             candidates == 0 ? "there is no such component"
                                             : "several components begin so");
        topics[i] = arena_format(arena, "c:%s", component->id);
    }
    subscriber->topics = topics;
    subscriber->topic_count = count;
    return true;
}

static bool read_wish(struct arena *arena, const struct page *page, const struct wish *wish,
                      struct subscriber *subscriber, GError **error)
{
    *subscriber = subscriber_default;
    subscriber->page_id = page->id;
    if (wish->format != NULL &&
        !subscriber_format_parse(text_of(wish->format), &subscriber->format))
        return error_set(error, TOCSIN_ERROR_INPUT, "--format %s: one of html, text, pager",
                         wish->format);
    if (wish->severity != NULL &&
        !incident_severity_parse(text_of(wish->severity), &subscriber->severity))
        return error_set(error, TOCSIN_ERROR_INPUT, "--severity %s: one of minor, major, critical",
                         wish->severity);
    return read_topics(arena, page, wish->components, subscriber, error);
}

static bool is_of_a_page(const struct config *config, const struct mail_address *address)
{
    for (size_t i = 0; i < config->page_count; i++) {
        const struct text own = text_of(config->pages[i]->local);

        if (strcmp(address->domain, config->pages[i]->domain) == 0 &&
            text_has_prefix_any_case(text_of(address->local), own) &&
            (address->local[own.size] == '\0' || address->local[own.size] == '+'))
            return true;
    }
    return false;
}

static bool add_one(struct invocation *invocation, const struct config *config, struct store *store,
                    struct subscriber *subscriber, const char *word, GError **error)
{
    const struct mail_address *address = address_parse(invocation->arena, text_of(word), error);
    bool was_there = false;

    if (address == NULL) {
        g_prefix_error(error, "%s: ", word);
        return false;
    }
    if (is_of_a_page(config, address))
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "%s: the address of a page cannot be subscribed", word);
    subscriber->address = address->whole;
    if (!subscribers_add(store, subscriber, moment_now(), &was_there, error))
        return false;
    if (was_there)
        (void)fprintf(stderr, "tocsin: %s: is there already, and left as it is\n", word);
    return true;
}

static int add(struct invocation *invocation, const struct config *config, struct store *store,
               const struct wish *wish)
{
    const struct page *page = invocation_page(config, wish->page);
    struct subscriber subscriber;
    g_autoptr(GError) error = NULL;
    bool is_good;

    if (page == NULL)
        return EX_USAGE;
    if (!read_wish(invocation->arena, page, wish, &subscriber, &error))
        return invocation_reject(error);
    is_good = store_begin(store, &error);
    for (size_t i = 1; is_good && invocation_word(invocation, i) != NULL; i++)
        is_good =
            add_one(invocation, config, store, &subscriber, invocation_word(invocation, i), &error);
    if (is_good && store_commit(store, &error))
        return EX_OK;
    store_rollback(store);
    return invocation_fail(error);
}

static int remove_all(struct invocation *invocation, const struct config *config,
                      struct store *store, const struct wish *wish)
{
    const struct page *page = invocation_page(config, wish->page);
    g_autoptr(GError) error = NULL;
    int status = EX_OK;

    if (page == NULL)
        return EX_USAGE;
    for (size_t i = 1; invocation_word(invocation, i) != NULL; i++) {
        const char *address = invocation_word(invocation, i);
        bool was_there = false;

        if (!subscribers_remove(store, page, address, moment_now(), &was_there, &error))
            return invocation_fail(error);
        if (was_there)
            continue;
        (void)fprintf(stderr, "tocsin: %s: no such subscriber of %s\n", address, page->id);
        status = EX_NOUSER;
    }
    return status;
}

static const struct action {
    const char *name;
    size_t least; /* words, this one included */
    size_t most;
    int (*run)(struct invocation *, const struct config *, struct store *, const struct wish *);
} actions[] = {
    {"list", 1, 1, list},
    {"show", 2, 2, show},
    {"add", 2, SIZE_MAX, add},
    {"remove", 2, SIZE_MAX, remove_all},
};

static const struct action *find_action(const struct invocation *invocation)
{
    const size_t count = invocation_count(invocation);

    for (size_t i = 0; count > 0 && i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, invocation_word(invocation, 0)) == 0)
            return count >= actions[i].least && count <= actions[i].most ? &actions[i] : NULL;
    return NULL;
}

static int run_action(struct invocation *invocation, const struct wish *wish)
{
    const struct action *action = find_action(invocation);
    const struct config *config = action != NULL ? invocation_config(invocation) : NULL;
    int status = EX_OK;
    OWN(store) store = config != NULL ? invocation_store(config, &status) : NULL;

    if (action == NULL)
        return invocation_usage(invocation);
    if (config == NULL)
        return EX_CONFIG;
    return store != NULL ? action->run(invocation, config, store, wish) : status;
}

static int run_subscriber(struct invocation *invocation)
{
    struct wish wish = {0};
    const GOptionEntry options[] = {
        {"page", 0, 0, G_OPTION_ARG_STRING, &wish.page, "the status page", "ID"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &wish.format, "html, text, pager", "F"},
        {"severity", 0, 0, G_OPTION_ARG_STRING, &wish.severity, "the least to hear of", "S"},
        {"component", 0, 0, G_OPTION_ARG_STRING_ARRAY, &wish.components, "to hear of", "ID"},
        G_OPTION_ENTRY_NULL,
    };
    const int status =
        invocation_options(invocation, options) ? run_action(invocation, &wish) : EX_USAGE;

    g_free(wish.page);
    g_free(wish.format);
    g_free(wish.severity);
    g_strfreev(wish.components);
    return status;
}

const struct verb verb_subscriber = {
    "subscriber",
    "list | show ADDRESS | add ADDRESS… [--format F] [--component ID]… [--severity S] | remove "
    "ADDRESS… [--page ID]",
    "show, add and remove who hears of a page",
    false,
    run_subscriber,
};
