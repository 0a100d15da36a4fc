#include "gateway/compose/values.h"

#include "gateway/base/moment.h"
#include "gateway/compose/heading.h"
#include "gateway/compose/wording.h"
#include "gateway/incident/keyed.h"
#include "gateway/view/markdown.h"
#include "gateway/view/view.h"

#include <string.h>

#define TITLE_MOST_CHARACTERS 400 /* leaves the number room in a subject */
#define SCRATCH_BYTES         ((size_t)64 * 1024 * 1024)

/* What one rendering makes on its way. */
struct making {
    const struct values_task *task;
    const struct story *story; /* the one in hand */
    struct arena *arena;
    size_t source_bytes; /* of updates shown so far */
    size_t html_bytes;   /* made of them so far */
};

static const char *one_line(struct arena *arena, const char *string)
{
    return text_clean_line(arena, text_of(string), TITLE_MOST_CHARACTERS);
}

json_t *values_of_page(struct arena *arena, const struct page *page)
{
    json_t *view = view_page(page);
    const char *example = page->component_count > 0 ? page->components[0].id : "api";

    wording_set_string(view, "name", one_line(arena, page->name));
    wording_set_string(view, "contact", page->contact);
    wording_set_string(view, "subscribe", heading_word_address(arena, page, "subscribe"));
    wording_set_string(view, "help", heading_word_address(arena, page, "help"));
    (void)json_object_set_new(view, "reopen", wording_span(page->reopen_ms));
    wording_set_string(view, "example_component",
                       g_str_has_prefix(example, "comp_") ? example + strlen("comp_") : example);
    return view;
}

/* Adds names and what makes labels to the view's components. */
static void name_components(json_t *components, struct arena *arena, const struct page *page)
{
    size_t i = 0;
    json_t *view = NULL;

    json_array_foreach(components, i, view)
    {
        const char *id = json_string_value(json_object_get(view, "id"));
        const struct component *component = page_find_component(page, id);
        enum component_state state = COMPONENT_OPERATIONAL;
        (void)component_state_parse(text_of(json_string_value(json_object_get(view, "state"))),
                                    &state);
        wording_set_state(view, state);
        wording_set_string(view, "name", one_line(arena, component != NULL ? component->name : id));
        wording_set_bool(view, "is_last", i + 1 == json_array_size(components));
    }
}

/* How late the clock said that it began or ended, in milliseconds; 0: in time. */
static int64_t lateness(const struct maintenance *maintenance, const struct update *last)
{
    const int64_t happened_at =
        maintenance_is_over(maintenance) ? maintenance->ended_at : maintenance->began_at;

    return last->has_stage && last->stage == maintenance->state && happened_at != 0 &&
                   last->created_at - happened_at >= MINUTE_MS
               ? last->created_at - happened_at
               : 0;
}

static void set_times(json_t *view, const struct making *making, const struct update *last)
{
    const struct maintenance *maintenance = making->story->incident->maintenance;
    const char *zone = making->task->time_zone;
    const int64_t late_ms = lateness(maintenance, last);

    (void)json_object_set_new(view, "starts", wording_moment(maintenance->starts_at, zone));
    (void)json_object_set_new(view, "ends", wording_moment(maintenance->ends_at, zone));
    (void)json_object_set_new(view, "late", late_ms != 0 ? wording_span(late_ms) : json_null());
    (void)json_object_set_new(view, "since", json_null());
    (void)json_object_set_new(view, "lasted", json_null());
}

static json_t *make_incident(struct making *making)
{
    const struct story *story = making->story;
    const struct incident *incident = story->incident;
    const struct update *last = &story->updates[story->update_count - 1];
    struct arena *arena = making->arena;
    json_t *view = view_incident_page(story->page, incident, NULL, 0);
    json_t *components = json_object_get(view, "components");
    const bool is_over =
        last->status == INCIDENT_RESOLVED && last->created_at >= incident->created_at;

    (void)json_object_del(view, "updates");
    wording_set_string(view, "title", one_line(arena, incident->title));
    wording_set_string(view, "first_title", one_line(arena, incident->first_title));
    wording_set_status(view, last->status);
    wording_set_severity(view, last->severity);
    wording_set_bool(view, "is_renamed", strcmp(incident->title, incident->first_title) != 0);
    name_components(components, arena, story->page);
    wording_set_bool(view, "has_components", json_array_size(components) > 0);
    (void)json_object_set_new(view, "since",
                              wording_moment(incident->created_at, making->task->time_zone));
    (void)json_object_set_new(view, "lasted",
                              is_over ? wording_span(last->created_at - incident->created_at)
                                      : json_null());
    wording_set_stage(view, last->has_stage ? &last->stage : NULL);
    if (incident->maintenance != NULL)
        set_times(view, making, last);
    return view;
}

static const char *make_html(struct making *making, const char *message)
{
    const char *html = markdown_to_html(making->arena, message);

    making->html_bytes += strlen(html);
    if (making->html_bytes <= VALUES_MOST_HTML_BYTES)
        return html;
    return arena_format(making->arena, "<p>%s</p>",
                        markdown_escape_html(making->arena, text_of(message)));
}

static json_t *make_update(struct making *making, const struct update *update)
{
    struct arena *arena = making->arena;
    json_t *view = view_update(update);
    /* Whatever the door, a key never goes out in an update. */
    const char *message = keyed_redact(arena, making->story->page, update->message);

    wording_set_status(view, update->status);
    wording_set_stage(view, update->has_stage ? &update->stage : NULL);
    wording_set_string(view, "message", message);
    wording_set_string(view, "line", markdown_to_line(arena, message, TITLE_MOST_CHARACTERS));
    if (making->task->is_html && *message != '\0')
        wording_set_string(view, "html", make_html(making, message));
    (void)json_object_set_new(view, "at",
                              wording_moment(update->created_at, making->task->time_zone));
    if (making->task->is_for_operator)
        wording_set_author(view, "by", update->by);
    return view;
}

/* The first update shown: of those missed as many of the latest as may be; of a digest's, whose room is
 * one for all stories, perhaps none. */
static size_t first_shown(struct making *making)
{
    const struct story *story = making->story;
    const size_t missed = MIN(story->first_missed, story->update_count - 1);
    size_t first = story->update_count;

    while (first > missed && story->update_count - first < VALUES_MOST_UPDATES) {
        const size_t bytes = strlen(story->updates[first - 1].message);
        if (making->source_bytes > 0 && making->source_bytes + bytes > VALUES_MOST_SOURCE_BYTES)
            break;
        making->source_bytes += bytes;
        first--;
    }
    return first;
}

static void set_updates(json_t *values, struct making *making)
{
    const struct story *story = making->story;
    const size_t missed = MIN(story->first_missed, story->update_count - 1);
    const size_t first = first_shown(making);
    json_t *updates = json_array();

    for (size_t i = first; i < story->update_count; i++)
        if (story->updates[i].kind == UPDATE_PUBLIC)
            (void)json_array_append_new(updates, make_update(making, &story->updates[i]));
    wording_set_bool(values, "is_several", json_array_size(updates) > 1);
    (void)json_object_set_new(values, "left_out",
                              first > missed ? wording_count((int64_t)(first - missed))
                                             : json_null());
    (void)json_object_set_new(values, "updates", updates);
}

static void set_story(json_t *values, struct making *making, const struct story *story)
{
    making->story = story;
    (void)json_object_set_new(values, "incident", make_incident(making));
    set_updates(values, making);
}

static json_t *make_frame(struct making *making, const struct page *page)
{
    json_t *values = json_object();

    (void)json_object_set_new(values, "page", values_of_page(making->arena, page));
    wording_set_string(values, "unsubscribe", making->task->unsubscribe);
    wording_set_bool(values, "is_list", *making->task->unsubscribe == '\0');
    return values;
}

json_t *values_of_story(const struct values_task *task, const struct story *story)
{
    OWN(arena) arena = arena_open(SCRATCH_BYTES);
    struct making making = {.task = task, .arena = arena};
    json_t *values = make_frame(&making, story->page);

    set_story(values, &making, story);
    wording_set_string(values, "kind", notification_kind_name(story->kind));
    wording_set_bool(values, arena_format(arena, "is_%s", notification_kind_name(story->kind)),
                     true);
    return values;
}

json_t *values_of_digest(const struct values_task *task, const struct digest *digest)
{
    OWN(arena) arena = arena_open(SCRATCH_BYTES);
    struct making making = {.task = task, .arena = arena};
    json_t *values = make_frame(&making, digest->page);
    json_t *stories = json_array();
    const size_t shown = MIN(digest->story_count, VALUES_MOST_STORIES);

    for (size_t i = 0; i < shown; i++) {
        json_t *story = json_object();
        set_story(story, &making, &digest->stories[i]);
        (void)json_array_append_new(stories, story);
    }
    (void)json_object_set_new(values, "stories", stories);
    (void)json_object_set_new(values, "count", wording_count((int64_t)digest->story_count));
    (void)json_object_set_new(values, "more",
                              digest->story_count > shown
                                  ? wording_count((int64_t)(digest->story_count - shown))
                                  : json_null());
    (void)json_object_set_new(values, "since", wording_moment(digest->since, task->time_zone));
    (void)json_object_set_new(values, "until", wording_moment(digest->until, task->time_zone));
    return values;
}
