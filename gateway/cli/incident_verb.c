/* tocsin incident list|show|open|update|resolve */
#include "gateway/cli/incident_change.h"
#include "gateway/cli/print.h"

#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/store/incidents.h"
#include "gateway/view/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define LIST_STEP 500

static void print_row(const struct page *page, const struct incident *incident, struct arena *arena)
{
    (void)printf("#%-5" PRId64, incident->number);
    print_cell(incident->public_id, 16);
    print_cell(incident_status_name(incident->status), 13);
    print_cell(incident_severity_name(incident->severity), 8);
    print_cell(moment_write_local(arena, incident->created_at, page->time_zone), 22);
    (void)printf("%s\n", incident->title);
}

static bool list_page(struct store *store, struct invocation *invocation, const struct page *page,
                      json_t *array, GError **error)
{
    int64_t before_id = 0;

    for (;;) {
        struct incident_list list;

        if (!incidents_list(store, invocation->arena, page, before_id, LIST_STEP, &list, error))
            return false;
        for (size_t i = 0; i < list.count; i++) {
            const struct incident *incident = list.incidents[i];
            const struct update *updates = NULL;
            size_t count = 0;

            before_id = incident->id;
            if (!invocation->is_json)
                print_row(page, incident, invocation->arena);
            else if (!incidents_updates(store, invocation->arena, incident->id, UPDATE_PUBLIC,
                                        &updates, &count, error))
                return false;
            else
                (void)json_array_append_new(array, view_incident(page, incident, updates, count));
        }
        if (list.count < LIST_STEP)
            return true;
    }
}

static int list(struct invocation *invocation, const struct config *config,
                const struct change_wish *wish)
{
    int status = EX_OK;
    OWN(store) store = invocation_store(config, &status);
    g_autoptr(GError) error = NULL;
    json_t *array = json_array();
    bool is_done = store != NULL;

    for (size_t i = 0; is_done && i < config->page_count; i++)
        if (wish->page == NULL || strcmp(config->pages[i]->id, wish->page) == 0)
            is_done = list_page(store, invocation, config->pages[i], array, &error);
    if (is_done && invocation->is_json)
        print_json(json_incref(array));
    json_decref(array);
    if (store == NULL)
        return status;
    return is_done ? EX_OK : invocation_fail(error);
}

static void print_audit(struct arena *arena, const struct page *page, const struct audit *rows,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)printf("%s  %s %s  proofs=%s client=%s message-id=%s\n    %s\n",
                     moment_write_local(arena, rows[i].at, page->time_zone), rows[i].role,
                     rows[i].by, rows[i].proofs, rows[i].client, rows[i].message_id,
                     rows[i].changes);
}

static void print_incident(struct arena *arena, const struct page *page,
                           const struct incident *incident, const struct update *updates,
                           size_t count)
{
    (void)printf("#%" PRId64 " %s\n%s, %s, %s\n", incident->number, incident->title,
                 incident->public_id, incident_status_name(incident->status),
                 incident_severity_name(incident->severity));
    for (size_t i = 0; i < incident->affected_count; i++)
        if (incident->affected[i].is_current)
            (void)printf("  %s: %s\n", incident->affected[i].component_id,
                         component_state_name(incident->affected[i].state));
    for (size_t i = 0; i < count; i++)
        (void)printf("\n%s  %s%s\n%s\n",
                     moment_write_local(arena, updates[i].created_at, page->time_zone),
                     updates[i].kind == UPDATE_NOTE ? "private note by "
                                                    : incident_status_label(updates[i].status),
                     updates[i].kind == UPDATE_NOTE ? updates[i].by : "", updates[i].message);
}

static json_t *audit_json(struct arena *arena, const struct audit *rows, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(
            array, json_pack("{ss ss ss ss ss ss ss}", "at", moment_write_iso(arena, rows[i].at),
                             "role", rows[i].role, "by", rows[i].by, "proofs", rows[i].proofs,
                             "client", rows[i].client, "message_id", rows[i].message_id, "changes",
                             rows[i].changes));
    return array;
}

static bool show_incident(struct invocation *invocation, struct store *store,
                          const struct page *page, const struct incident *incident, bool has_audit,
                          GError **error)
{
    struct arena *arena = invocation->arena;
    const struct update *updates;
    const struct audit *rows = NULL;
    size_t count;
    size_t row_count = 0;
    json_t *whole;

    if (!incidents_updates(store, arena, incident->id, -1, &updates, &count, error) ||
        (has_audit && !incidents_audit(store, arena, incident->id, &rows, &row_count, error)))
        return false;
    if (!invocation->is_json) {
        print_incident(arena, page, incident, updates, count);
        print_audit(arena, page, rows, row_count);
        return true;
    }
    whole = view_incident_whole(page, incident, updates, count);
    if (has_audit)
        (void)json_object_set_new(whole, "audit", audit_json(arena, rows, row_count));
    print_json(whole);
    return true;
}

static int show(struct invocation *invocation, const struct config *config,
                const struct change_wish *wish)
{
    int status = EX_OK;
    OWN(store) store = invocation_store(config, &status);
    g_autoptr(GError) error = NULL;
    const struct page *page;
    const struct incident *incident;

    if (store == NULL)
        return status;
    if (!change_find_incident(invocation, config, store, wish, &page, &incident, &error) ||
        !show_incident(invocation, store, page, incident, wish->has_audit, &error))
        return invocation_fail(error);
    return EX_OK;
}

static const struct {
    const char *name;
    int (*run)(struct invocation *, const struct config *, const struct change_wish *);
} actions[] = {
    {"list", list},
    {"show", show},
    {"open", change_open},
    {"update", change_update},
    {"resolve", change_resolve},
};

static int run_incident(struct invocation *invocation)
{
    struct change_wish wish = {0};
    const char *name;
    const struct config *config;
    int status = -1;

    if (!change_take_options(invocation, &wish))
        return EX_USAGE;
    name = invocation_word(invocation, 0);
    config = name != NULL ? invocation_config(invocation) : NULL;
    if (name != NULL && config == NULL)
        status = EX_CONFIG;
    for (size_t i = 0; config != NULL && i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            status = actions[i].run(invocation, config, &wish);
    change_free_wish(&wish);
    return status >= 0 ? status : invocation_usage(invocation);
}

const struct verb verb_incident = {
    "incident",
    "list | show ID [--audit] | open --title T [--status S] [--severity S] [--component "
    "ID[=STATE]]… "
    "[--message TEXT|-] [--no-notify] [--by ADDRESS] | update ID … [--private] | resolve ID …",
    "show, open, update and resolve incidents",
    false,
    run_incident,
};
