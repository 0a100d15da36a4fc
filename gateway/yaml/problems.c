#include "gateway/yaml/problems.h"

#include <glib.h>
#include <stdarg.h>
#include <string.h>

/* Enough to work on for a day; a hostile file could make a hundred thousand. */
#define MOST_KEPT 200

struct kept {
    struct problem problem;
    size_t file_order;
    size_t order;
};

struct problems {
    struct arena *arena;
    struct kept kept[2 * MOST_KEPT];
    const struct problem *sorted[2 * MOST_KEPT];
    size_t kept_count;
    size_t counts[2]; /* by is_warning */
};

struct problems *problems_new(struct arena *arena)
{
    struct problems *problems = ARENA_NEW(arena, struct problems);

    problems->arena = arena;
    return problems;
}

static size_t order_of_file(const struct problems *problems, const char *file)
{
    for (size_t i = 0; i < problems->kept_count; i++)
        if (strcmp(problems->kept[i].problem.file, file) == 0)
            return problems->kept[i].file_order;
    return problems->kept_count;
}

static char *format_text(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static char *format_text(struct arena *arena, const char *format, va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);

    return arena_string(arena, text);
}

void problems_add(struct problems *problems, const struct problem *place, const char *format, ...)
{
    if (problems->counts[place->is_warning]++ >= MOST_KEPT)
        return;

    struct arena *arena = problems->arena;
    struct kept *kept = &problems->kept[problems->kept_count];
    va_list arguments;

    kept->problem = *place;
    kept->problem.file = arena_string(arena, place->file);
    kept->problem.field = arena_string(arena, place->field != NULL ? place->field : "");
    va_start(arguments, format);
    kept->problem.text = format_text(arena, format, arguments);
    va_end(arguments);
    kept->file_order = order_of_file(problems, place->file);
    kept->order = problems->kept_count++;
}

size_t problems_count_errors(const struct problems *problems)
{
    return problems->counts[false];
}

size_t problems_count_warnings(const struct problems *problems)
{
    return problems->counts[true];
}

static int compare_sizes(size_t one, size_t other)
{
    return (one > other) - (one < other);
}

static int compare_kept(const void *one_kept, const void *other_kept)
{
    const struct kept *one = one_kept;
    const struct kept *other = other_kept;

    if (one->file_order != other->file_order)
        return compare_sizes(one->file_order, other->file_order);
    if (one->problem.line != other->problem.line)
        return compare_sizes(one->problem.line, other->problem.line);
    if (one->problem.column != other->problem.column)
        return compare_sizes(one->problem.column, other->problem.column);
    return compare_sizes(one->order, other->order);
}

const struct problem *const *problems_list(struct problems *problems, size_t *count)
{
    qsort(problems->kept, problems->kept_count, sizeof(struct kept), compare_kept);
    for (size_t i = 0; i < problems->kept_count; i++)
        problems->sorted[i] = &problems->kept[i].problem;
    *count = problems->kept_count;
    return problems->sorted;
}

static void write_one(GString *line, const struct problem *problem)
{
    g_string_append(line, problem->file);
    if (problem->line > 0)
        g_string_append_printf(line, ":%u", problem->line);
    if (problem->line > 0 && problem->column > 0)
        g_string_append_printf(line, ":%u", problem->column);
    g_string_append(line, ": ");
    if (problem->is_warning)
        g_string_append(line, "warning: ");
    if (problem->field[0] != '\0')
        g_string_append_printf(line, "%s: ", problem->field);
    g_string_append(line, problem->text);
}

char *problems_write_one(struct arena *arena, const struct problem *problem)
{
    g_autoptr(GString) line = g_string_new(NULL);

    write_one(line, problem);
    return arena_copy(arena, line->str, line->len);
}

char *problems_write(struct problems *problems, struct arena *arena)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    size_t count = 0;
    const struct problem *const *list = problems_list(problems, &count);

    for (size_t i = 0; i < count; i++) {
        write_one(lines, list[i]);
        g_string_append_c(lines, '\n');
    }
    const size_t all = problems->counts[false] + problems->counts[true];
    if (all > count)
        g_string_append_printf(lines, "and %zu more\n", all - count);
    return arena_copy(arena, lines->str, lines->len);
}
