/* gateway/grammar/rule.h: one rule of a grammar: patterns over fields, and the command that they make. */
#pragma once

#include "gateway/grammar/field.h"
#include "gateway/grammar/fill.h"
#include "gateway/grammar/loader.h"

#define RULE_PATTERNS 32
#define RULE_GROUPS   64

struct rule_pattern {
    enum field_kind field;
    const char *header; /* FIELD_HEADER */
    const struct pattern *pattern;
    const char *source;
};

/* `severity: { of: state, CRITICAL: major }`: what the group holds, in any case, chooses the value;
 * `else` is for all others, who otherwise get none. */
struct rule_choice {
    const char *when; /* NULL: else */
    const struct fill *value;
};

struct rule_value {
    const char *name;        /* a field of the command */
    const struct fill *fill; /* NULL: by `of` and choices */
    const char *of;
    const struct rule_choice *choices;
    size_t choice_count;
};

struct rule {
    const char *name;
    unsigned line;
    enum command_kind command;
    const struct rule_pattern *patterns;
    size_t pattern_count;
    const struct rule_value *values;
    size_t value_count;
};

/* False: problems were added, and *rule is not to be used. */
bool rule_read(const struct loader *loader, const struct yaml_node *node, struct rule *rule);

struct rule_match {
    enum match outcome;
    const char *why; /* unless MATCH_YES: which pattern, and on what or for what reason */
    const struct grammar_value *groups; /* MATCH_YES: those that are set */
    size_t group_count;
    const struct grammar_value *values; /* MATCH_YES: the command's fields */
    size_t value_count;
};

struct rule_match rule_match(const struct rule *rule, struct matcher *matcher, struct arena *arena,
                             const struct grammar_request *request);
