/* gateway/grammar/rule.h: one rule of a grammar: patterns over fields, and the command that they make. */
#pragma once

#include "gateway/grammar/candidates.h"
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
    const char *name;        /* a field of the command; `key` and `title` are made one line */
    const struct fill *fill; /* NULL: by `of` and choices */
    const char *of;
    const struct rule_choice *choices;
    size_t choice_count;
};

/* `command: alert`, or `command: { of: state, firing: alert, resolved: clear }`: chosen as a value is. */
struct rule_command {
    const char *when; /* NULL: else */
    enum command_kind kind;
};

/* Several alerts in one mail:
 *
 *     each:
 *       raw_body: '^Labels\n(?:(?!\w+$).+\n)+'       one field, one pattern: each of its matches is an alert
 *       under: '^\[\d+\] (?<state>Firing|Resolved)$'  the last match of this before it gives its groups too
 *       within:                                       and all of these must match in the text of that match
 *         - '^alertname = (?<alert>.+)$'
 *         - '^severity = (?<severity>\w+)$|\z'
 *     command: { of: state, Firing: alert, Resolved: clear }
 *     key: '{{alert}}'
 *
 * `under` and `within` may be left out. Patterns look for text as the rule's others do: `^` and `$` at every
 * line, and in `within` \A and \z are the ends of the match. A group is looked for in the rule's own
 * patterns first, then `under`, then the match, then `within`: whoever has it first. A match for which
 * `within` or `command` has nothing, or whose command is `ignore`, is passed over; a rule of whose matches
 * none is left did not match, unless all were to be ignored. Commands are alert, clear, acknowledge and
 * ignore. RULE_ALERTS of a mail are taken, no more. */
#define RULE_ALERTS 200

struct rule_each {
    struct rule_pattern block;
    const struct pattern *under; /* NULL: none */
    const char *under_source;
    const struct rule_pattern *within;
    size_t within_count;
};

struct rule {
    const char *name;
    unsigned line;
    const struct rule_command *commands; /* one without `command_of`, else those to choose from */
    size_t command_count;
    const char *command_of; /* a group; NULL: there is nothing to choose */
    const struct rule_pattern *patterns;
    size_t pattern_count;
    const struct rule_value *values;
    size_t value_count;
    const struct rule_each *each; /* NULL: the mail is of one thing */
    const struct rule_need *needs;
    size_t need_count;
};

/* Has one of its patterns, those of `each:` among them, a group of that name? */
bool rule_has_group(const struct rule *rule, const char *name);

/* alert, clear or acknowledge. */
bool rule_is_of_alert(enum command_kind kind);

/* "header X-State '^(?<state>.+)$'", for sentences. */
char *rule_name_pattern(struct arena *arena, const struct rule_pattern *one);

/* False: problems were added, and *rule is not to be used. */
bool rule_read(const struct loader *loader, const struct yaml_node *node, struct rule *rule);

/* With MATCH_YES `first` is what the command, its fields and the groups that are set are; of `each:` those of the
 * first alert. `alerts` are none for a command that is of no alert. */
struct rule_match {
    enum match outcome;
    const char
        *why; /* unless MATCH_YES: which pattern, and on what or for what reason; with it: what was
                          left out of an `each:`, or NULL */
    struct grammar_alert first;
    const struct grammar_alert *alerts;
    size_t alert_count;
};

/* `is_explained`: somebody reads `why` of MATCH_NO, which is "" otherwise. */
struct rule_match rule_match(const struct rule *rule, struct matcher *matcher, struct arena *arena,
                             const struct grammar_request *request, bool is_explained);
