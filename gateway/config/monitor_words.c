#include "gateway/config/monitor_words.h"

#include <string.h>

/* Words of its own, in code: every installation has it. */
#define GENERIC "generic"

static void add_node(GPtrArray *nodes, const struct yaml_node *node)
{
    if (node != NULL && node->kind == YAML_SCALAR && !yaml_is_null(node))
        g_ptr_array_add(nodes, (gpointer)(uintptr_t)node);
}

static void add_forwards(GPtrArray *nodes, const struct yaml_node *mapping,
                         const struct monitor_settings *monitors)
{
    const struct yaml_node *list = yaml_find(mapping, "forwards_for");
    const bool is_list = list != NULL && list->kind == YAML_SEQUENCE;

    for (const struct yaml_node *one = is_list ? list->first : list; one != NULL;
         one = is_list ? one->next : NULL)
        if (monitor_settings_find(monitors, one->value) == NULL)
            add_node(nodes, one);
}

struct monitor_words monitor_words_list(struct arena *arena,
                                        const struct monitor_settings *monitors,
                                        const struct operator_settings *operators)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();

    for (size_t i = 0; i < monitors->count; i++) {
        add_node(nodes, yaml_find(monitors->at[i].node, "grammar"));
        add_forwards(nodes, monitors->at[i].node, monitors);
    }
    for (size_t i = 0; i < operators->count; i++)
        add_forwards(nodes, operators->at[i].node, monitors);
    const struct yaml_node **kept = ARENA_ARRAY(arena, const struct yaml_node *, nodes->len);
    for (guint i = 0; i < nodes->len; i++)
        kept[i] = g_ptr_array_index(nodes, i);
    return (struct monitor_words){kept, nodes->len};
}

void monitor_words_check(const struct monitor_words *words, const struct grammars *grammars,
                         struct problems *problems)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct yaml_node *node = words->nodes[i];
        if (strcmp(node->value, GENERIC) == 0 || grammars_have(grammars, node->value))
            continue;
        const bool is_grammar = node->key != NULL && strcmp(node->key, "grammar") == 0;
        yaml_problem(problems, node,
                     "there is no grammar \"%.64s\"%s: the name stands in its file after "
                     "`grammar:`",
                     node->value, is_grammar ? "" : " and no monitor of that name");
    }
}
