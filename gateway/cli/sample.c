#include "gateway/cli/sample.h"

#include <assert.h>
#include <string.h>

#define VALUE_CHARACTERS 65536
#define SHOWN_CHARACTERS 200

static const char *const command_names[] = {
    [SAMPLE_ALERT] = "alert",   [SAMPLE_CLEAR] = "clear",     [SAMPLE_ACKNOWLEDGE] = "acknowledge",
    [SAMPLE_IGNORE] = "ignore", [SAMPLE_NOTHING] = "nothing", NULL,
};
static_assert(G_N_ELEMENTS(command_names) == SAMPLE_COMMAND_COUNT + 1, "a command has no name");

static const char *const field_names[] = {"key",     "title", "severity", "components",
                                          "message", "url",   "at",       "who"};
static_assert(G_N_ELEMENTS(field_names) == SAMPLE_FIELD_COUNT, "a field has no name");

#define VALUE(n, field_name)                                                                       \
    {                                                                                              \
        .name = (field_name), .kind = READER_TEXT,                                                 \
        .at = READER_AT(struct sample_alert, fields[n]), .least = 0, .most = VALUE_CHARACTERS      \
    }
#define ALERT_FIELDS                                                                               \
    {.name = "command",                                                                            \
     .kind = READER_ENUM,                                                                          \
     .is_required = true,                                                                          \
     .at = READER_AT(struct sample_alert, command),                                                \
     .names = command_names,                                                                       \
     .help = "alert, clear, acknowledge, ignore or nothing"},                                      \
        VALUE(0, "key"), VALUE(1, "title"), VALUE(2, "severity"), VALUE(3, "components"),          \
        VALUE(4, "message"), VALUE(5, "url"), VALUE(6, "at"), VALUE(7, "who")

static const struct reader_field alert_fields[] = {ALERT_FIELDS};
static const struct reader_table alert_table = {
    .fields = alert_fields,
    .count = G_N_ELEMENTS(alert_fields),
    .size = sizeof(struct sample_alert),
    .node_at = READER_AT(struct sample_alert, node),
};

#define RULE_FIELD                                                                                 \
    {                                                                                              \
        .name = "rule", .kind = READER_STRING, .at = READER_AT(struct sample, rule)                \
    }

static const struct reader_field single_fields[] = {ALERT_FIELDS, RULE_FIELD};
static const struct reader_table single_table = {
    .fields = single_fields,
    .count = G_N_ELEMENTS(single_fields),
    .size = sizeof(struct sample),
};
static_assert(offsetof(struct sample, single) == 0, "the single alert's fields are the sample's");

static const struct reader_field several_fields[] = {
    RULE_FIELD,
    {.name = "alerts",
     .kind = READER_LIST,
     .at = READER_AT(struct sample, alerts),
     .count_at = READER_AT(struct sample, alert_count),
     .is_required = true,
     .least = 1,
     .most = 1000,
     .table = &alert_table,
     .help = "a list, each with `command`"},
};
static const struct reader_table several_table = {
    .fields = several_fields,
    .count = G_N_ELEMENTS(several_fields),
    .size = sizeof(struct sample),
};

const struct sample *sample_read(struct arena *arena, const char *path, struct problems *problems)
{
    const struct reader reader = {arena, problems, NULL};
    const size_t before = problems_count_errors(problems);
    const struct yaml_node *root = yaml_load_file(arena, path, false, problems);
    struct sample *sample = ARENA_NEW(arena, struct sample);

    if (root != NULL)
        reader_read(&reader, root,
                    yaml_find(root, "alerts") != NULL ? &several_table : &single_table, sample);
    return problems_count_errors(problems) > before ? NULL : sample;
}

static enum sample_command command_of(enum command_kind kind)
{
    if (kind == COMMAND_ALERT)
        return SAMPLE_ALERT;
    if (kind == COMMAND_CLEAR)
        return SAMPLE_CLEAR;
    return kind == COMMAND_ACKNOWLEDGE ? SAMPLE_ACKNOWLEDGE : SAMPLE_IGNORE;
}

static const char *value_of(const struct grammar_alert *alert, const char *name)
{
    for (size_t i = 0; i < alert->value_count; i++)
        if (strcmp(alert->values[i].name, name) == 0)
            return alert->values[i].value;
    return "";
}

/* A last line's end in a block (`|`) is YAML's, not the value's. */
static bool is_same(const char *expected, const char *held)
{
    return text_is_equal(text_trim(text_of(expected)), text_trim(text_of(held)));
}

static void judge_alert(struct arena *arena, const struct sample_alert *expected,
                        const struct grammar_alert *alert, const char *place, GString *out)
{
    const enum sample_command command = command_of(alert->kind);

    if (command != expected->command)
        g_string_append_printf(out, "%scommand is %s, not %s\n", place, command_names[command],
                               command_names[expected->command]);
    for (size_t i = 0; i < SAMPLE_FIELD_COUNT; i++) {
        const char *held = value_of(alert, field_names[i]);
        if (expected->fields[i] == NULL || is_same(expected->fields[i], held))
            continue;
        g_string_append_printf(
            out, "%s%s is \"%s\", not \"%s\"\n", place, field_names[i],
            text_clean_line(arena, text_of(held), SHOWN_CHARACTERS),
            text_clean_line(arena, text_of(expected->fields[i]), SHOWN_CHARACTERS));
    }
}

/* What was read as a list of alerts: commands that are none of these have one. */
static struct grammar_alert *list_alerts(struct arena *arena, const struct reading *reading,
                                         size_t *count)
{
    struct grammar_alert *alerts = ARENA_ARRAY(arena, struct grammar_alert,
                                               reading->alert_count > 0 ? reading->alert_count : 1);

    *count = reading->alert_count;
    for (size_t i = 0; i < reading->alert_count; i++)
        alerts[i] = reading->alerts[i];
    if (reading->kind == READING_COMMAND && reading->alert_count == 0)
        alerts[(*count)++] = (struct grammar_alert){.kind = reading->command->kind,
                                                    .values = reading->values,
                                                    .value_count = reading->value_count};
    return alerts;
}

static void judge_alerts(struct arena *arena, const struct sample *sample,
                         const struct reading *reading, GString *out)
{
    const struct sample_alert *expected =
        sample->alert_count > 0 ? sample->alerts : &sample->single;
    const size_t expected_count = sample->alert_count > 0 ? sample->alert_count : 1;
    size_t count = 0;
    const struct grammar_alert *alerts = list_alerts(arena, reading, &count);

    if (count != expected_count)
        g_string_append_printf(out, "it tells of %zu alert%s, not %zu\n", count,
                               count == 1 ? "" : "s", expected_count);
    for (size_t i = 0; i < MIN(count, expected_count); i++)
        judge_alert(arena, &expected[i], &alerts[i],
                    expected_count > 1 ? arena_format(arena, "alerts[%zu]: ", i) : "", out);
}

const char *sample_judge(struct arena *arena, const struct sample *sample,
                         const struct reading *reading)
{
    const bool wants_nothing = sample->alert_count == 0 && sample->single.command == SAMPLE_NOTHING;
    g_autoptr(GString) out = g_string_new(NULL);

    if (wants_nothing != (reading->kind == READING_NOTHING))
        g_string_append_printf(
            out, "%s\n", wants_nothing ? "a rule matches, where none should" : "no rule matches");
    else if (!wants_nothing)
        judge_alerts(arena, sample, reading, out);
    if (sample->rule != NULL && strcmp(sample->rule, reading->rule) != 0 && out->len == 0)
        g_string_append_printf(out, "the rule is `%s`, not `%s`\n", reading->rule, sample->rule);
    return out->len == 0 ? NULL : arena_copy(arena, out->str, out->len);
}
