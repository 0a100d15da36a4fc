/* tests/fuzz/config_fuzz.c: any bytes as tocsin.yaml: either they have an error, or a configuration
 * comes out that the folders can live with. */
#include "gateway/config/config.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_pages(const struct config *config)
{
    assert(config->page_count > 0 && config->operator_count > 0);
    for (size_t i = 0; i < config->page_count; i++) {
        const struct page *page = config->pages[i];
        assert(page->id != NULL && page->name != NULL && page->url != NULL &&
               page->contact != NULL);
        assert(strlen(page->local) <= 20 && strpbrk(page->local, "+-%!@") == NULL);
        assert(page->time_zone != NULL && page->language != NULL);
        assert(config_find_page(config, page->id) == page);
        for (size_t k = 0; k < page->component_count; k++)
            assert(page_find_component(page, page->components[k].id) == &page->components[k]);
    }
}

static void check_operators(const struct config *config)
{
    for (size_t i = 0; i < config->operator_count; i++) {
        const struct operator* operator= config->operators[i];
        const struct identity *identity = config->identities[i];
        assert((identity->accepts | identity->requires) != 0);
        assert(((identity->accepts | identity->requires) & PROOF_NETWORK) == 0);
        assert(strcmp(operator->address, identity->address) == 0 && operator->page_count> 0);
        for (size_t k = 0; k < operator->page_count; k++)
            assert(config_find_page(config, operator->page_ids[k]) != NULL);
    }
}

static void check_monitors(const struct config *config)
{
    for (size_t i = 0; i < config->monitor_count; i++) {
        const struct monitor *monitor = config->monitors[i];
        const struct identity *identity = config->monitor_identities[i];
        const struct alert_policy *policy = &monitor->policy;
        const struct page *page = config_find_page(config, policy->page_id);
        assert(page != NULL && identity->is_monitor && policy->open_after_alerts > 0);
        assert(strcmp(monitor->address, identity->address) == 0);
        /* A From that needs no proof would be anybody's. */
        assert(*monitor->address == '\0' || (identity->accepts | identity->requires) != 0);
        assert(((identity->accepts | identity->requires) & PROOF_REPLY_KEY) == 0);
        for (size_t k = 0; k < policy->component_count; k++)
            assert(page_find_component(page, policy->component_ids[k]) != NULL);
    }
}

static void check_relays(const struct config *config)
{
    assert(config->spool.relay_count > 0 && config->spool.hostname != NULL);
    for (size_t i = 0; i < config->spool.relay_count; i++) {
        const struct relay_settings *relay = &config->spool.relays[i];
        assert(relay->name != NULL && relay->port > 0 && relay->connections > 0);
        assert((relay->kind == RELAY_MAILDIR) == (relay->maildir[0] == '/'));
        assert((relay->kind == RELAY_SMTP) == (relay->host[0] != '\0'));
        assert(relay->user[0] == '\0' || relay->tls == RELAY_TLS_STARTTLS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(arena) arena = arena_open((size_t)256 * 1024 * 1024);
    struct problems *problems = problems_new(arena);
    struct yaml_node *root =
        yaml_load(arena, "fuzzed", text_from((const char *)data, size), problems);

    if (root == NULL)
        return 0;
    yaml_make_list(arena, root, "monitor", "monitors", problems);
    const struct config *config = config_read(arena, "fuzzed", root, problems);
    assert((config == NULL) == (problems_count_errors(problems) > 0));
    if (config != NULL) {
        check_pages(config);
        check_operators(config);
        check_monitors(config);
        check_relays(config);
    }
    (void)problems_write(problems, arena);
    return 0;
}
