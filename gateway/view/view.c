#include "gateway/view/view.h"

#include "gateway/base/moment.h"

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value != NULL ? value : json_null());
}

static json_t *string_or_null(const char *string)
{
    return string != NULL && *string != '\0' ? json_string(string) : json_null();
}

static json_t *moment_or_null(int64_t at)
{
    if (at == 0)
        return json_null();
    OWN(arena) arena = arena_open(1024);
    return json_string(moment_write_iso(arena, at));
}

json_t *view_page(const struct page *page)
{
    json_t *view = json_object();
    json_t *components = json_array();

    set(view, "id", json_string(page->id));
    set(view, "name", json_string(page->name));
    set(view, "address", json_string(page->address));
    set(view, "url", string_or_null(page->url));
    set(view, "time_zone", string_or_null(page->time_zone));
    set(view, "language", string_or_null(page->language));
    for (size_t i = 0; i < page->component_count; i++) {
        json_t *component = json_object();
        set(component, "id", json_string(page->components[i].id));
        set(component, "name", json_string(page->components[i].name));
        set(component, "group", string_or_null(page->components[i].group));
        (void)json_array_append_new(components, component);
    }
    set(view, "components", components);
    return view;
}

json_t *view_update(const struct update *update)
{
    json_t *view = json_object();

    set(view, "id", string_or_null(update->public_id));
    set(view, "status",
        json_string(update->has_stage ? maintenance_state_name(update->stage)
                                      : incident_status_name(update->status)));
    set(view, "message", string_or_null(update->message));
    set(view, "created_at", moment_or_null(update->created_at));
    return view;
}

static json_t *view_note(const struct update *note)
{
    json_t *view = json_object();

    set(view, "id", string_or_null(note->public_id));
    set(view, "message", string_or_null(note->message));
    set(view, "by", string_or_null(note->by));
    set(view, "created_at", moment_or_null(note->created_at));
    return view;
}

static json_t *view_updates(const struct update *updates, size_t count)
{
    json_t *views = json_array();

    for (size_t i = 0; i < count; i++)
        if (updates[i].kind == UPDATE_PUBLIC)
            (void)json_array_append_new(views, view_update(&updates[i]));
    return views;
}

static json_t *view_component_ids(const struct incident *incident)
{
    json_t *ids = json_array();

    for (size_t i = 0; i < incident->affected_count; i++)
        if (incident->affected[i].is_current)
            (void)json_array_append_new(ids, json_string(incident->affected[i].component_id));
    return ids;
}

static json_t *view_affected(const struct incident *incident)
{
    json_t *views = json_array();

    for (size_t i = 0; i < incident->affected_count; i++) {
        if (!incident->affected[i].is_current)
            continue;
        json_t *view = json_object();
        set(view, "id", json_string(incident->affected[i].component_id));
        set(view, "state", json_string(component_state_name(incident->affected[i].state)));
        (void)json_array_append_new(views, view);
    }
    return views;
}

static const char *status_of(const struct incident *incident)
{
    return incident->maintenance != NULL ? maintenance_state_name(incident->maintenance->state)
                                         : incident_status_name(incident->status);
}

static void set_times(json_t *view, const struct maintenance *maintenance)
{
    set(view, "starts_at", moment_or_null(maintenance->starts_at));
    set(view, "ends_at", moment_or_null(maintenance->ends_at));
    set(view, "began_at", moment_or_null(maintenance->began_at));
    set(view, "ended_at", moment_or_null(maintenance->ended_at));
    set(view, "auto_complete", json_boolean(maintenance->completes_by_time));
}

json_t *view_incident(const struct page *page, const struct incident *incident,
                      const struct update *updates, size_t update_count)
{
    json_t *view = json_object();

    set(view, "id", string_or_null(incident->public_id));
    set(view, "number", json_integer(incident->number));
    set(view, "title", json_string(incident->title));
    set(view, "status", json_string(status_of(incident)));
    set(view, "severity", json_string(incident_severity_name(incident->severity)));
    set(view, "status_page_id", json_string(page->id));
    set(view, "component_ids", view_component_ids(incident));
    set(view, "created_at", moment_or_null(incident->created_at));
    set(view, "resolved_at", moment_or_null(incident->resolved_at));
    set(view, "updates", view_updates(updates, update_count));
    if (incident->maintenance != NULL)
        set_times(view, incident->maintenance);
    return view;
}

char *view_incident_url(struct arena *arena, const struct page *page,
                        const struct incident *incident)
{
    if (page->url == NULL || *page->url == '\0' || incident->public_id == NULL)
        return NULL;
    return arena_format(arena, "%s/%s/%s", page->url,
                        incident->maintenance != NULL ? "maintenances" : "incidents",
                        incident->public_id);
}

json_t *view_incident_page(const struct page *page, const struct incident *incident,
                           const struct update *updates, size_t update_count)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024);
    json_t *view = view_incident(page, incident, updates, update_count);

    set(view, "components", view_affected(incident));
    set(view, "url", string_or_null(view_incident_url(arena, page, incident)));
    return view;
}

json_t *view_incident_whole(const struct page *page, const struct incident *incident,
                            const struct update *updates, size_t update_count)
{
    json_t *view = view_incident_page(page, incident, updates, update_count);
    json_t *notes = json_array();

    for (size_t i = 0; i < update_count; i++)
        if (updates[i].kind == UPDATE_NOTE)
            (void)json_array_append_new(notes, view_note(&updates[i]));
    set(view, "notes", notes);
    return view;
}

json_t *view_notification(const struct story *story)
{
    json_t *view = json_object();

    set(view, "id", story->notification_id != 0 ? json_integer(story->notification_id) : NULL);
    set(view, "kind", json_string(notification_kind_name(story->kind)));
    set(view, "created_at", moment_or_null(story->made_at));
    set(view, "status_page", view_page(story->page));
    set(view, "incident",
        view_incident_page(story->page, story->incident, story->updates, story->update_count));
    return view;
}

static json_t *view_topics(const struct subscriber *subscriber)
{
    json_t *ids = json_array();

    for (size_t i = 0; i < subscriber->topic_count; i++)
        if (text_has_prefix(text_of(subscriber->topics[i]), TEXT("c:")))
            (void)json_array_append_new(ids, json_string(subscriber->topics[i] + 2));
    return ids;
}

json_t *view_subscriber(const struct subscriber *subscriber)
{
    json_t *view = json_object();

    set(view, "id", string_or_null(subscriber->public_id));
    set(view, "address", json_string(subscriber->address));
    set(view, "status_page_id", json_string(subscriber->page_id));
    set(view, "format", json_string(subscriber_format_name(subscriber->format)));
    set(view, "kind", json_string(subscriber_kind_name(subscriber->kind)));
    set(view, "component_ids", view_topics(subscriber));
    set(view, "severity", json_string(incident_severity_name(subscriber->severity)));
    set(view, "state", json_string(subscriber_state_name(subscriber->state)));
    set(view, "language", string_or_null(subscriber->language));
    set(view, "time_zone", string_or_null(subscriber->time_zone));
    set(view, "created_at", moment_or_null(subscriber->created_at));
    return view;
}
