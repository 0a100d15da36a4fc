#include "gateway/grammar/groups.h"

#include "gateway/grammar/command_fields.h"

#include <string.h>

struct groups groups_new(struct arena *arena, size_t *bytes)
{
    return (struct groups){arena, ARENA_ARRAY(arena, struct grammar_value, RULE_GROUPS), 0, bytes};
}

struct groups groups_copy(const struct groups *groups)
{
    struct groups copy = groups_new(groups->arena, groups->bytes);

    memcpy(copy.list, groups->list, groups->count * sizeof *groups->list);
    copy.count = groups->count;
    return copy;
}

static bool is_known(const struct groups *groups, const char *name)
{
    return grammar_value_find(groups->list, groups->count, name) != NULL;
}

bool groups_keep(struct groups *groups, const struct matcher *matcher,
                 const struct pattern *pattern)
{
    for (size_t i = 0; i < pattern_count_names(pattern); i++) {
        const char *name = pattern_name(pattern, i);
        const struct text held = matcher_group(matcher, pattern, name);
        if (held.at == NULL || groups->count == RULE_GROUPS || is_known(groups, name))
            continue;
        *groups->bytes += held.size;
        if (*groups->bytes > GROUPS_BYTES)
            return false;
        groups->list[groups->count++] = (struct grammar_value){
            arena_string(groups->arena, name), arena_copy(groups->arena, held.at, held.size)};
    }
    return true;
}

void groups_add(struct groups *groups, const struct groups *others)
{
    for (size_t i = 0; i < others->count && groups->count < RULE_GROUPS; i++)
        if (!is_known(groups, others->list[i].name))
            groups->list[groups->count++] = others->list[i];
}

static bool holds(const struct groups *groups, const char *group, const char *value)
{
    const char *held = grammar_value_find(groups->list, groups->count, group);

    return held != NULL && text_is_equal_any_case(text_of(value), text_trim(text_of(held)));
}

static const struct fill *choose_fill(const struct groups *groups, const struct rule_value *value)
{
    const struct fill *otherwise = value->fill; /* without choices */

    for (size_t i = 0; i < value->choice_count; i++) {
        const struct rule_choice *choice = &value->choices[i];
        if (choice->when == NULL)
            otherwise = choice->value;
        else if (holds(groups, value->of, choice->when))
            return choice->value;
    }
    return otherwise;
}

/* NULL: there is none for what the group holds. */
static const struct rule_command *choose_command(const struct groups *groups,
                                                 const struct rule *rule)
{
    const struct rule_command *otherwise = NULL;

    for (size_t i = 0; i < rule->command_count; i++) {
        const struct rule_command *command = &rule->commands[i];
        if (command->when == NULL)
            otherwise = command;
        else if (holds(groups, rule->command_of, command->when))
            return command;
    }
    return otherwise;
}

/* A key and a title are one line: a key is often made of lines, the labels of an alert. */
static const char *write_value(const struct groups *groups, const char *name,
                               const struct fill *fill)
{
    char *text = fill_write(groups->arena, fill, groups->list, groups->count);

    if (strcmp(name, "key") != 0 && strcmp(name, "title") != 0)
        return text;
    return text_clean_line(groups->arena, text_of(text), SIZE_MAX);
}

/* False: the field cannot have it; *why says so. */
static bool make_value(const struct groups *groups, const struct rule_value *value,
                       const struct fill *fill, struct grammar_alert *made,
                       struct grammar_value *into, const char **why)
{
    const char *text = write_value(groups, value->name, fill);
    const char *right = command_field_judge(made->kind, value->name, text);

    if (right != NULL) {
        *why = arena_format(groups->arena, "%s: \"%s\" is not %s", value->name,
                            text_clean_line(groups->arena, text_of(text), 60), right);
        return false;
    }
    *into = (struct grammar_value){arena_string(groups->arena, value->name), text};
    made->value_count++;
    return true;
}

enum groups_made groups_make(const struct groups *groups, const struct rule *rule,
                             struct grammar_alert *made, const char **why)
{
    const struct rule_command *command = choose_command(groups, rule);
    struct grammar_value *values =
        ARENA_ARRAY(groups->arena, struct grammar_value, rule->value_count);

    if (command == NULL) {
        const char *held = grammar_value_find(groups->list, groups->count, rule->command_of);
        *why = arena_format(groups->arena, "`command:` has nothing for {{%s}} that is \"%s\"",
                            rule->command_of,
                            text_clean_line(groups->arena, text_of(held != NULL ? held : ""), 60));
        return GROUPS_NO_COMMAND;
    }
    *made = (struct grammar_alert){.kind = command->kind,
                                   .values = values,
                                   .groups = groups->list,
                                   .group_count = groups->count};
    for (size_t i = 0; i < rule->value_count; i++) {
        const struct rule_value *value = &rule->values[i];
        const struct fill *fill = choose_fill(groups, value);
        if (fill != NULL && command_field_is_of(made->kind, value->name) &&
            !make_value(groups, value, fill, made, &values[made->value_count], why))
            return GROUPS_WRONG;
    }
    return GROUPS_MADE;
}
