#include "gateway/grammar/rule.h"

#include "gateway/grammar/command_fields.h"
#include "gateway/grammar/each.h"

#include <string.h>

/* What is read of one rule, in order: patterns first, since values name their groups. */
struct reading_rule {
    const struct loader *loader;
    const struct yaml_node *node;
    struct rule *rule;
    struct rule_pattern *patterns;
    struct rule_value *values;
    bool is_good;
};

static bool have_group(const struct rule_pattern *patterns, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (pattern_has_name(patterns[i].pattern, name))
            return true;
    return false;
}

bool rule_has_group(const struct rule *rule, const char *name)
{
    const struct rule_each *each = rule->each;

    if (have_group(rule->patterns, rule->pattern_count, name))
        return true;
    return each != NULL && (have_group(&each->block, 1, name) ||
                            have_group(each->within, each->within_count, name) ||
                            (each->under != NULL && pattern_has_name(each->under, name)));
}

static void read_patterns(struct reading_rule *reading, const struct yaml_node *node,
                          enum field_kind field, const char *header)
{
    struct rule *rule = reading->rule;

    for (const struct yaml_node *one = NULL; (one = loader_next(node, one)) != NULL;) {
        const struct pattern *pattern = loader_pattern(reading->loader, one);
        if (pattern == NULL) {
            reading->is_good = false;
        } else if (rule->pattern_count == RULE_PATTERNS) {
            yaml_problem(reading->loader->problems, one, "is one pattern too many: %d are the most",
                         RULE_PATTERNS);
            reading->is_good = false;
        } else {
            reading->patterns[rule->pattern_count++] =
                (struct rule_pattern){field, header, pattern, one->value};
        }
    }
}

/* NULL: a problem was added. */
static const struct fill *read_fill(struct reading_rule *reading, const struct yaml_node *node)
{
    g_autoptr(GError) error = NULL;
    struct problems *problems = reading->loader->problems;

    if (!loader_is_scalar(reading->loader, node))
        return NULL;
    const struct fill *fill = fill_parse(reading->loader->arena, node->value, &error);
    if (fill == NULL) {
        yaml_problem(problems, node, "%s", error->message);
        return NULL;
    }
    for (size_t i = 0; i < fill->count; i++)
        if (fill->pieces[i].group != NULL &&
            !rule_has_group(reading->rule, fill->pieces[i].group)) {
            yaml_problem(problems, node, "no pattern of this rule has a group named `%s`",
                         fill->pieces[i].group);
            return NULL;
        }
    return fill;
}

/* The first of its commands that has the field; without one, its first. */
static enum command_kind kind_with(const struct rule *rule, const char *field)
{
    for (size_t i = 0; i < rule->command_count; i++)
        if (command_field_is_of(rule->commands[i].kind, field))
            return rule->commands[i].kind;
    return rule->commands[0].kind;
}

/* A value without a place for a group is known now, so it is judged now. */
static bool judge_fill(struct reading_rule *reading, const struct yaml_node *node,
                       const char *field, const struct fill *fill)
{
    if (fill->count != 1 || fill->pieces[0].literal == NULL)
        return true;
    const char *right = command_field_judge(kind_with(reading->rule, field), field, node->value);
    if (right == NULL)
        return true;
    yaml_problem(reading->loader->problems, node, "\"%s\" is not %s", node->value, right);
    return false;
}

static bool read_choices(struct reading_rule *reading, const struct yaml_node *node,
                         struct rule_value *value)
{
    struct rule_choice *choices =
        ARENA_ARRAY(reading->loader->arena, struct rule_choice, node->count);
    const struct yaml_node *of = yaml_find(node, "of");

    if (of == NULL || of->kind != YAML_SCALAR || !rule_has_group(reading->rule, of->value)) {
        yaml_problem(reading->loader->problems, of != NULL ? of : node,
                     "needs `of:` with the name of a group of this rule's patterns");
        return false;
    }
    value->of = of->value;
    value->choices = choices;
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next) {
        if (one == of)
            continue;
        const struct fill *fill = read_fill(reading, one);
        if (fill == NULL || !judge_fill(reading, one, value->name, fill))
            return false;
        choices[value->choice_count++] = (struct rule_choice){
            .when = strcmp(one->key, "else") == 0 ? NULL : one->key, .value = fill};
    }
    return true;
}

static bool read_value(struct reading_rule *reading, const struct yaml_node *node)
{
    struct rule_value *value = &reading->values[reading->rule->value_count];

    value->name = node->key;
    if (node->kind == YAML_MAPPING) {
        if (!read_choices(reading, node, value))
            return false;
    } else {
        value->fill = read_fill(reading, node);
        if (value->fill == NULL || !judge_fill(reading, node, node->key, value->fill))
            return false;
    }
    reading->rule->value_count++;
    return true;
}

/* What a rule with `each:` may make of one match. */
static bool is_of_alerts(enum command_kind kind)
{
    return kind == COMMAND_ALERT || kind == COMMAND_CLEAR || kind == COMMAND_ACKNOWLEDGE ||
           kind == COMMAND_IGNORE;
}

static bool read_kind(struct reading_rule *reading, const struct yaml_node *node,
                      enum command_kind *kind)
{
    struct problems *problems = reading->loader->problems;

    if (!loader_is_scalar(reading->loader, node))
        return false;
    if (!command_kind_parse(text_of(node->value), kind)) {
        yaml_problem(problems, node,
                     "\"%s\" is no command: open, update, alert, clear, acknowledge, maintain, "
                     "postmortem, subscribe, unsubscribe, confirm, preferences, help or ignore",
                     node->value);
        return false;
    }
    if (reading->rule->each == NULL || is_of_alerts(*kind))
        return true;
    yaml_problem(problems, node,
                 "a rule with `each:` makes alert, clear, acknowledge or ignore, not \"%s\"",
                 node->value);
    return false;
}

/* `{ of: state, firing: alert, resolved: clear }` */
static bool choose_command(struct reading_rule *reading, const struct yaml_node *node,
                           struct rule_command *commands)
{
    struct rule *rule = reading->rule;
    const struct yaml_node *of = yaml_find(node, "of");

    if (of == NULL || of->kind != YAML_SCALAR || !rule_has_group(rule, of->value)) {
        yaml_problem(reading->loader->problems, of != NULL ? of : node,
                     "needs `of:` with the name of a group of this rule's patterns");
        return false;
    }
    rule->command_of = of->value;
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next) {
        if (one == of)
            continue;
        struct rule_command *command = &commands[rule->command_count];
        if (!read_kind(reading, one, &command->kind))
            return false;
        command->when = strcmp(one->key, "else") == 0 ? NULL : one->key;
        rule->command_count++;
    }
    if (rule->command_count > 0)
        return true;
    yaml_problem(reading->loader->problems, node, "has no command to choose");
    return false;
}

static bool read_command(struct reading_rule *reading)
{
    struct rule *rule = reading->rule;
    const struct yaml_node *node = yaml_find(reading->node, "command");

    if (node == NULL) {
        yaml_problem(reading->loader->problems, reading->node,
                     "a rule needs `command:`, such as `command: alert`");
        return false;
    }
    struct rule_command *commands =
        ARENA_ARRAY(reading->loader->arena, struct rule_command, MAX(node->count, 1));
    rule->commands = commands;
    if (node->kind == YAML_MAPPING)
        return choose_command(reading, node, commands);
    rule->command_count = 1;
    return read_kind(reading, node, &commands[0].kind);
}

static bool is_own_key(const char *key)
{
    return strcmp(key, "name") == 0 || strcmp(key, "command") == 0 || strcmp(key, "each") == 0;
}

static bool read_key(struct reading_rule *reading, const struct yaml_node *node)
{
    enum field_kind field;
    const char *header = NULL;
    const enum command_kind command = kind_with(reading->rule, node->key);

    if (is_own_key(node->key) || field_parse(node->key, &field, &header))
        return true;
    if (command_field_is_of(command, node->key))
        return read_value(reading, node);
    yaml_problem_key(reading->loader->problems, node,
                     "`%s` is neither a field of the mail (subject, from, to, header NAME, body, "
                     "raw_body, extension, calendar) nor of the command `%s`%s%s",
                     node->key, command_kind_name(command),
                     *command_field_list(command) != '\0' ? ": " : ", which has none",
                     command_field_list(command));
    return false;
}

static void read_fields(struct reading_rule *reading)
{
    enum field_kind field;
    const char *header = NULL;

    for (const struct yaml_node *one = reading->node->first; one != NULL; one = one->next)
        if (field_parse(one->key, &field, &header))
            read_patterns(reading, one, field, header);
    const struct yaml_node *each = yaml_find(reading->node, "each");
    if (each != NULL && (reading->rule->each = each_read(reading->loader, each)) == NULL)
        reading->is_good = false;
    if (reading->is_good && reading->rule->pattern_count == 0 && each == NULL) {
        yaml_problem(reading->loader->problems, reading->node,
                     "a rule needs a pattern, such as `subject: '^ALERT'`");
        reading->is_good = false;
    }
}

bool rule_read(const struct loader *loader, const struct yaml_node *node, struct rule *rule)
{
    if (node->kind != YAML_MAPPING) {
        if (node->kind != YAML_BROKEN)
            yaml_problem(loader->problems, node, "a rule is a mapping: name, patterns, command");
        return false;
    }
    struct reading_rule reading = {
        .loader = loader,
        .node = node,
        .rule = rule,
        .patterns = ARENA_ARRAY(loader->arena, struct rule_pattern, RULE_PATTERNS),
        .values = ARENA_ARRAY(loader->arena, struct rule_value, node->count),
        .is_good = true,
    };
    const struct yaml_node *name = yaml_find(node, "name");
    *rule = (struct rule){.line = node->line, .name = "", .patterns = reading.patterns};
    rule->values = reading.values;
    if (name == NULL || !loader_is_scalar(loader, name)) {
        if (name == NULL)
            yaml_problem(loader->problems, node, "a rule needs a `name:`");
        reading.is_good = false;
    } else {
        rule->name = name->value;
    }
    read_fields(&reading);
    if (!read_command(&reading))
        return false;
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next)
        reading.is_good = read_key(&reading, one) && reading.is_good;
    rule->needs = candidates_needs(loader->arena, rule, &rule->need_count);
    return reading.is_good;
}
