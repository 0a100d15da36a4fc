/* gateway/grammar/groups.h: what the groups of a rule's patterns hold, and the command that is made of them. */
#pragma once

#include "gateway/grammar/rule.h"

/* What the groups of one mail may hold together: four times all of the text that a grammar is given. */
#define GROUPS_BYTES ((size_t)256 * 1024)

struct groups {
    struct arena *arena;
    struct grammar_value *list; /* RULE_GROUPS of room */
    size_t count;
    size_t *bytes; /* that all groups of the mail hold so far */
};

struct groups groups_new(struct arena *arena, size_t *bytes);
/* A copy that more can be added to. */
struct groups groups_copy(const struct groups *groups);

/* Adds what the last match of `pattern` held; who has a name first keeps it. False: too much text. */
bool groups_keep(struct groups *groups, const struct matcher *matcher,
                 const struct pattern *pattern);

/* Adds the groups of `others` that are not there. */
void groups_add(struct groups *groups, const struct groups *others);

enum groups_made {
    GROUPS_MADE,
    GROUPS_NO_COMMAND, /* `command:` has no choice for what its group holds */
    GROUPS_WRONG,      /* a value that its field cannot have */
};

/* The command with its fields; unless GROUPS_MADE *why says what is missing or wrong. */
enum groups_made groups_make(const struct groups *groups, const struct rule *rule,
                             struct grammar_alert *made, const char **why);
