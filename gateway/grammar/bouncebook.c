#include "gateway/grammar/bouncebook.h"

#include "gateway/grammar/stress.h"

#include <string.h>

#define CAUSES_MOST 100

struct shelf {
    const struct loader *loader;
    struct bouncebook *book;
    bool is_good;
};

static void refuse(struct shelf *shelf)
{
    shelf->is_good = false;
}

static struct bounce_patterns read_patterns(struct shelf *shelf, const struct yaml_node *node,
                                            const char *group)
{
    const struct loader *loader = shelf->loader;
    const size_t count = loader_count(node);
    struct bounce_pattern *patterns = ARENA_ARRAY(loader->arena, struct bounce_pattern, count);
    size_t read = 0;

    if (count > BOUNCEBOOK_PATTERNS) {
        yaml_problem(loader->problems, node, "has more than %d patterns", BOUNCEBOOK_PATTERNS);
        refuse(shelf);
        return (struct bounce_patterns){NULL, 0};
    }
    for (const struct yaml_node *one = NULL; (one = loader_next(node, one)) != NULL;) {
        const struct pattern *pattern = loader_pattern_with(loader, one, group);
        if (pattern == NULL)
            refuse(shelf);
        else
            patterns[read++] = (struct bounce_pattern){pattern, one->value, one->line};
    }
    return (struct bounce_patterns){patterns, read};
}

/* RFC 3463 section 2: "5.1.1", of class 4 or 5. */
static bool is_status(const char *value)
{
    size_t dots = 0;

    if ((*value != '4' && *value != '5') || value[1] != '.' || strlen(value) > 9)
        return false;
    for (const char *at = value + 1; *at != '\0'; at++) {
        dots += *at == '.';
        if (*at == '.' ? !g_ascii_isdigit(at[1]) : !g_ascii_isdigit(*at))
            return false;
    }
    return dots == 2;
}

static const char *read_status(struct shelf *shelf, const struct yaml_node *node)
{
    if (!loader_is_scalar(shelf->loader, node)) {
        refuse(shelf);
        return "";
    }
    if (!is_status(node->value)) {
        yaml_problem(shelf->loader->problems, node,
                     "\"%s\" is no status of a failure: write one as 5.1.1 or 4.4.7", node->value);
        refuse(shelf);
    }
    return node->value;
}

/* The index of a scalar among `names`; refused unless it is one of them. */
static size_t read_word(struct shelf *shelf, const struct yaml_node *node, const char *const *names,
                        const char *right)
{
    size_t i = 0;

    if (!loader_is_scalar(shelf->loader, node)) {
        refuse(shelf);
        return 0;
    }
    while (names[i] != NULL && strcmp(names[i], node->value) != 0)
        i++;
    if (names[i] != NULL)
        return i;
    yaml_problem(shelf->loader->problems, node, "\"%s\" is not %s", node->value, right);
    refuse(shelf);
    return 0;
}

static void read_place(struct shelf *shelf, const struct yaml_node *node, struct bounce_rule *rule)
{
    static const char *const names[] = {"notice", "all", "subject", NULL};
    enum field_kind kind = FIELD_SUBJECT;

    if (node->kind == YAML_SCALAR && field_parse(node->value, &kind, &rule->header) &&
        kind == FIELD_HEADER) {
        rule->place = BOUNCE_IN_HEADER;
        return;
    }
    rule->place =
        (enum bounce_place)read_word(shelf, node, names, "notice, all, subject or header NAME");
}

static void read_verdict(struct shelf *shelf, const struct yaml_node *node,
                         struct bounce_rule *rule)
{
    static const char *const names[] = {"permanent", "temporary", "none", NULL};
    static const enum bounce_outcome outcomes[] = {BOUNCE_IS_PERMANENT, BOUNCE_IS_TEMPORARY,
                                                   BOUNCE_IS_NONE};

    rule->outcome = outcomes[read_word(shelf, node, names, "permanent, temporary or none")];
}

static void read_domain(struct shelf *shelf, const struct yaml_node *node, struct bounce_rule *rule)
{
    static const char *const names[] = {"from", NULL};

    (void)read_word(shelf, node, names, "from, which is all that can stand here");
    rule->domain_of_from = true;
}

static void read_conditions(struct shelf *shelf, const struct yaml_node *node,
                            struct bounce_rule *rule, struct bounce_condition *conditions)
{
    struct bounce_condition condition = {.is_text = strcmp(node->key, "text") == 0};

    if (!condition.is_text && !field_parse(node->key, &condition.field, &condition.header)) {
        yaml_problem_key(shelf->loader->problems, node,
                         "`%s` is no part of a bounce's rule: there are name, subject, from, to, "
                         "header NAME, text, in, after, until, address, verdict, status and domain",
                         node->key);
        refuse(shelf);
        return;
    }
    const struct bounce_patterns patterns = read_patterns(shelf, node, NULL);
    for (size_t i = 0; i < patterns.count; i++) {
        if (rule->condition_count == RULE_PATTERNS) {
            yaml_problem(shelf->loader->problems, node, "is one pattern too many: %d are the most",
                         RULE_PATTERNS);
            refuse(shelf);
            return;
        }
        condition.pattern = patterns.at[i];
        conditions[rule->condition_count++] = condition;
    }
}

static bool read_lists(struct shelf *shelf, const struct yaml_node *node, struct bounce_rule *rule)
{
    if (strcmp(node->key, "after") == 0)
        rule->after = read_patterns(shelf, node, NULL);
    else if (strcmp(node->key, "until") == 0)
        rule->until = read_patterns(shelf, node, NULL);
    else if (strcmp(node->key, "address") == 0)
        rule->address = read_patterns(shelf, node, "address");
    else
        return false;
    return true;
}

static bool read_words(struct shelf *shelf, const struct yaml_node *node, struct bounce_rule *rule)
{
    if (strcmp(node->key, "in") == 0)
        read_place(shelf, node, rule);
    else if (strcmp(node->key, "verdict") == 0)
        read_verdict(shelf, node, rule);
    else if (strcmp(node->key, "domain") == 0)
        read_domain(shelf, node, rule);
    else if (strcmp(node->key, "status") == 0)
        rule->status = read_status(shelf, node);
    else
        return false;
    return true;
}

static void judge_rule(struct shelf *shelf, const struct yaml_node *node,
                       const struct bounce_rule *rule)
{
    const char *missing = NULL;

    if (*rule->name == '\0')
        missing = "needs a `name:`";
    else if (rule->outcome == BOUNCE_IS_NONE && rule->condition_count == 0)
        missing = "would take every mail for no bounce: it needs a pattern to match";
    else if (rule->outcome != BOUNCE_IS_NONE && rule->address.count == 0)
        missing = "needs `address:` with a pattern that has a group (?<address>...)";
    if (missing == NULL || !shelf->is_good)
        return;
    yaml_problem_key(shelf->loader->problems, node, "%s", missing);
    refuse(shelf);
}

static struct bounce_rule read_rule(struct shelf *shelf, const struct yaml_node *node)
{
    struct bounce_rule rule = {.name = "", .line = node->line, .status = ""};
    struct bounce_condition *conditions =
        ARENA_ARRAY(shelf->loader->arena, struct bounce_condition, RULE_PATTERNS);

    rule.conditions = conditions;
    if (node->kind != YAML_MAPPING) {
        yaml_problem(shelf->loader->problems, node, "a rule is a mapping: name, address, verdict");
        refuse(shelf);
        return rule;
    }
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next) {
        if (strcmp(one->key, "name") == 0) {
            rule.name = one->value;
            if (!loader_is_scalar(shelf->loader, one))
                refuse(shelf);
        } else if (!read_lists(shelf, one, &rule) && !read_words(shelf, one, &rule)) {
            read_conditions(shelf, one, &rule, conditions);
        }
    }
    judge_rule(shelf, node, &rule);
    return rule;
}

static bool is_list(struct shelf *shelf, const struct yaml_node *node, size_t most)
{
    if (node->kind == YAML_SEQUENCE && node->count <= most)
        return true;
    yaml_problem(shelf->loader->problems, node, "must be a list of at most %zu", most);
    refuse(shelf);
    return false;
}

static void read_rules(struct shelf *shelf, const struct yaml_node *node)
{
    struct bounce_rule *rules =
        ARENA_ARRAY(shelf->loader->arena, struct bounce_rule, MIN(node->count, BOUNCEBOOK_RULES));

    if (!is_list(shelf, node, BOUNCEBOOK_RULES))
        return;
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next)
        rules[shelf->book->rule_count++] = read_rule(shelf, one);
    shelf->book->rules = rules;
}

static struct bounce_cause read_cause(struct shelf *shelf, const struct yaml_node *node)
{
    struct bounce_cause cause = {.status = ""};
    const struct yaml_node *status = yaml_find(node, "status");
    const struct yaml_node *words = yaml_find(node, "words");

    if (status == NULL || words == NULL || node->count != 2) {
        yaml_problem(
            shelf->loader->problems, node,
            "a cause is a status and the words that mean it: { status: 5.1.1, words: [...] }");
        refuse(shelf);
        return cause;
    }
    cause.status = read_status(shelf, status);
    cause.words = read_patterns(shelf, words, NULL);
    return cause;
}

static void read_causes(struct shelf *shelf, const struct yaml_node *node)
{
    struct bounce_cause *causes =
        ARENA_ARRAY(shelf->loader->arena, struct bounce_cause, MIN(node->count, CAUSES_MOST));

    if (!is_list(shelf, node, CAUSES_MOST))
        return;
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next)
        causes[shelf->book->cause_count++] = read_cause(shelf, one);
    shelf->book->causes = causes;
}

static void read_text(struct shelf *shelf, const struct yaml_node *node, const char **value)
{
    if (loader_is_scalar(shelf->loader, node))
        *value = node->value;
    else
        refuse(shelf);
}

static bool read_head(struct shelf *shelf, const struct yaml_node *node)
{
    if (strcmp(node->key, "bounces") == 0)
        read_text(shelf, node, &shelf->book->name);
    else if (strcmp(node->key, "about") == 0)
        read_text(shelf, node, &shelf->book->about);
    else if (strcmp(node->key, "causes") == 0)
        read_causes(shelf, node);
    else if (strcmp(node->key, "rules") == 0)
        read_rules(shelf, node);
    else
        return false;
    return true;
}

static void read_part(struct shelf *shelf, const struct yaml_node *node)
{
    if (read_head(shelf, node))
        return;
    if (strcmp(node->key, "returned") == 0) {
        shelf->book->returned = read_patterns(shelf, node, NULL);
    } else if (strcmp(node->key, "delayed") == 0) {
        shelf->book->delayed = read_patterns(shelf, node, NULL);
    } else if (strcmp(node->key, "never") == 0) {
        shelf->book->never = read_patterns(shelf, node, NULL);
    } else if (strcmp(node->key, "status") == 0) {
        shelf->book->status = read_patterns(shelf, node, "status");
    } else {
        yaml_problem_key(shelf->loader->problems, node,
                         "`%s` is no part of a table of bounces: there are bounces, about, "
                         "returned, delayed, status, never, causes and rules",
                         node->key);
        refuse(shelf);
    }
}

bool bouncebook_is_one(const char *path, const struct yaml_node *root)
{
    g_autofree char *name = g_path_get_basename(path);

    return strcmp(name, "bounces.yaml") == 0 ||
           (root != NULL && yaml_find(root, "bounces") != NULL);
}

const struct bouncebook *bouncebook_read(const struct loader *loader, const struct yaml_node *root)
{
    struct bouncebook *book = ARENA_NEW(loader->arena, struct bouncebook);
    struct shelf shelf = {loader, book, true};

    if (root == NULL)
        return NULL;
    *book = (struct bouncebook){.name = "bounces", .about = "", .file = root->file};
    if (root->kind != YAML_MAPPING || yaml_find(root, "bounces") == NULL) {
        yaml_problem_key(loader->problems, root,
                         "a table of bounces is a mapping: bounces (its name), causes, rules");
        return NULL;
    }
    for (const struct yaml_node *one = root->first; one != NULL; one = one->next)
        read_part(&shelf, one);
    return shelf.is_good ? book : NULL;
}

static void stress_list(const struct loader *loader, const struct bouncebook *book,
                        const struct bounce_pattern *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *reason = stress_pattern(patterns[i].pattern);
        const struct problem place = {
            .file = book->file, .line = patterns[i].line, .is_warning = true};
        if (reason != NULL)
            problems_add(loader->problems, &place, "'%s' %s on hostile text", patterns[i].source,
                         reason);
    }
}

static void stress_rule(const struct loader *loader, const struct bouncebook *book,
                        const struct bounce_rule *rule)
{
    for (size_t i = 0; i < rule->condition_count; i++)
        stress_list(loader, book, &rule->conditions[i].pattern, 1);
    stress_list(loader, book, rule->after.at, rule->after.count);
    stress_list(loader, book, rule->until.at, rule->until.count);
    stress_list(loader, book, rule->address.at, rule->address.count);
}

void bouncebook_stress(const struct loader *loader, const struct bouncebook *book)
{
    const struct bounce_patterns *const lists[] = {&book->returned, &book->delayed, &book->status,
                                                   &book->never};

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        stress_list(loader, book, lists[i]->at, lists[i]->count);
    for (size_t i = 0; i < book->cause_count; i++)
        stress_list(loader, book, book->causes[i].words.at, book->causes[i].words.count);
    for (size_t i = 0; i < book->rule_count; i++)
        stress_rule(loader, book, &book->rules[i]);
}
