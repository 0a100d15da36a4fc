#include "gateway/grammar/each.h"
#include "gateway/grammar/groups.h"

/* How much of a field is shown where its pattern did not match. */
#define SHOWN_CHARACTERS 60

struct matching {
    const struct rule *rule;
    struct matcher *matcher;
    struct arena *arena;
    const struct grammar_request *request;
    struct groups groups;
    bool is_explained;
};

char *rule_name_pattern(struct arena *arena, const struct rule_pattern *one)
{
    return arena_format(arena, "%s%s%s '%s'", field_name(one->field),
                        one->header != NULL ? " " : "", one->header != NULL ? one->header : "",
                        text_clean_line(arena, text_of(one->source), 200));
}

static enum match match_one(struct matching *matching, const struct rule_pattern *one,
                            const char **why)
{
    struct arena *arena = matching->arena;
    const char *reason = "";
    struct text text;

    if (!field_text(arena, matching->request, one->field, one->header, &text)) {
        if (matching->is_explained)
            *why = arena_format(arena, "%s: the mail has none", rule_name_pattern(arena, one));
        return MATCH_NO;
    }
    const enum match outcome = matcher_match(matching->matcher, one->pattern, text, &reason);
    switch (outcome) {
    case MATCH_YES:
        if (groups_keep(&matching->groups, matching->matcher, one->pattern))
            break;
        *why =
            arena_format(arena, "%s: its groups hold too much text", rule_name_pattern(arena, one));
        return MATCH_FAILED;
    case MATCH_NO:
        if (matching->is_explained)
            *why = arena_format(arena, "%s does not match \"%s\"", rule_name_pattern(arena, one),
                                text_clean_line(arena, text, SHOWN_CHARACTERS));
        break;
    case MATCH_FAILED:
        *why = arena_format(arena, "%s %s", rule_name_pattern(arena, one), reason);
        break;
    }
    return outcome;
}

bool rule_is_of_alert(enum command_kind kind)
{
    return kind == COMMAND_ALERT || kind == COMMAND_CLEAR || kind == COMMAND_ACKNOWLEDGE;
}

static struct rule_match make_one(const struct matching *matching)
{
    struct rule_match made = {.outcome = MATCH_YES};
    struct grammar_alert *first = ARENA_NEW(matching->arena, struct grammar_alert);

    switch (groups_make(&matching->groups, matching->rule, first, &made.why)) {
    case GROUPS_MADE:
        break;
    case GROUPS_NO_COMMAND:
        made.outcome = MATCH_NO;
        return made;
    case GROUPS_WRONG:
        made.outcome = MATCH_FAILED;
        return made;
    }
    made.first = *first;
    made.alerts = first;
    made.alert_count = rule_is_of_alert(first->kind) ? 1 : 0;
    return made;
}

struct rule_match rule_match(const struct rule *rule, struct matcher *matcher, struct arena *arena,
                             const struct grammar_request *request, bool is_explained)
{
    size_t bytes = 0;
    struct matching matching = {rule,        matcher, arena, request, groups_new(arena, &bytes),
                                is_explained};
    struct rule_match made = {.outcome = MATCH_YES, .why = ""};

    for (size_t i = 0; i < rule->pattern_count && made.outcome == MATCH_YES; i++)
        made.outcome = match_one(&matching, &rule->patterns[i], &made.why);
    if (made.outcome != MATCH_YES)
        return made;
    if (rule->each == NULL)
        return make_one(&matching);
    return each_match(&(struct each_request){rule, matcher, arena, request, matching.groups});
}
