/* gateway/grammar/bouncebook.h: a table of patterns for bounces that are no reports: bounces.yaml. */
#pragma once

#include "gateway/grammar/rulebook.h"

#define BOUNCEBOOK_RULES    500
#define BOUNCEBOOK_PATTERNS 200 /* in one list */

struct bounce_pattern {
    const struct pattern *pattern;
    const char *source;
    unsigned line;
};

struct bounce_patterns {
    const struct bounce_pattern *at;
    size_t count;
};

/* What must match for a rule to be asked. */
struct bounce_condition {
    bool is_text; /* the notice; else a field of the mail */
    enum field_kind field;
    const char *header;
    struct bounce_pattern pattern;
};

/* In what a rule looks for addresses. */
enum bounce_place {
    BOUNCE_IN_NOTICE, /* the text before what is returned */
    BOUNCE_IN_ALL,
    BOUNCE_IN_SUBJECT,
    BOUNCE_IN_HEADER,
};

enum bounce_outcome {
    BOUNCE_BY_NOTICE, /* permanent, unless the notice says that it is tried again */
    BOUNCE_IS_PERMANENT,
    BOUNCE_IS_TEMPORARY,
    BOUNCE_IS_NONE, /* such a mail is no bounce */
};

struct bounce_rule {
    const char *name;
    unsigned line;
    const struct bounce_condition *conditions;
    size_t condition_count;
    enum bounce_place place;
    const char *header;             /* BOUNCE_IN_HEADER */
    struct bounce_patterns after;   /* addresses stand behind the first that matches */
    struct bounce_patterns until;   /* and before any of these */
    struct bounce_patterns address; /* each with a group `address` */
    enum bounce_outcome outcome;
    const char *status;  /* where none stands in the mail; "" */
    bool domain_of_from; /* a name alone has the domain of From */
};

struct bounce_cause {
    const char *status;
    struct bounce_patterns words;
};

struct bouncebook {
    const char *name;
    const char *about;
    const char *file;
    struct bounce_patterns returned; /* where the returned mail begins */
    struct bounce_patterns delayed;  /* words that say that it is tried again */
    struct bounce_patterns status;   /* each with a group `status` */
    struct bounce_patterns never;    /* addresses that are nobody's */
    const struct bounce_cause *causes;
    size_t cause_count;
    const struct bounce_rule *rules;
    size_t rule_count;
};

/* Is the file with this tree a table of bounces: by its name, or by a field `bounces`? */
bool bouncebook_is_one(const char *path, const struct yaml_node *root);

/* NULL: problems were added; so it is for a `root` that is NULL. */
const struct bouncebook *bouncebook_read(const struct loader *loader, const struct yaml_node *root);

/* Adds a warning for each pattern that breaks a limit on hostile text. */
void bouncebook_stress(const struct loader *loader, const struct bouncebook *book);
