#include "gateway/config/monitor_words.h"

#include "gateway/grammar/fill.h"

#include <string.h>

/* Places of one template, taken apart. */
#define TEMPLATE_BYTES ((size_t)1024 * 1024)

static void add_word(GArray *words, enum monitor_word_kind kind, const struct yaml_node *node,
                     const char *grammar)
{
    const struct monitor_word word = {kind, node, grammar == NULL ? "" : grammar};

    if (node != NULL && node->kind == YAML_SCALAR && !yaml_is_null(node))
        g_array_append_val(words, word);
}

static void add_forwards(GArray *words, const struct yaml_node *mapping,
                         const struct monitor_settings *monitors)
{
    const struct yaml_node *list = yaml_find(mapping, "forwards_for");
    const bool is_list = list != NULL && list->kind == YAML_SEQUENCE;

    for (const struct yaml_node *one = is_list ? list->first : list; one != NULL;
         one = is_list ? one->next : NULL)
        if (monitor_settings_find(monitors, one->value) == NULL)
            add_word(words, MONITOR_WORD_FORWARD, one, NULL);
}

static void add_monitor(GArray *words, const struct monitor_setting *monitor)
{
    static const char *const templates[] = {"title", "update", "resolved"};
    const struct yaml_node *match = yaml_find(monitor->node, "match");
    const struct yaml_node *policy = yaml_find(monitor->node, "alert_policy");

    add_word(words, MONITOR_WORD_GRAMMAR, yaml_find(monitor->node, "grammar"), NULL);
    for (const struct yaml_node *one = match == NULL ? NULL : match->first; one != NULL;
         one = one->next)
        add_word(words, MONITOR_WORD_GROUP, one, monitor->grammar);
    for (size_t i = 0; i < G_N_ELEMENTS(templates); i++)
        add_word(words, MONITOR_WORD_TEMPLATE, yaml_find(policy, templates[i]), monitor->grammar);
}

const struct monitor_words *monitor_words_list(struct arena *arena,
                                               const struct monitor_settings *monitors,
                                               const struct operator_settings *operators)
{
    g_autoptr(GArray) words = g_array_new(FALSE, FALSE, sizeof(struct monitor_word));
    struct monitor_words *list = ARENA_NEW(arena, struct monitor_words);

    for (size_t i = 0; i < monitors->count; i++) {
        add_monitor(words, &monitors->at[i]);
        add_forwards(words, monitors->at[i].node, monitors);
    }
    for (size_t i = 0; i < operators->count; i++)
        add_forwards(words, operators->at[i].node, monitors);
    const size_t bytes = words->len * sizeof(struct monitor_word);
    *list = (struct monitor_words){
        (const struct monitor_word *)(const void *)arena_copy(arena, words->data, bytes),
        words->len};
    return list;
}

/* " of grammar nagios" */
static const char *of_grammar(const char *grammar)
{
    return *grammar == '\0' ? "any grammar of monitors" : grammar;
}

static void check_template(const struct monitor_word *word, const struct grammars *grammars,
                           struct problems *problems)
{
    OWN(arena) arena = arena_open(TEMPLATE_BYTES);
    const struct fill *fill = fill_parse(arena, word->node->value, NULL);

    /* One that is wrong has had its sentence. */
    for (size_t i = 0; fill != NULL && i < fill->count; i++)
        if (fill->pieces[i].literal == NULL &&
            !grammars_have_place(grammars, word->grammar, fill->pieces[i].group))
            yaml_problem(problems, word->node,
                         "{{%s}} is neither monitor, component or severity, nor a field of alerts, "
                         "nor a group of %.64s",
                         fill->pieces[i].group, of_grammar(word->grammar));
}

static void check_group(const struct monitor_word *word, const struct grammars *grammars,
                        struct problems *problems)
{
    if (!grammars_have_group(grammars, word->grammar, word->node->key))
        yaml_problem_key(problems, word->node, "no rule of %.64s has a group `%.64s`",
                         of_grammar(word->grammar), word->node->key);
}

static void check_grammar(const struct monitor_word *word, const struct grammars *grammars,
                          struct problems *problems)
{
    if (!grammars_have(grammars, word->node->value))
        yaml_problem(problems, word->node,
                     "there is no grammar \"%.64s\"%s: the name stands in its file after "
                     "`grammar:`",
                     word->node->value,
                     word->kind == MONITOR_WORD_GRAMMAR ? "" : " and no monitor of that name");
}

void monitor_words_check(const struct monitor_words *words, const struct grammars *grammars,
                         struct problems *problems)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct monitor_word *word = &words->at[i];
        switch (word->kind) {
        case MONITOR_WORD_GRAMMAR:
        case MONITOR_WORD_FORWARD:
            check_grammar(word, grammars, problems);
            break;
        case MONITOR_WORD_GROUP:
            check_group(word, grammars, problems);
            break;
        case MONITOR_WORD_TEMPLATE:
            check_template(word, grammars, problems);
            break;
        }
    }
}
