#include "gateway/cli/import_columns.h"

#include "gateway/base/error.h"

#include <string.h>

#define NAME_MOST 40

/* Names without spaces, hyphens, underlines and case. Where a header has several of one column the first
 * of this table is taken. */
static const struct {
    const char *name;
    size_t column;
} names[] = {
    {"address", IMPORT_ADDRESS},
    {"email", IMPORT_ADDRESS},
    {"emailaddress", IMPORT_ADDRESS},
    {"mail", IMPORT_ADDRESS},
    {"mailaddress", IMPORT_ADDRESS},
    {"subscriber", IMPORT_ADDRESS},
    {"subscriberemail", IMPORT_ADDRESS},
    {"emailadresse", IMPORT_ADDRESS},
    {"type", IMPORT_TYPE},
    {"mode", IMPORT_TYPE},
    {"subscribertype", IMPORT_TYPE},
    {"subscriptiontype", IMPORT_TYPE},
    {"kind", IMPORT_KIND},
    {"state", IMPORT_STATE},
    {"status", IMPORT_STATE},
    {"page", IMPORT_PAGE},
    {"statuspageid", IMPORT_PAGE},
    {"quarantinedat", IMPORT_QUARANTINED},
    {"quarantined", IMPORT_QUARANTINED},
    {"components", IMPORT_CHOICES + CHOICE_COMPONENTS},
    {"component", IMPORT_CHOICES + CHOICE_COMPONENTS},
    {"componentids", IMPORT_CHOICES + CHOICE_COMPONENTS},
    {"componentnames", IMPORT_CHOICES + CHOICE_COMPONENTS},
    {"subscribedcomponents", IMPORT_CHOICES + CHOICE_COMPONENTS},
    {"groups", IMPORT_CHOICES + CHOICE_GROUPS},
    {"group", IMPORT_CHOICES + CHOICE_GROUPS},
    {"severity", IMPORT_CHOICES + CHOICE_SEVERITY},
    {"kinds", IMPORT_CHOICES + CHOICE_KINDS},
    {"format", IMPORT_CHOICES + CHOICE_FORMAT},
    {"delivery", IMPORT_CHOICES + CHOICE_DELIVERY},
    {"critical", IMPORT_CHOICES + CHOICE_CRITICAL},
    {"language", IMPORT_CHOICES + CHOICE_LANGUAGE},
    {"locale", IMPORT_CHOICES + CHOICE_LANGUAGE},
    {"timezone", IMPORT_CHOICES + CHOICE_TIME_ZONE},
};

/* Known, and not needed. */
static const char *const unneeded[] = {
    "id", "createdat", "confirmedat", "name", "skipconfirmationnotification", "skipconfirmation"};

/* The types of the first column of Statuspage's template. */
static const char *const types[] = {"email", "sms", "webhook", "slack", "integrationpartner"};

static const char *simplify(struct arena *arena, struct text cell)
{
    char *const name = arena_copy(arena, cell.at, MIN(cell.size, NAME_MOST));
    size_t size = 0;

    for (size_t i = 0; name[i] != '\0'; i++)
        if (strchr(" -_.\t", name[i]) == NULL)
            name[size++] = g_ascii_tolower(name[i]);
    name[size] = '\0';
    return name;
}

static bool has(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static size_t find_name(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i].name, name) == 0)
            return i;
    return G_N_ELEMENTS(names);
}

static void read_header(struct arena *arena, const struct csv_row *row,
                        struct import_columns *columns)
{
    size_t ranks[IMPORT_COLUMN_COUNT]; /* of the name that was taken */
    const char **ignored = ARENA_ARRAY(arena, const char *, row->count);

    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++)
        ranks[i] = SIZE_MAX;
    for (size_t i = 0; i < row->count; i++) {
        const char *name = simplify(arena, row->cells[i]);
        const size_t rank = find_name(name);

        if (rank == G_N_ELEMENTS(names)) {
            if (*name != '\0' && !has(unneeded, G_N_ELEMENTS(unneeded), name))
                ignored[columns->ignored_count++] =
                    text_clean_line(arena, row->cells[i], NAME_MOST);
            continue;
        }
        if (rank < ranks[names[rank].column])
            columns->at[names[rank].column] = i;
        ranks[names[rank].column] = MIN(rank, ranks[names[rank].column]);
    }
    columns->has_header = true;
    columns->ignored = ignored;
}

static bool has_address(struct text cell)
{
    return text_find_byte(cell, '@') > 0;
}

static bool is_of_somebody(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (has_address(row->cells[i]))
            return true;
    return false;
}

static bool is_header(struct arena *arena, const struct csv_row *row)
{
    for (size_t i = 0; i < row->count && !is_of_somebody(row); i++) {
        const size_t rank = find_name(simplify(arena, row->cells[i]));

        if (rank < G_N_ELEMENTS(names) && names[rank].column == IMPORT_ADDRESS)
            return true;
    }
    return false;
}

const struct import_columns *import_columns_find(struct arena *arena, const struct csv_row *first,
                                                 GError **error)
{
    struct import_columns *columns = ARENA_NEW(arena, struct import_columns);

    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++)
        columns->at[i] = IMPORT_NOWHERE;
    if (is_header(arena, first)) {
        read_header(arena, first, columns);
        return columns;
    }
    if (has(types, G_N_ELEMENTS(types), simplify(arena, first->cells[0])) && first->count > 1) {
        columns->at[IMPORT_TYPE] = 0;
        return columns;
    }
    if (is_of_somebody(first))
        return columns;
    (void)error_set(error, TOCSIN_ERROR_INPUT,
                    "line %d: has neither an address nor a column called \"email\" or \"address\"",
                    (int)first->line);
    return NULL;
}

struct text import_columns_cell(const struct import_columns *columns, const struct csv_row *row,
                                enum import_column column)
{
    size_t at = columns->at[column];

    for (size_t i = 0; column == IMPORT_ADDRESS && !columns->has_header && i < row->count; i++)
        if (at == IMPORT_NOWHERE && has_address(row->cells[i]))
            at = i;
    return at < row->count ? text_trim(csv_plain(row->cells[at])) : TEXT("");
}
