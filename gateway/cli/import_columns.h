/* gateway/cli/import_columns.h: what the columns of a list of subscribers are.
 *
 * Known are our own export, Statuspage's (export, and the template of its import, which has the type of a
 * subscriber in the first column), Mailman's member lists (no header; an address a line, or a name with
 * the address in angle brackets), and tables of anybody that name a column of addresses: in any order, case
 * and spelling ("E-Mail", "email_address"). Pure. */
#pragma once

#include "gateway/base/csv.h"
#include "gateway/cli/choices.h"

enum import_column {
    IMPORT_ADDRESS,
    IMPORT_TYPE, /* "email", "sms", "webhook" … */
    IMPORT_KIND, /* "person", "list" */
    IMPORT_STATE,
    IMPORT_PAGE,
    IMPORT_QUARANTINED, /* since when another system sends nothing there */
    IMPORT_CHOICES,     /* and enum choice from here on */
};
#define IMPORT_COLUMN_COUNT (IMPORT_CHOICES + CHOICE_COUNT)
#define IMPORT_NOWHERE      SIZE_MAX

struct import_columns {
    bool has_header;                /* the first row is none of a subscriber */
    size_t at[IMPORT_COLUMN_COUNT]; /* IMPORT_NOWHERE; of an address: the first cell with an @ */
    const char *const *ignored;     /* what the header names and we do not know */
    size_t ignored_count;
};

/* NULL: `error` (INPUT) says why the file's first row cannot be understood. Lives in `arena`. */
const struct import_columns *import_columns_find(struct arena *arena, const struct csv_row *first,
                                                 GError **error);

/* The row's cell of that column, trimmed and as it was before it was exported; empty where it has none. */
struct text import_columns_cell(const struct import_columns *columns, const struct csv_row *row,
                                enum import_column column);
