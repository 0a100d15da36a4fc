/* tocsin subscriber list */
#include "gateway/cli/print.h"
#include "gateway/cli/subscriber_words.h"

#include "gateway/base/error.h"
#include "gateway/view/view.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define LIST_STEP 1000

static bool reject(const char *option, const char *word, const char *why, GError **error)
{
    return error_set(error, TOCSIN_ERROR_INPUT, "%s \"%s\": %s", option, word, why);
}

/* A component by what a person wrote, of the one page or of any. */
static bool read_component(const struct subscriber_task *task, struct subscriber_filter *filter,
                           GError **error)
{
    char **const words = task->words->components;
    size_t candidates = 0;

    if (words == NULL)
        return true;
    if (words[1] != NULL)
        return error_set(error, TOCSIN_ERROR_INPUT, "--component: only one can be looked for");
    for (size_t i = 0; filter->component == NULL && i < task->config->page_count; i++)
        if (filter->listing.page == NULL || filter->listing.page == task->config->pages[i])
            filter->component =
                page_read_component(task->config->pages[i], text_of(words[0]), &candidates);
    return filter->component != NULL ||
           reject("--component", words[0], "there is no such component", error);
}

static bool read_filter(const struct subscriber_task *task, struct subscriber_filter *filter,
                        GError **error)
{
    const struct subscriber_words *words = task->words;
    const char *format = words->choices[CHOICE_FORMAT];

    filter->has_state = words->state != NULL;
    filter->has_kind = words->kind != NULL;
    filter->has_format = format != NULL;
    filter->address_part = words->address;
    if (filter->has_state && !subscriber_state_parse(text_of(words->state), &filter->state))
        return reject("--state", words->state, "one of pending, confirmed, suspended, unsubscribed",
                      error);
    if (filter->has_kind && !subscriber_kind_parse(text_of(words->kind), &filter->kind))
        return reject("--kind", words->kind, "one of person, list", error);
    if (filter->has_format && !subscriber_format_parse(text_of(format), &filter->format))
        return reject("--format", format, "one of html, text, pager", error);
    return read_component(task, filter, error);
}

bool subscriber_each(const struct subscriber_task *task, subscriber_take *take, void *context,
                     GError **error)
{
    struct subscriber_filter filter = {.listing = {NULL, 0, LIST_STEP}};
    size_t count = LIST_STEP;

    filter.listing.page =
        task->words->page != NULL ? config_find_page(task->config, task->words->page) : NULL;
    if (!read_filter(task, &filter, error))
        return false;
    while (count == LIST_STEP) {
        OWN(arena) arena = arena_open((size_t)256 << 20);
        const struct subscriber *rows = NULL;

        if (!subscribers_search(task->store, arena, &filter, &rows, &count, error))
            return false;
        for (size_t i = 0; i < count; i++) {
            const struct page *page = config_find_page(task->config, rows[i].page_id);

            filter.listing.before_id = rows[i].id;
            if (page != NULL && !take(context, page, &rows[i], error))
                return false; /* of a page that is configured no more: passed over */
        }
    }
    return true;
}

static bool print_row(void *context, const struct page *page, const struct subscriber *subscriber,
                      GError **error)
{
    (void)context;
    (void)page;
    (void)error;
    print_cell(subscriber->address, 40);
    print_cell(subscriber_format_name(subscriber->format), 5);
    print_cell(incident_severity_name(subscriber->severity), 8);
    print_cell(subscriber_state_name(subscriber->state), 12);
    for (size_t i = 0; i < subscriber->topic_count; i++)
        (void)printf("%s%s", i > 0 ? "," : "", subscriber->topics[i] + strlen("c:"));
    (void)putchar('\n');
    return true;
}

static bool print_object(void *context, const struct page *page,
                         const struct subscriber *subscriber, GError **error)
{
    size_t *const count = context;
    json_t *const view = view_subscriber(subscriber);

    (void)page;
    (void)error;
    (void)fputs((*count)++ > 0 ? ",\n" : "\n", stdout);
    (void)json_dumpf(view, stdout, JSON_INDENT(2));
    json_decref(view);
    return true;
}

int subscriber_list(const struct subscriber_task *task)
{
    const bool is_json = task->invocation->is_json;
    g_autoptr(GError) error = NULL;
    const struct page *page;
    size_t count = 0;

    if (!invocation_page_or_all(task->config, task->words->page, &page))
        return EX_USAGE;
    if (is_json)
        (void)putchar('[');
    const bool is_done = subscriber_each(task, is_json ? print_object : print_row, &count, &error);
    if (is_json)
        (void)fputs(count > 0 ? "\n]\n" : "]\n", stdout);
    if (is_done)
        return EX_OK;
    return g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_INPUT) ? invocation_reject(error)
                                                                    : invocation_fail(error);
}
