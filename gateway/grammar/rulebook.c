#include "gateway/grammar/rulebook.h"

#include "gateway/grammar/made.h"
#include "gateway/grammar/stress.h"

#include <string.h>

static bool is_name(const char *name)
{
    if (*name == '\0' || strlen(name) > 64)
        return false;
    for (; *name != '\0'; name++)
        if (!g_ascii_islower(*name) && !g_ascii_isdigit(*name) && *name != '_' && *name != '-')
            return false;
    return true;
}

static bool read_name(const struct loader *loader, const struct yaml_node *root,
                      struct rulebook *book)
{
    const struct yaml_node *name = yaml_find(root, "grammar");

    if (name == NULL) {
        yaml_problem_key(loader->problems, root, "needs `grammar:` with the grammar's name");
        return false;
    }
    if (!loader_is_scalar(loader, name))
        return false;
    book->name = name->value;
    if (is_name(name->value))
        return true;
    yaml_problem(loader->problems, name,
                 "\"%s\" is no name of a grammar: write up to 64 of a-z, 0-9, _ and -",
                 name->value);
    return false;
}

static bool read_rules(const struct loader *loader, const struct yaml_node *node,
                       struct rulebook *book)
{
    if (node->kind != YAML_SEQUENCE || node->count > RULEBOOK_RULES) {
        yaml_problem(loader->problems, node, "must be a list of at most %d rules", RULEBOOK_RULES);
        return false;
    }
    struct rule *rules = ARENA_ARRAY(loader->arena, struct rule, node->count);
    bool is_good = true;
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next) {
        is_good = rule_read(loader, one, &rules[book->rule_count]) && is_good;
        book->rule_count++;
    }
    book->rules = rules;
    return is_good;
}

static bool read_part(const struct loader *loader, const struct yaml_node *node,
                      struct rulebook *book)
{
    if (strcmp(node->key, "grammar") == 0)
        return true;
    if (strcmp(node->key, "about") == 0) {
        book->about = node->value;
        return loader_is_scalar(loader, node);
    }
    if (strcmp(node->key, "rules") == 0)
        return read_rules(loader, node, book);
    if (strcmp(node->key, "language") == 0) {
        book->language =
            language_read(loader, node,
                          strcmp(book->name, "subscriber") == 0 ? LANGUAGE_OF_SUBSCRIBERS
                                                                : LANGUAGE_OF_OPERATORS);
        return book->language != NULL;
    }
    if (strcmp(node->key, "words") == 0 && strcmp(book->name, "generic") == 0)
        return (book->generic = generic_read(loader, node)) != NULL;
    yaml_problem_key(loader->problems, node,
                     "`%s` is no part of a grammar: there are grammar, about, rules and language; "
                     "`generic` has words",
                     node->key);
    return false;
}

/* Names that mean something to us, and no monitor. */
static bool is_ours(const char *name)
{
    static const char *const names[] = {"operator", "subscriber", "generic"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

const struct rulebook *rulebook_read(const struct loader *loader, const struct yaml_node *root)
{
    struct rulebook *book = ARENA_NEW(loader->arena, struct rulebook);

    if (root == NULL)
        return NULL;
    if (root->kind != YAML_MAPPING) {
        yaml_problem(loader->problems, root, "a grammar is a mapping: grammar, about, rules");
        return NULL;
    }
    *book = (struct rulebook){.name = "", .about = "", .file = root->file};
    bool is_good = read_name(loader, root, book);
    for (const struct yaml_node *one = root->first; one != NULL; one = one->next)
        is_good = read_part(loader, one, book) && is_good;
    if (is_good && book->rule_count == 0 && book->language == NULL && book->generic == NULL) {
        yaml_problem_key(loader->problems, root, "has no rules");
        is_good = false;
    }
    book->is_of_monitors = book->language == NULL && !is_ours(book->name);
    return is_good ? book : NULL;
}

struct stressing {
    const struct loader *loader;
    const struct rulebook *book;
    const struct rule *rule;
};

static void warn(const struct stressing *stressing, const char *what, const char *why)
{
    const struct problem place = {
        .file = stressing->book->file, .line = stressing->rule->line, .is_warning = true};

    problems_add(stressing->loader->problems, &place, "rule \"%s\": %s %s", stressing->rule->name,
                 what, why);
}

static void stress_one(const struct stressing *stressing, const struct rule_pattern *one)
{
    const char *reason = stress_pattern(one->pattern);

    if (reason != NULL)
        warn(stressing, rule_name_pattern(stressing->loader->arena, one),
             arena_format(stressing->loader->arena, "%s on hostile text", reason));
}

static void stress_each(const struct stressing *stressing, const struct rule_each *each)
{
    stress_one(stressing, &each->block);
    for (size_t i = 0; i < each->within_count; i++)
        stress_one(stressing, &each->within[i]);
    if (each->under != NULL)
        stress_one(stressing, &(struct rule_pattern){.field = each->block.field,
                                                     .header = each->block.header,
                                                     .pattern = each->under,
                                                     .source = each->under_source});
}

/* A monitor's rule may have been meant to open an incident: that is the policy's to do. */
static void judge_commands(const struct stressing *stressing)
{
    const struct rule *rule = stressing->rule;

    for (size_t i = 0; i < rule->command_count && stressing->book->is_of_monitors; i++)
        if (!made_may(GRAMMAR_MONITOR, rule->commands[i].kind))
            warn(stressing,
                 arena_format(stressing->loader->arena, "the command `%s`",
                              command_kind_name(rule->commands[i].kind)),
                 "is no monitor's to give: write alert, clear, acknowledge or ignore");
}

void rulebook_stress(const struct loader *loader, const struct rulebook *book)
{
    for (size_t i = 0; i < book->rule_count; i++) {
        const struct rule *rule = &book->rules[i];
        const struct stressing stressing = {loader, book, rule};
        for (size_t n = 0; n < rule->pattern_count; n++)
            stress_one(&stressing, &rule->patterns[n]);
        if (rule->each != NULL)
            stress_each(&stressing, rule->each);
        judge_commands(&stressing);
    }
}
