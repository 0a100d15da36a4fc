#include "gateway/config/twice.h"

#include <string.h>

struct twice {
    struct problems *problems;
    GHashTable *first; /* name in lower case -> the node that gave it */
};

struct twice *twice_open(struct problems *problems)
{
    struct twice *twice = g_new0(struct twice, 1);

    twice->problems = problems;
    twice->first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return twice;
}

void twice_close(struct twice *twice)
{
    if (twice == NULL)
        return;
    g_hash_table_unref(twice->first);
    g_free(twice);
}

void twice_add(struct twice *twice, const struct yaml_node *mapping, const char *field,
               const char *name)
{
    const struct yaml_node *node = yaml_find(mapping, field);

    if (name == NULL || node == NULL)
        return;
    char *key = g_ascii_strdown(name, -1);
    const struct yaml_node *first = g_hash_table_lookup(twice->first, key);
    if (first == NULL) {
        gpointer value = NULL;
        memcpy(&value, &node, sizeof value); /* the table knows no const */
        (void)g_hash_table_insert(twice->first, key, value);
        return;
    }
    yaml_problem(twice->problems, node, "\"%.64s\" is given already in %s:%u: give each its own",
                 name, first->file, first->line);
    g_free(key);
}
