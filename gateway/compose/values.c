#include "gateway/compose/values.h"

#include "gateway/base/moment.h"
#include "gateway/compose/heading.h"
#include "gateway/incident/keyed.h"
#include "gateway/view/markdown.h"
#include "gateway/view/view.h"

#include <string.h>

#define TITLE_MOST_CHARACTERS 400 /* leaves the number room in a subject */
#define SCRATCH_BYTES         ((size_t)64 * 1024 * 1024)

/* What one rendering makes on its way. */
struct making {
    const struct values_task *task;
    struct arena *arena;
    size_t html_bytes; /* made so far */
};

static void set_string(json_t *object, const char *name, const char *value)
{
    (void)json_object_set_new(object, name, value != NULL ? json_string(value) : json_null());
}

/* "is_identified": true: templates choose by such names. */
static void set_flag(json_t *object, struct arena *arena, const char *name)
{
    (void)json_object_set_new(object, arena_format(arena, "is_%s", name), json_true());
}

static void set_bool(json_t *object, const char *name, bool is_true)
{
    (void)json_object_set_new(object, name, json_boolean(is_true));
}

static void set_status(json_t *object, struct arena *arena, enum incident_status status)
{
    set_string(object, "status", incident_status_name(status));
    set_string(object, "status_label", incident_status_label(status));
    set_flag(object, arena, incident_status_name(status));
}

static const char *one_line(struct arena *arena, const char *string)
{
    return text_clean_line(arena, text_of(string), TITLE_MOST_CHARACTERS);
}

static json_t *make_page(struct arena *arena, const struct page *page)
{
    json_t *view = view_page(page);
    const char *example = page->component_count > 0 ? page->components[0].id : "api";

    set_string(view, "name", one_line(arena, page->name));
    set_string(view, "contact", page->contact);
    set_string(view, "subscribe", heading_word_address(arena, page, "subscribe"));
    set_string(view, "help", heading_word_address(arena, page, "help"));
    set_string(view, "reopen", moment_write_span(arena, page->reopen_ms));
    set_string(view, "example_component",
               g_str_has_prefix(example, "comp_") ? example + strlen("comp_") : example);
    return view;
}

/* Adds names and labels to the view's components. */
static void name_components(json_t *components, struct arena *arena, const struct page *page)
{
    size_t i = 0;
    json_t *view = NULL;

    json_array_foreach(components, i, view)
    {
        const char *id = json_string_value(json_object_get(view, "id"));
        const struct component *component = page_find_component(page, id);
        char *label = arena_string(arena, json_string_value(json_object_get(view, "state")));
        set_string(view, "name", one_line(arena, component != NULL ? component->name : id));
        set_string(view, "state_label", g_strdelimit(label, "_", ' '));
        set_bool(view, "is_last", i + 1 == json_array_size(components));
    }
}

static json_t *make_incident(struct making *making)
{
    const struct story *story = making->task->story;
    const struct incident *incident = story->incident;
    const struct update *last = &story->updates[story->update_count - 1];
    struct arena *arena = making->arena;
    json_t *view = view_incident_page(story->page, incident, NULL, 0);
    json_t *components = json_object_get(view, "components");

    (void)json_object_del(view, "updates");
    set_string(view, "title", one_line(arena, incident->title));
    set_string(view, "first_title", one_line(arena, incident->first_title));
    set_status(view, arena, last->status);
    set_string(view, "severity", incident_severity_name(last->severity));
    set_string(view, "severity_label", incident_severity_label(last->severity));
    set_bool(view, "is_renamed", strcmp(incident->title, incident->first_title) != 0);
    name_components(components, arena, story->page);
    set_bool(view, "has_components", json_array_size(components) > 0);
    set_string(view, "since",
               moment_write_local(arena, incident->created_at, making->task->time_zone));
    if (last->status == INCIDENT_RESOLVED && last->created_at >= incident->created_at)
        set_string(view, "lasted",
                   moment_write_span(arena, last->created_at - incident->created_at));
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
    const struct page *page = making->task->story->page;
    json_t *view = view_update(update);
    /* Whatever the door, a key never goes out in an update. */
    const char *message = keyed_redact(arena, page, update->message);

    set_status(view, arena, update->status);
    set_string(view, "message", message);
    set_string(view, "line", markdown_to_line(arena, message, TITLE_MOST_CHARACTERS));
    if (making->task->is_html && *message != '\0')
        set_string(view, "html", make_html(making, message));
    set_string(view, "at", moment_write_local(arena, update->created_at, making->task->time_zone));
    if (making->task->is_for_operator)
        set_string(view, "by", update->by);
    return view;
}

/* The first update shown: of those missed as many of the latest as may be. */
static size_t first_shown(const struct story *story)
{
    size_t first = story->update_count - 1;
    size_t bytes = strlen(story->updates[first].message);

    while (first > story->first_missed && story->update_count - first < VALUES_MOST_UPDATES) {
        bytes += strlen(story->updates[first - 1].message);
        if (bytes > VALUES_MOST_SOURCE_BYTES)
            break;
        first--;
    }
    return first;
}

static void set_updates(json_t *values, struct making *making)
{
    const struct story *story = making->task->story;
    json_t *updates = json_array();
    const size_t first = first_shown(story);

    for (size_t i = first; i < story->update_count; i++)
        if (story->updates[i].kind == UPDATE_PUBLIC)
            (void)json_array_append_new(updates, make_update(making, &story->updates[i]));
    set_bool(values, "is_several", json_array_size(updates) > 1);
    if (first > story->first_missed)
        (void)json_object_set_new(values, "left_out",
                                  json_integer((json_int_t)(first - story->first_missed)));
    (void)json_object_set_new(values, "updates", updates);
}

json_t *values_of_story(const struct values_task *task)
{
    OWN(arena) arena = arena_open(SCRATCH_BYTES);
    struct making making = {task, arena, 0};
    json_t *values = json_object();
    const char *kind = notification_kind_name(task->story->kind);

    set_string(values, "kind", kind);
    set_flag(values, arena, kind);
    (void)json_object_set_new(values, "page", make_page(arena, task->story->page));
    (void)json_object_set_new(values, "incident", make_incident(&making));
    set_updates(values, &making);
    set_string(values, "unsubscribe", task->unsubscribe);
    set_bool(values, "is_list", *task->unsubscribe == '\0');
    return values;
}

const char *values_fact(const struct letter *letter, const char *name)
{
    for (size_t i = 0; i < letter->fact_count; i++)
        if (strcmp(letter->facts[i].name, name) == 0)
            return letter->facts[i].value;
    return "";
}

static bool is_list_fact(const char *name)
{
    static const char *const names[] = {"understood", "change",     "suggestion", "candidate",
                                        "component",  "references", "missed",     "wish",
                                        "setting",    "attachment"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static json_t *split_lines(const char *string)
{
    json_t *lines = json_array();
    struct text rest = text_trim(text_of(string));
    struct text line;

    while (text_next_line(&rest, &line))
        (void)json_array_append_new(lines, json_stringn(line.at, line.size));
    return lines;
}

static void append_fact(json_t *facts, const char *name, const char *value)
{
    json_t *list = json_object_get(facts, name);

    if (list == NULL) {
        list = json_array();
        (void)json_object_set_new(facts, name, list);
    }
    (void)json_array_append_new(list, json_string(value));
}

/* "a, b": what stands in one line. */
static void join_list(json_t *facts, struct arena *arena, const char *name)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    const json_t *list = json_object_get(facts, name);
    size_t i = 0;
    json_t *item = NULL;

    json_array_foreach(list, i, item)
        g_string_append_printf(joined, "%s%s", i > 0 ? ", " : "", json_string_value(item));
    if (joined->len > 0)
        set_string(facts, arena_format(arena, "%s_joined", name), joined->str);
}

static json_t *make_facts(struct arena *arena, const struct letter *letter)
{
    json_t *facts = json_object();

    for (size_t i = 0; i < letter->fact_count; i++) {
        const char *name = letter->facts[i].name;
        const char *value = letter->facts[i].value;
        if (value == NULL || *value == '\0')
            continue;
        set_bool(facts, arena_format(arena, "has_%s", name), true);
        if (is_list_fact(name)) {
            append_fact(facts, name, one_line(arena, value));
            continue;
        }
        (void)json_object_set_new(facts, arena_format(arena, "%s_lines", name), split_lines(value));
        set_string(facts, name, value);
    }
    join_list(facts, arena, "component");
    return facts;
}

static json_t *make_hearers(const struct letter_facts *facts)
{
    json_t *hearers = json_object();

    set_bool(hearers, "is_silent", facts->hearers < 0);
    set_bool(hearers, "is_none", facts->hearers == 0);
    set_bool(hearers, "is_one", facts->hearers == 1);
    set_bool(hearers, "is_many", facts->hearers > 1);
    set_bool(hearers, "is_least", facts->is_hearers_least);
    (void)json_object_set_new(hearers, "count", json_integer(facts->hearers));
    return hearers;
}

static json_t *make_note(struct arena *arena, const struct update *note, const char *time_zone)
{
    json_t *view = json_object();

    set_string(view, "message", note->message);
    set_string(view, "by", note->by);
    set_string(view, "at", moment_write_local(arena, note->created_at, time_zone));
    return view;
}

json_t *values_of_letter(const struct letter *letter, const struct letter_facts *facts,
                         const char *time_zone)
{
    OWN(arena) arena = arena_open(SCRATCH_BYTES);
    const struct values_task task = {facts->story, time_zone, "", false, true};
    json_t *values = facts->story != NULL ? values_of_story(&task) : json_object();

    if (facts->story == NULL)
        (void)json_object_set_new(values, "page", make_page(arena, facts->page));
    (void)json_object_set_new(values, "facts", make_facts(arena, letter));
    (void)json_object_set_new(values, "hearers", make_hearers(facts));
    set_string(values, "reply_to", facts->reply_to);
    if (facts->note != NULL)
        (void)json_object_set_new(values, "note", make_note(arena, facts->note, time_zone));
    return values;
}
