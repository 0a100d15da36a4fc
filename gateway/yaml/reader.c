#include "gateway/yaml/reader.h"

#include "gateway/yaml/value.h"

#include <assert.h>
#include <string.h>

static void *member_at(void *target, size_t at)
{
    assert(at > 0);
    return (char *)target + (at - 1);
}

/* STRINGS have pointer and count apart: both are written at once or not at all. */
static void put_array(void *target, const struct reader_field *row, const void *array, size_t count)
{
    memcpy(member_at(target, row->at), &array, sizeof array);
    memcpy(member_at(target, row->count_at), &count, sizeof count);
}

static void put_standard_strings(const struct reader *reader, const struct reader_field *row,
                                 void *target)
{
    struct text rest = text_of(row->standard);
    struct text piece = {0};
    size_t count = 0;
    const char **strings =
        ARENA_ARRAY(reader->arena, const char *, rest.size + 1); /* more than enough */

    while (text_next_piece(&rest, ',', &piece)) {
        piece = text_trim(piece);
        strings[count++] = arena_copy(reader->arena, piece.at, piece.size);
    }
    put_array(target, row, strings, count);
}

/* A default that its own row refuses is our bug. */
static void read_standard(const struct reader *reader, const struct reader_field *row, void *member)
{
    const char *why = value_read(reader->arena, row, row->standard, member);

    assert(why == NULL);
    (void)why;
}

static void put_standard(const struct reader *reader, const struct reader_field *row, void *target)
{
    struct reader_field unchecked = *row;

    unchecked.check = NULL;
    if (row->kind == READER_MAPPING)
        reader_read(reader, NULL, row->table, member_at(target, row->at));
    else if (row->standard == NULL)
        return;
    else if (row->kind == READER_STRINGS)
        put_standard_strings(reader, row, target);
    else
        read_standard(reader, &unchecked, member_at(target, row->at));
}

bool reader_read_value(const struct reader *reader, const struct yaml_node *node,
                       const struct reader_field *row, void *member)
{
    if (node->kind == YAML_BROKEN)
        return false;
    if (node->kind != YAML_SCALAR) {
        yaml_problem(reader->problems, node, "is %s where %s is expected",
                     node->kind == YAML_MAPPING ? "a mapping" : "a list", value_name(row->kind));
        return false;
    }
    if (yaml_is_null(node)) {
        yaml_problem(reader->problems, node, "has no value: give it %s, or leave it out",
                     value_name(row->kind));
        return false;
    }
    const char *why = value_read(reader->arena, row, node->value, member);
    if (why != NULL)
        yaml_problem(reader->problems, node, "%s", why);
    return why == NULL;
}

const char *const *reader_read_strings(const struct reader *reader, const struct yaml_node *node,
                                       const struct reader_field *row, size_t *count)
{
    const bool is_list = node->kind == YAML_SEQUENCE;
    const struct yaml_node *element = is_list ? node->first : node;
    const char **strings = ARENA_ARRAY(reader->arena, const char *, is_list ? node->count : 1);
    bool is_good = true;
    size_t filled = 0;

    if (yaml_is_null(node)) /* `components:` with all its elements commented out */
        element = NULL;
    for (; element != NULL; element = is_list ? element->next : NULL) {
        if (reader_read_value(reader, element, row, &strings[filled]))
            filled++;
        else
            is_good = false;
    }
    if (is_good)
        *count = filled;
    return is_good ? strings : NULL;
}

static void read_strings(const struct reader *reader, const struct yaml_node *node,
                         const struct reader_field *row, void *target)
{
    size_t count = 0;
    const char *const *strings = reader_read_strings(reader, node, row, &count);

    if (strings != NULL)
        put_array(target, row, strings, count);
}

static void judge_count(const struct reader *reader, const struct yaml_node *node,
                        const struct reader_field *row)
{
    const int64_t count = (int64_t)node->count;

    if (row->least == 0 && row->most == 0)
        return;
    if (count < row->least)
        yaml_problem(reader->problems, node, "needs at least %lld element%s", (long long)row->least,
                     row->least > 1 ? "s" : "");
    else if (count > row->most && row->most >= row->least)
        yaml_problem(reader->problems, node, "has %lld elements: %lld are the most",
                     (long long)count, (long long)row->most);
}

static void read_list(const struct reader *reader, const struct yaml_node *node,
                      const struct reader_field *row, void *target)
{
    if (!yaml_is_null(node) && node->kind != YAML_SEQUENCE) {
        yaml_problem(reader->problems, node, "is %s where a list is expected (`- name: …`)",
                     node->kind == YAML_MAPPING ? "a mapping" : "a single value");
        return;
    }
    judge_count(reader, node, row);
    char *elements = arena_alloc_array(reader->arena, node->count, row->table->size);
    size_t filled = 0;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        if (yaml_is_null(child)) /* nothing would be required of it */
            yaml_problem(reader->problems, child, "is empty: write its fields, or leave it out");
        reader_read(reader, child, row->table, elements + filled++ * row->table->size);
    }
    put_array(target, row, elements, filled);
}

static void read_field(const struct reader *reader, const struct yaml_node *node,
                       const struct reader_field *row, void *target)
{
    if (row->kind == READER_IGNORED || node->kind == YAML_BROKEN)
        return;
    if (row->kind == READER_CUSTOM)
        row->read(reader, node, member_at(target, row->at));
    else if (row->kind == READER_MAPPING)
        reader_read(reader, node, row->table, member_at(target, row->at));
    else if (row->kind == READER_LIST)
        read_list(reader, node, row, target);
    else if (row->kind == READER_STRINGS)
        read_strings(reader, node, row, target);
    else
        (void)reader_read_value(reader, node, row, member_at(target, row->at));
}

static void read_row(const struct reader *reader, const struct yaml_node *node,
                     const struct reader_field *row, void *target)
{
    const struct yaml_node *value = yaml_find(node, row->name);

    put_standard(reader, row, target);
    if (row->given_at > 0)
        *(bool *)member_at(target, row->given_at) = value != NULL;
    if (value != NULL)
        read_field(reader, value, row, target);
    else if (row->is_required && node != NULL)
        yaml_problem(reader->problems, node, "`%s` is required%s%s", row->name,
                     row->help != NULL ? ": " : "", row->help != NULL ? row->help : "");
}

static bool is_in_table(const struct reader_table *table, const char *key)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->fields[i].name, key) == 0)
            return true;
    return false;
}

static void report_unknown(const struct reader *reader, const struct yaml_node *node,
                           const struct reader_table *table)
{
    /* Not in the arena: a hostile file has tens of thousands of such keys. */
    g_autofree const char **names = g_new0(const char *, table->count + 1);
    g_autofree char *key = g_utf8_substring(node->key, 0, MIN(60, g_utf8_strlen(node->key, -1)));

    for (size_t i = 0; i < table->count; i++)
        names[i] = table->fields[i].name;
    const char *nearest = reader_find_nearest(node->key, names, table->count);
    g_autofree char *known = g_strjoinv(", ", (char **)(uintptr_t)names);
    if (nearest != NULL)
        yaml_problem_key(reader->problems, node, "unknown field `%s`: did you mean `%s`?", key,
                         nearest);
    else if (table->hint != NULL)
        yaml_problem_key(reader->problems, node, "unknown field `%s`: %s", key, table->hint);
    else
        yaml_problem_key(reader->problems, node, "unknown field `%s`: known here are %s", key,
                         known);
}

static void read_others(const struct reader *reader, const struct yaml_node *mapping,
                        const struct reader_table *table, void *target)
{
    for (const struct yaml_node *node = mapping->first; node != NULL; node = node->next) {
        if (is_in_table(table, node->key))
            continue;
        if (table->other == NULL || !table->other(reader, node, target))
            report_unknown(reader, node, table);
    }
}

void reader_read(const struct reader *reader, const struct yaml_node *node,
                 const struct reader_table *table, void *target)
{
    if (node != NULL && node->kind != YAML_MAPPING) {
        if (node->kind != YAML_BROKEN && !yaml_is_null(node))
            yaml_problem(reader->problems, node, "is %s where a mapping of fields is expected",
                         node->kind == YAML_SEQUENCE ? "a list" : "a single value");
        node = NULL;
    }
    memset(target, 0, table->size);
    if (table->node_at > 0)
        memcpy(member_at(target, table->node_at), &node, sizeof node);
    for (size_t i = 0; i < table->count; i++)
        read_row(reader, node, &table->fields[i], target);
    if (node != NULL)
        read_others(reader, node, table, target);
}

const char *reader_find_nearest(const char *word, const char *const *names, size_t count)
{
    const struct text text = text_of(word);
    const size_t most = text.size >= 6 ? 2 : 1;
    const char *nearest = NULL;
    size_t best = most + 1;

    if (text.size < 2 || text.size > 64)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const size_t distance = text_distance(text, text_of(names[i]), most);
        if (distance >= best)
            continue;
        best = distance;
        nearest = names[i];
    }
    return nearest;
}
