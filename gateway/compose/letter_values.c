/* values_of_letter(): what the template of a letter sees. */
#include "gateway/base/number.h"
#include "gateway/compose/values.h"
#include "gateway/compose/wording.h"

#include <string.h>

#define FACT_MOST_CHARACTERS 400
#define DETAIL_MOST_LINES    24 /* of what a monitor or provider wrote */
#define CHANGE_ARROW         " → "
#define SCRATCH_BYTES        ((size_t)1024 * 1024 * 16)

const char *values_fact(const struct letter *letter, const char *name)
{
    for (size_t i = 0; i < letter->fact_count; i++)
        if (strcmp(letter->facts[i].name, name) == 0)
            return letter->facts[i].value;
    return "";
}

static bool is_list_fact(const char *name)
{
    static const char *const names[] = {"understood", "change",     "suggestion",     "candidate",
                                        "component",  "references", "missed",         "wish",
                                        "setting",    "attachment", "draft_component"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Those that stand in one line, whatever was written. */
static bool is_line_fact(const char *name)
{
    static const char *const names[] = {"title", "writer",  "reason",   "grammar",
                                        "rule",  "monitor", "alert_key"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Cleaned, so that nothing in it begins a line of its own. */
static json_t *split_lines(struct arena *arena, const char *string)
{
    json_t *lines = json_array();
    struct text rest = text_trim(text_of(text_clean(arena, text_of(string))));
    struct text line;

    while (text_next_line(&rest, &line))
        (void)json_array_append_new(lines, json_stringn(line.at, line.size));
    return lines;
}

/* A value as decide writes it: "Identified", "Major", "API: major_outage", or words of a person. */
static json_t *make_value(struct arena *arena, struct text words)
{
    json_t *value = json_object();
    const char *name = arena_copy(arena, words.at, words.size);
    const char *colon = g_strrstr(name, ": ");
    g_autofree char *lower = g_ascii_strdown(name, -1);
    enum incident_status status;
    enum incident_severity severity;
    enum maintenance_state stage;
    enum component_state state;

    wording_set_string(value, "text", name);
    wording_set_bool(value, "has_state", false);
    if (incident_status_parse(text_of(lower), &status))
        wording_set_status(value, status);
    if (maintenance_state_parse(text_of(lower), &stage))
        wording_set_stage(value, &stage);
    if (incident_severity_parse(text_of(lower), &severity))
        wording_set_severity(value, severity);
    if (colon != NULL && component_state_parse(text_of(colon + strlen(": ")), &state)) {
        wording_set_state(value, state);
        wording_set_bool(value, "has_state", true);
        wording_set_string(value, "text", arena_copy(arena, name, (size_t)(colon - name)));
    }
    return value;
}

/* "Status: Investigating → Identified" as {is_status, from, to}; what reads otherwise as {line}. */
static json_t *make_change(struct arena *arena, const char *line)
{
    static const char *const labels[] = {"opened",    "title",  "status", "severity",
                                         "component", "starts", "ends"};
    json_t *change = json_object();
    struct text to = text_of(line);
    struct text label;
    bool is_known = false;

    if (!text_next_piece(&to, ':', &label))
        label = TEXT("");
    to = text_trim(to);
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        const bool is = text_is_equal_any_case(label, text_of(labels[i]));
        wording_set_bool(change, arena_format(arena, "is_%s", labels[i]), is);
        is_known |= is;
    }
    wording_set_string(change, "line", is_known ? NULL : line);
    const ptrdiff_t arrow = text_find(to, TEXT(CHANGE_ARROW));
    (void)json_object_set_new(
        change, "from", arrow > 0 ? make_value(arena, text_first(to, (size_t)arrow)) : json_null());
    if (arrow > 0)
        to = text_skip(to, (size_t)arrow + strlen(CHANGE_ARROW));
    (void)json_object_set_new(change, "to", make_value(arena, to));
    return change;
}

static void append_fact(json_t *facts, const char *name, json_t *value)
{
    json_t *list = json_object_get(facts, name);

    if (list == NULL) {
        list = json_array();
        (void)json_object_set_new(facts, name, list);
    }
    (void)json_array_append_new(list, value);
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
        wording_set_string(facts, arena_format(arena, "%s_joined", name), joined->str);
}

/* "opened" as {is_opened}. */
static json_t *make_flag(const char *word)
{
    OWN(arena) arena = arena_open(4096);
    json_t *flag = json_object();

    wording_set_bool(flag, arena_format(arena, "is_%s", text_clean_line(arena, text_of(word), 40)),
                     true);
    return flag;
}

/* Facts that have a name in every language. False: this one is text. */
static bool set_wording(json_t *facts, const struct letter_fact *fact, const char *time_zone)
{
    enum incident_status status;
    enum incident_severity severity;
    enum maintenance_state stage;
    int64_t at;

    if (strcmp(fact->name, "alert_outcome") == 0 || strcmp(fact->name, "alert_action") == 0) {
        (void)json_object_set_new(facts, fact->name, make_flag(fact->value));
        return true;
    }
    if (g_str_has_suffix(fact->name, "_at") &&
        number_parse(text_of(fact->value), INT64_MIN, INT64_MAX, &at)) {
        (void)json_object_set_new(facts, fact->name, wording_moment(at, time_zone));
        return true;
    }
    if (strcmp(fact->name, "status") == 0 && incident_status_parse(text_of(fact->value), &status)) {
        wording_set_status(facts, status);
        wording_set_stage(facts, NULL);
        return true;
    }
    if (strcmp(fact->name, "status") == 0 &&
        maintenance_state_parse(text_of(fact->value), &stage)) {
        wording_set_stage(facts, &stage);
        return true;
    }
    if (strcmp(fact->name, "severity") == 0 &&
        incident_severity_parse(text_of(fact->value), &severity)) {
        wording_set_severity(facts, severity);
        return true;
    }
    return false;
}

/* Quoted from its first line on: who wants the rest has the mail. */
static void set_detail(json_t *facts, struct arena *arena, const char *detail)
{
    json_t *lines = split_lines(arena, detail);
    json_t *shown = json_array();

    for (size_t i = 0; i < MIN(json_array_size(lines), DETAIL_MOST_LINES); i++) {
        const char *line = json_string_value(json_array_get(lines, i));
        (void)json_array_append_new(
            shown, json_string(text_clean_line(arena, text_of(line), FACT_MOST_CHARACTERS)));
    }
    wording_set_bool(facts, "detail_is_cut", json_array_size(lines) > DETAIL_MOST_LINES);
    (void)json_object_set_new(facts, "detail_lines", shown);
    json_decref(lines);
}

static void add_fact(json_t *facts, struct arena *arena, const struct letter_fact *fact)
{
    const char *line = text_clean_line(arena, text_of(fact->value), FACT_MOST_CHARACTERS);

    if (is_list_fact(fact->name)) {
        append_fact(facts, fact->name,
                    strcmp(fact->name, "change") == 0 ? make_change(arena, line)
                                                      : json_string(line));
        return;
    }
    if (strcmp(fact->name, "detail") == 0) {
        set_detail(facts, arena, fact->value);
        return;
    }
    if (strcmp(fact->name, "source") == 0) {
        wording_set_author(facts, "source", line);
        return;
    }
    (void)json_object_set_new(facts, arena_format(arena, "%s_lines", fact->name),
                              split_lines(arena, fact->value));
    wording_set_string(facts, fact->name, is_line_fact(fact->name) ? line : fact->value);
}

/* Those that are given by id get their names. */
static void name_components(json_t *list, struct arena *arena, const struct page *page)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const struct component *component =
            page_find_component(page, json_string_value(json_array_get(list, i)));
        if (component != NULL)
            (void)json_array_set_new(list, i,
                                     json_string(text_clean_line(arena, text_of(component->name),
                                                                 FACT_MOST_CHARACTERS)));
    }
}

static json_t *make_facts(struct arena *arena, const struct letter *letter, const struct page *page,
                          const char *time_zone)
{
    json_t *facts = json_object();

    for (size_t i = 0; i < letter->fact_count; i++) {
        const struct letter_fact *fact = &letter->facts[i];
        if (fact->value == NULL || *fact->value == '\0')
            continue;
        wording_set_bool(facts, arena_format(arena, "has_%s", fact->name), true);
        if (!set_wording(facts, fact, time_zone))
            add_fact(facts, arena, fact);
    }
    join_list(facts, arena, "component");
    name_components(json_object_get(facts, "draft_component"), arena, page);
    join_list(facts, arena, "draft_component");
    return facts;
}

static json_t *make_hearers(const struct letter_facts *facts)
{
    json_t *hearers = wording_count(MAX(facts->hearers, 0));

    wording_set_bool(hearers, "is_silent", facts->hearers < 0);
    wording_set_bool(hearers, "is_none", facts->hearers == 0);
    wording_set_bool(hearers, "is_many", facts->hearers > 1);
    wording_set_bool(hearers, "is_least", facts->is_hearers_least);
    return hearers;
}

static json_t *make_note(const struct update *note, const char *time_zone)
{
    json_t *view = json_object();

    wording_set_string(view, "message", note->message);
    wording_set_author(view, "by", note->by);
    (void)json_object_set_new(view, "at", wording_moment(note->created_at, time_zone));
    return view;
}

static json_t *make_about(struct arena *arena, const struct letter_facts *facts,
                          const char *time_zone)
{
    const struct values_task task = {
        .time_zone = time_zone, .unsubscribe = "", .is_for_operator = true};

    if (facts->story != NULL)
        return values_of_story(&task, facts->story);
    json_t *values = json_object();
    (void)json_object_set_new(values, "page", values_of_page(arena, facts->page));
    return values;
}

json_t *values_of_letter(const struct letter *letter, const struct letter_facts *facts,
                         const char *time_zone)
{
    OWN(arena) arena = arena_open(SCRATCH_BYTES);
    json_t *values = make_about(arena, facts, time_zone);

    (void)json_object_set_new(values, "facts", make_facts(arena, letter, facts->page, time_zone));
    (void)json_object_set_new(values, "hearers", make_hearers(facts));
    wording_set_string(values, "reply_to", facts->reply_to);
    if (facts->note != NULL)
        (void)json_object_set_new(values, "note", make_note(facts->note, time_zone));
    return values;
}
