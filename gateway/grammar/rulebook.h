/* gateway/grammar/rulebook.h: one grammar file: its name, its rules, its language. */
#pragma once

#include "gateway/grammar/generic.h"
#include "gateway/grammar/language.h"
#include "gateway/grammar/rule.h"

#define RULEBOOK_RULES 500

struct rulebook {
    const char *name;
    const char *about;
    const char *file;
    const struct rule *rules;
    size_t rule_count;
    const struct language *language;     /* NULL: a grammar of rules only */
    const struct generic_words *generic; /* NULL but in the grammar `generic` */
    bool is_of_monitors;                 /* its rules read what monitors write */
};

/* NULL: problems were added; so it is for a `root` that is NULL. */
const struct rulebook *rulebook_read(const struct loader *loader, const struct yaml_node *root);

/* Adds a warning for each pattern that breaks a limit on 64 KiB of hostile text, and for each command that a
 * monitor may not give. */
void rulebook_stress(const struct loader *loader, const struct rulebook *book);
