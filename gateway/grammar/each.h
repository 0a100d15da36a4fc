/* gateway/grammar/each.h: `each:` of a rule: one mail, several alerts (rule.h says how it is written). */
#pragma once

#include "gateway/grammar/groups.h"

/* NULL: a problem was added. */
const struct rule_each *each_read(const struct loader *loader, const struct yaml_node *node);

/* What is known of one mail while its alerts are made. */
struct each_request {
    const struct rule *rule;
    struct matcher *matcher;
    struct arena *arena;
    const struct grammar_request *request;
    struct groups groups; /* of the rule's own patterns */
};

/* The rule's own patterns have matched. */
struct rule_match each_match(const struct each_request *request);
