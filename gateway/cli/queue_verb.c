/* tocsin queue list|show|retry|pause|resume */
#include "gateway/cli/print.h"

#include "gateway/base/moment.h"
#include "gateway/store/hint.h"
#include "gateway/store/queue.h"
#include "gateway/store/relays.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static json_t *json_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

/* 0: there is no next attempt. */
static json_t *json_moment(struct arena *arena, int64_t at)
{
    return at > 0 ? json_string(moment_write_iso(arena, at)) : json_null();
}

static json_t *json_of_entry(struct arena *arena, const struct queue_entry *entry)
{
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:o, s:o}", "id", entry->id, "kind",
                     entry->kind, "incident_id", json_or_null(entry->incident_id), "waiting",
                     (json_int_t)entry->waiting, "sent", (json_int_t)entry->sent, "deferred",
                     (json_int_t)entry->deferred, "failed", (json_int_t)entry->failed, "due_at",
                     json_moment(arena, entry->due_at), "reason", json_or_null(entry->reason));
}

static json_t *json_of_exception(struct arena *arena, const struct queue_exception *exception)
{
    return json_pack("{s:s, s:s, s:I, s:o, s:o, s:b}", "address", exception->address, "state",
                     exception->state, "failures", (json_int_t)exception->failures, "due_at",
                     json_moment(arena, exception->due_at), "reason",
                     json_or_null(exception->reason), "in_doubt", exception->is_in_doubt ? 1 : 0);
}

static void print_count(const char *name, int64_t count)
{
    if (count > 0)
        (void)printf("  %" PRId64 " %s", count, name);
}

/* In the zone of the page, where it is still configured. */
static const char *zone_of(const struct config *config, const struct queue_entry *entry)
{
    const struct page *page = config_find_page(config, entry->page_id);

    return page != NULL ? page->time_zone : "Etc/UTC";
}

static void print_due(struct arena *arena, int64_t due_at, const char *time_zone,
                      const char *reason)
{
    if (due_at > 0)
        (void)printf("  due %s", moment_write_local(arena, due_at, time_zone));
    if (reason != NULL && reason[0] != '\0')
        (void)printf("  %s", reason);
    (void)putchar('\n');
}

static void print_entry(struct arena *arena, const struct config *config,
                        const struct queue_entry *entry)
{
    print_cell(entry->id, 6);
    print_cell(entry->kind, 12);
    print_cell(entry->incident_id != NULL ? entry->incident_id : "-", 16);
    if (entry->address != NULL)
        (void)printf("  to %s", entry->address);
    print_count("waiting", entry->waiting);
    print_count("sent", entry->sent);
    print_count("deferred", entry->deferred);
    print_count("failed", entry->failed);
    print_due(arena, entry->due_at, zone_of(config, entry), entry->reason);
}

static void print_exception(struct arena *arena, const char *time_zone,
                            const struct queue_exception *exception)
{
    print_cell(exception->address, 40);
    print_cell(exception->state, 8);
    print_count("failures", exception->failures);
    if (exception->is_in_doubt)
        (void)fputs("  in doubt", stdout);
    print_due(arena, exception->due_at, time_zone, exception->reason);
}

static int list(struct invocation *invocation, const struct config *config, struct store *store)
{
    g_autoptr(GError) error = NULL;
    const struct queue_entry *entries;
    size_t count;
    json_t *array;

    if (!queue_list(store, invocation->arena, moment_now(), &entries, &count, &error))
        return invocation_fail(error);
    if (!invocation->is_json) {
        for (size_t i = 0; i < count; i++)
            print_entry(invocation->arena, config, &entries[i]);
        return EX_OK;
    }
    array = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(array, json_of_entry(invocation->arena, &entries[i]));
    print_json(array);
    return EX_OK;
}

static void print_one(struct invocation *invocation, const struct config *config,
                      const struct queue_item *found)
{
    const struct queue_entry *entry = found->entry;

    json_t *array;
    json_t *object;

    if (!invocation->is_json) {
        print_entry(invocation->arena, config, entry);
        for (size_t i = 0; i < found->count; i++)
            print_exception(invocation->arena, zone_of(config, entry), &found->exceptions[i]);
        return;
    }
    object = json_of_entry(invocation->arena, entry);
    array = json_array();
    for (size_t i = 0; i < found->count; i++)
        (void)json_array_append_new(array,
                                    json_of_exception(invocation->arena, &found->exceptions[i]));
    (void)json_object_set_new(object, "exceptions", array);
    print_json(object);
}

/* False: there is none of that id, which is an error too. */
static bool find_entry(struct invocation *invocation, struct store *store, const char *id,
                       struct queue_item *found, GError **error)
{
    if (!queue_show(store, invocation->arena, id, found, error))
        return false;
    return found->entry != NULL || error_set(error, TOCSIN_ERROR_MISSING,
                                             "%s: there is no such notification or letter", id);
}

static int show(struct invocation *invocation, const struct config *config, struct store *store)
{
    const char *id = invocation_word(invocation, 1);
    struct queue_item found;
    g_autoptr(GError) error = NULL;

    if (id == NULL)
        return invocation_usage(invocation);
    if (!find_entry(invocation, store, id, &found, &error))
        return invocation_fail(error);
    print_one(invocation, config, &found);
    return EX_OK;
}

static int retry(struct invocation *invocation, const struct config *config, struct store *store)
{
    const char *id = invocation_word(invocation, 1);
    struct queue_item found;
    g_autoptr(GError) error = NULL;
    int64_t count = 0;

    if ((id != NULL && !find_entry(invocation, store, id, &found, &error)) ||
        !queue_retry(store, id, moment_now(), &count, &error))
        return invocation_fail(error);
    hint_send(config->state);
    if (invocation->is_json)
        print_json(json_pack("{s:I}", "due", (json_int_t)count));
    else
        (void)printf("%" PRId64 " due now\n", count);
    return EX_OK;
}

/* A name that is no relay's would be kept, and stop nothing. */
static bool is_relay(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->spool.relay_count; i++)
        if (strcmp(config->spool.relays[i].name, name) == 0)
            return true;
    return false;
}

static int set_pause(struct invocation *invocation, const struct config *config,
                     struct store *store, bool is_paused)
{
    const char *name = invocation_word(invocation, 1);
    g_autoptr(GError) error = NULL;

    if (name != NULL && !is_relay(config, name)) {
        (void)fprintf(stderr, "tocsin: %s: no such relay; there are:\n", name);
        for (size_t i = 0; i < config->spool.relay_count; i++)
            (void)fprintf(stderr, "  %s\n", config->spool.relays[i].name);
        return error_reply(TOCSIN_ERROR_MISSING)->exit;
    }
    if (!relays_pause(store, name, is_paused, &error))
        return invocation_fail(error);
    hint_send(config->state);
    return EX_OK;
}

static int pause_relay(struct invocation *invocation, const struct config *config,
                       struct store *store)
{
    return set_pause(invocation, config, store, true);
}

static int resume_relay(struct invocation *invocation, const struct config *config,
                        struct store *store)
{
    return set_pause(invocation, config, store, false);
}

static const struct {
    const char *name;
    size_t words_most; /* this one included */
    int (*run)(struct invocation *invocation, const struct config *config, struct store *store);
} actions[] = {
    {"list", 1, list},         {"show", 2, show},           {"retry", 2, retry},
    {"pause", 2, pause_relay}, {"resume", 2, resume_relay},
};

static int run_queue(struct invocation *invocation)
{
    const GOptionEntry options[] = {G_OPTION_ENTRY_NULL};
    const struct config *config;
    int status = EX_OK;
    size_t action = 0;

    if (!invocation_options(invocation, options))
        return EX_USAGE;
    while (invocation_count(invocation) > 0 && action < G_N_ELEMENTS(actions) &&
           strcmp(actions[action].name, invocation_word(invocation, 0)) != 0)
        action++;
    if (action == G_N_ELEMENTS(actions) ||
        invocation_count(invocation) > actions[action].words_most)
        return invocation_usage(invocation);
    config = invocation_config(invocation);
    if (config == NULL)
        return EX_CONFIG;

    OWN(store) store = invocation_store(config, &status);
    return store != NULL ? actions[action].run(invocation, config, store) : status;
}

const struct verb verb_queue = {
    "queue",
    "[list | show N | retry [N] | pause [RELAY] | resume [RELAY]]",
    "what is waiting, for whom, why and until when",
    false,
    run_queue,
};
