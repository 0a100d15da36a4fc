#include "gateway/grammar/rule.h"

#include "gateway/grammar/command_fields.h"

#include <string.h>

/* How much of a field is shown where its pattern did not match. */
#define SHOWN_CHARACTERS 60

/* What the groups of one rule may hold together: four times all of the text that a grammar is given. */
#define GROUPS_BYTES ((size_t)256 * 1024)

struct matching {
    const struct rule *rule;
    struct matcher *matcher;
    struct arena *arena;
    const struct grammar_request *request;
    struct grammar_value *groups;
    size_t group_count;
    size_t group_bytes;
};

static char *name_pattern(struct arena *arena, const struct rule_pattern *one)
{
    return arena_format(arena, "%s%s%s '%s'", field_name(one->field),
                        one->header != NULL ? " " : "", one->header != NULL ? one->header : "",
                        text_clean_line(arena, text_of(one->source), 200));
}

/* The first pattern in which a group takes part is the one that counts. False: too much. */
static bool keep_groups(struct matching *matching, const struct pattern *pattern)
{
    for (size_t i = 0; i < pattern_count_names(pattern); i++) {
        const char *name = pattern_name(pattern, i);
        const struct text held = matcher_group(matching->matcher, pattern, name);
        if (held.at == NULL || matching->group_count == RULE_GROUPS ||
            grammar_value_find(matching->groups, matching->group_count, name) != NULL)
            continue;
        matching->group_bytes += held.size;
        if (matching->group_bytes > GROUPS_BYTES)
            return false;
        matching->groups[matching->group_count++] = (struct grammar_value){
            arena_string(matching->arena, name), arena_copy(matching->arena, held.at, held.size)};
    }
    return true;
}

static enum match match_one(struct matching *matching, const struct rule_pattern *one,
                            const char **why)
{
    struct arena *arena = matching->arena;
    const char *reason = "";
    struct text text;

    if (!field_text(arena, matching->request, one->field, one->header, &text)) {
        *why = arena_format(arena, "%s: the mail has none", name_pattern(arena, one));
        return MATCH_NO;
    }
    const enum match outcome = matcher_match(matching->matcher, one->pattern, text, &reason);
    switch (outcome) {
    case MATCH_YES:
        if (keep_groups(matching, one->pattern))
            break;
        *why = arena_format(arena, "%s: its groups hold too much text", name_pattern(arena, one));
        return MATCH_FAILED;
    case MATCH_NO:
        *why = arena_format(arena, "%s does not match \"%s\"", name_pattern(arena, one),
                            text_clean_line(arena, text, SHOWN_CHARACTERS));
        break;
    case MATCH_FAILED:
        *why = arena_format(arena, "%s %s", name_pattern(arena, one), reason);
        break;
    }
    return outcome;
}

static const struct fill *choose(const struct matching *matching, const struct rule_value *value)
{
    if (value->fill != NULL)
        return value->fill;
    const char *held = grammar_value_find(matching->groups, matching->group_count, value->of);
    const struct fill *otherwise = NULL;
    for (size_t i = 0; i < value->choice_count; i++) {
        const struct rule_choice *choice = &value->choices[i];
        if (choice->when == NULL)
            otherwise = choice->value;
        else if (held != NULL && text_is_equal_any_case(text_of(choice->when), text_of(held)))
            return choice->value;
    }
    return otherwise;
}

/* False: a value that its field cannot have; *why says so. */
static bool make_values(struct matching *matching, struct rule_match *made)
{
    const struct rule *rule = matching->rule;
    struct grammar_value *values =
        ARENA_ARRAY(matching->arena, struct grammar_value, rule->value_count);

    made->values = values;
    for (size_t i = 0; i < rule->value_count; i++) {
        const struct fill *fill = choose(matching, &rule->values[i]);
        if (fill == NULL)
            continue;
        const char *name = rule->values[i].name;
        const char *value =
            fill_write(matching->arena, fill, matching->groups, matching->group_count);
        const char *right = command_field_judge(rule->command, name, value);
        if (right != NULL) {
            made->why = arena_format(matching->arena, "%s: \"%s\" is not %s", name,
                                     text_clean_line(matching->arena, text_of(value), 60), right);
            return false;
        }
        values[made->value_count++] =
            (struct grammar_value){arena_string(matching->arena, name), value};
    }
    return true;
}

struct rule_match rule_match(const struct rule *rule, struct matcher *matcher, struct arena *arena,
                             const struct grammar_request *request)
{
    struct matching matching = {
        rule, matcher, arena, request, ARENA_ARRAY(arena, struct grammar_value, RULE_GROUPS), 0, 0};
    struct rule_match made = {.outcome = MATCH_YES};

    for (size_t i = 0; i < rule->pattern_count && made.outcome == MATCH_YES; i++)
        made.outcome = match_one(&matching, &rule->patterns[i], &made.why);
    if (made.outcome == MATCH_YES && !make_values(&matching, &made))
        made.outcome = MATCH_FAILED;
    if (made.outcome != MATCH_YES)
        return made;
    made.groups = matching.groups;
    made.group_count = matching.group_count;
    return made;
}
