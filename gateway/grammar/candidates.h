/* gateway/grammar/candidates.h: which rules may match a mail, found out without their patterns.
 *
 * A rule *needs* the headers that its patterns look at, and the literals of its patterns (literal.h). Thirty
 * grammars of products have some two hundred rules; of a mail nearly all are refused by a look at its subject
 * or at the names of its headers. */
#pragma once

#include "gateway/grammar/field.h"
#include "gateway/grammar/literal.h"

struct rule;

struct rule_need {
    enum field_kind field;
    const char *header; /* FIELD_HEADER: it is there */
    unsigned hash;      /* of its name */
    struct literal literal;
};

/* What `rule` needs, what is cheap to look for first. */
const struct rule_need *candidates_needs(struct arena *arena, const struct rule *rule,
                                         size_t *count);

/* One mail. */
struct candidates {
    const struct grammar_request *request;
    uint64_t headers; /* a bit for each hash that one of its headers has */
    struct arena *arena;
    const char *lower[FIELD_KIND_COUNT]; /* in lower case, once it was needed */
};

void candidates_open(struct candidates *candidates, struct arena *arena,
                     const struct grammar_request *request);

/* False: the rule cannot match. */
bool candidates_may_match(struct candidates *candidates, const struct rule *rule);
