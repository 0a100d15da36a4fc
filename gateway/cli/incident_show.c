#include "gateway/cli/incident_show.h"

#include "gateway/base/moment.h"
#include "gateway/cli/incident_alerts.h"
#include "gateway/cli/print.h"
#include "gateway/store/incidents.h"
#include "gateway/view/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define LIST_STEP 500

struct show_wish {
    const struct page *page; /* NULL: all */
    bool is_of_maintenance;
    json_t *array;
};

static const char *status_name(const struct incident *incident)
{
    return incident->maintenance != NULL ? maintenance_state_name(incident->maintenance->state)
                                         : incident_status_name(incident->status);
}

static void print_row(const struct page *page, const struct incident *incident, struct arena *arena)
{
    (void)printf("#%-5" PRId64, incident->number);
    print_cell(incident->public_id, 16);
    print_cell(status_name(incident), 13);
    if (incident->maintenance != NULL) {
        print_cell(moment_write_local(arena, incident->maintenance->starts_at, page->time_zone),
                   22);
        print_cell(moment_write_local(arena, incident->maintenance->ends_at, page->time_zone), 22);
    } else {
        print_cell(incident_severity_name(incident->severity), 8);
        print_cell(moment_write_local(arena, incident->created_at, page->time_zone), 22);
    }
    (void)printf("%s\n", incident->title);
}

static bool add_row(struct store *store, struct invocation *invocation, const struct page *page,
                    const struct incident *incident, json_t *array, GError **error)
{
    const struct update *updates = NULL;
    size_t count = 0;

    if (!invocation->is_json) {
        print_row(page, incident, invocation->arena);
        return true;
    }
    if (!incidents_updates(store, invocation->arena, incident->id, UPDATE_PUBLIC, &updates, &count,
                           error))
        return false;
    (void)json_array_append_new(array, view_incident(page, incident, updates, count));
    return true;
}

/* Newest first, whatever page it is of. What a page that is configured no more had is left out. */
static bool list_all(struct invocation *invocation, const struct config *config,
                     struct store *store, const struct show_wish *wish, GError **error)
{
    struct listing listing = {wish->page, 0, LIST_STEP};
    struct incident_list list;

    do {
        if (!incidents_list(store, invocation->arena, &listing, &list, error))
            return false;
        for (size_t i = 0; i < list.count; i++) {
            const struct incident *incident = list.incidents[i];
            const struct page *page = config_find_page(config, incident->page_id);

            listing.before_id = incident->id;
            if (page != NULL && (incident->maintenance != NULL) == wish->is_of_maintenance &&
                !add_row(store, invocation, page, incident, wish->array, error))
                return false;
        }
    } while (list.count == LIST_STEP);
    return true;
}

int show_list(struct invocation *invocation, const struct config *config, const char *page_id,
              bool is_of_maintenance)
{
    struct show_wish wish = {NULL, is_of_maintenance, NULL};
    int status = EX_USAGE;
    OWN(store)
    store = invocation_page_or_all(config, page_id, &wish.page) ? invocation_store(config, &status)
                                                                : NULL;
    g_autoptr(GError) error = NULL;

    if (store == NULL)
        return status;
    wish.array = json_array();
    if (!list_all(invocation, config, store, &wish, &error)) {
        json_decref(wish.array);
        return invocation_fail(error);
    }
    if (invocation->is_json)
        print_json(wish.array);
    else
        json_decref(wish.array);
    return EX_OK;
}

/* One change a line in the store. */
static const char *join_changes(struct arena *arena, const char *changes)
{
    g_auto(GStrv) lines = g_strsplit(changes, "\n", -1);
    g_autofree char *joined = g_strjoinv("\n    ", lines);

    return arena_string(arena, joined);
}

static const char *or_dash(const char *text)
{
    return text[0] != '\0' ? text : "-";
}

static void print_audit(struct arena *arena, const struct page *page, const struct audit *rows,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)printf("%s  %s %s  proofs=%s client=%s message-id=%s\n    %s\n",
                     moment_write_local(arena, rows[i].at, page->time_zone), rows[i].role,
                     rows[i].by, or_dash(rows[i].proofs), or_dash(rows[i].client),
                     or_dash(rows[i].message_id), join_changes(arena, rows[i].changes));
}

static const char *label_of(const struct update *update)
{
    return update->has_stage ? maintenance_state_label(update->stage)
                             : incident_status_label(update->status);
}

static void print_incident(struct arena *arena, const struct page *page,
                           const struct incident *incident, const struct update *updates,
                           size_t count)
{
    (void)printf("#%" PRId64 " %s\n%s, %s", incident->number, incident->title, incident->public_id,
                 status_name(incident));
    if (incident->maintenance == NULL)
        (void)printf(", %s\n", incident_severity_name(incident->severity));
    else
        (void)printf(", %s to %s\n",
                     moment_write_local(arena, incident->maintenance->starts_at, page->time_zone),
                     moment_write_local(arena, incident->maintenance->ends_at, page->time_zone));
    for (size_t i = 0; i < incident->affected_count; i++)
        if (incident->affected[i].is_current)
            (void)printf("  %s: %s\n", incident->affected[i].component_id,
                         component_state_name(incident->affected[i].state));
    for (size_t i = 0; i < count; i++)
        (void)printf("\n%s  %s%s\n%s\n",
                     moment_write_local(arena, updates[i].created_at, page->time_zone),
                     updates[i].kind == UPDATE_NOTE ? "private note by " : label_of(&updates[i]),
                     updates[i].kind == UPDATE_NOTE ? updates[i].by : "", updates[i].message);
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static json_t *audit_json(struct arena *arena, const struct audit *rows, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(
            array,
            json_pack("{ss ss ss ss? ss? ss? ss}", "at", moment_write_iso(arena, rows[i].at),
                      "role", rows[i].role, "by", rows[i].by, "proofs", or_null(rows[i].proofs),
                      "client", or_null(rows[i].client), "message_id", or_null(rows[i].message_id),
                      "changes", rows[i].changes));
    return array;
}

static bool show_incident(struct invocation *invocation, struct store *store,
                          const struct page *page, const struct incident *incident, bool has_audit,
                          GError **error)
{
    struct arena *arena = invocation->arena;
    const struct update *updates;
    const struct audit *rows = NULL;
    struct incident_alerts alerts;
    size_t count;
    size_t row_count = 0;
    json_t *whole;

    if (!incidents_updates(store, arena, incident->id, -1, &updates, &count, error) ||
        !incident_alerts_load(store, arena, incident, &alerts, error) ||
        (has_audit && !incidents_audit(store, arena, incident->id, &rows, &row_count, error)))
        return false;
    if (!invocation->is_json) {
        print_incident(arena, page, incident, updates, count);
        incident_alerts_print(arena, page, &alerts);
        print_audit(arena, page, rows, row_count);
        return true;
    }
    whole = view_incident_whole(page, incident, updates, count);
    (void)json_object_set_new(whole, "alerts", incident_alerts_json(arena, &alerts));
    if (has_audit)
        (void)json_object_set_new(whole, "audit", audit_json(arena, rows, row_count));
    print_json(whole);
    return true;
}

int show_one(struct invocation *invocation, const struct config *config,
             const struct change_wish *wish)
{
    int status = EX_OK;
    OWN(store) store = invocation_store(config, &status);
    g_autoptr(GError) error = NULL;
    struct change_target target;

    if (store == NULL)
        return status;
    if (!change_find_incident(invocation, config, store, wish, &target, &error) ||
        !show_incident(invocation, store, target.page, target.incident, wish->has_audit, &error))
        return invocation_fail(error);
    return EX_OK;
}
