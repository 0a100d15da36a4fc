/* gateway/base/csv.h: comma-separated values, a row at a time, in constant memory.
 *
 * Read is RFC 4180 and what people's programs make of it: LF or CRLF; comma, semicolon or tab, whichever
 * the first line has most of; a byte order mark of UTF-8 before it; quoted cells with delimiters, line
 * ends and doubled quotes in them; text behind a closing quote ("Doe, Jane" <jane@example.com>) makes
 * the cell what stands there, quotes included. Empty lines are passed over. A row of more than
 * CSV_ROW_BYTES or CSV_CELLS_MOST cells is bad, and so is one whose quote is not closed within them; the
 * reading goes on with the next line of the file, so that one quote too many costs one row. Cells are
 * bytes: nothing is known of what is in them.
 *
 * A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab, CR or LF) is written
 * with an apostrophe before it, and so is one that begins with an apostrophe; csv_plain() takes it away
 * again, so that what was written is what is read (security A65). */
#pragma once

#include "gateway/base/own.h"
#include "gateway/base/text.h"

#define CSV_ROW_BYTES  16384
#define CSV_CELLS_MOST 64

/* Reads at most `size` bytes into `buffer`: *got of them, 0 at the end. */
typedef bool csv_read(void *context, char *buffer, size_t size, size_t *got, GError **error);

struct csv;

struct csv *csv_open(csv_read *read, void *context);
void csv_close(struct csv *csv);
OWN_DEFINE(csv);

struct csv_row {
    const struct text *cells; /* valid until the next call */
    size_t count;             /* 1 or more */
    int64_t line;             /* on which it begins; the first is 1 */
    const char *why;          /* of a bad row */
};

enum csv_step {
    CSV_ROW,
    CSV_BAD, /* `line` and `why` are set */
    CSV_END,
    CSV_FAILED, /* `error`: reading failed, or (INPUT) the file is in UTF-16 */
};

enum csv_step csv_next(struct csv *csv, struct csv_row *row, GError **error);

/* The cell as it was before it was written: without the apostrophe, if it begins with one and a character
 * that is written with it. */
struct text csv_plain(struct text cell);

/* Appends the cell, quoted, and a comma before it unless `line` is empty or ends with a newline. */
void csv_write(GString *line, const char *cell);
