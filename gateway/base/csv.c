#include "gateway/base/csv.h"

#include "gateway/base/error.h"

#include <string.h>

#define WINDOW_BYTES ((size_t)4 * CSV_ROW_BYTES)

struct csv {
    csv_read *read;
    void *context;
    char window[WINDOW_BYTES];
    size_t first; /* what was not yet read of the window: first..end-1 */
    size_t end;
    bool is_at_end;
    bool has_begun;
    char delimiter;
    int64_t line;
    char unquoted[CSV_ROW_BYTES];
    size_t unquoted_size;
    struct text cells[CSV_CELLS_MOST];
    size_t cell_count;
};

struct csv *csv_open(csv_read *read, void *context)
{
    struct csv *csv = g_new0(struct csv, 1);

    csv->read = read;
    csv->context = context;
    csv->line = 1;
    return csv;
}

void csv_close(struct csv *csv)
{
    g_free(csv);
}

/* So that a whole row lies in the window, unless it is too long or the file's last. */
static bool fill(struct csv *csv, GError **error)
{
    if (csv->end - csv->first >= CSV_ROW_BYTES || csv->is_at_end)
        return true;
    memmove(csv->window, csv->window + csv->first, csv->end - csv->first);
    csv->end -= csv->first;
    csv->first = 0;
    while (csv->end < CSV_ROW_BYTES && !csv->is_at_end) {
        size_t got = 0;

        if (!csv->read(csv->context, csv->window + csv->end, WINDOW_BYTES - csv->end, &got, error))
            return false;
        csv->end += got;
        csv->is_at_end = got == 0;
    }
    return true;
}

/* What a row may be made of. */
static struct text look(const struct csv *csv)
{
    return text_first(text_from(csv->window + csv->first, csv->end - csv->first), CSV_ROW_BYTES);
}

static bool is_last(const struct csv *csv)
{
    return csv->is_at_end && csv->end - csv->first <= CSV_ROW_BYTES;
}

/* The delimiter that the first line has most of outside quotes. */
static char find_delimiter(struct text line)
{
    static const char delimiters[] = {',', ';', '\t'};
    size_t counts[G_N_ELEMENTS(delimiters)] = {0};
    bool is_quoted = false;
    size_t best = 0;

    for (size_t i = 0; i < line.size && (is_quoted || line.at[i] != '\n'); i++) {
        is_quoted ^= line.at[i] == '"';
        for (size_t d = 0; d < G_N_ELEMENTS(delimiters) && !is_quoted; d++)
            counts[d] += line.at[i] == delimiters[d];
    }
    for (size_t d = 1; d < G_N_ELEMENTS(delimiters); d++)
        if (counts[d] > counts[best])
            best = d;
    return delimiters[best];
}

static bool begin(struct csv *csv, GError **error)
{
    const struct text start = look(csv);

    if (text_has_prefix(start, TEXT("\xff\xfe")) || text_has_prefix(start, TEXT("\xfe\xff")))
        return error_set(error, TOCSIN_ERROR_INPUT, "is in UTF-16: save it as UTF-8");
    if (text_has_prefix(start, TEXT("\xef\xbb\xbf")))
        csv->first += 3;
    csv->delimiter = find_delimiter(look(csv));
    csv->has_begun = true;
    return true;
}

enum cell_end { CELL_NEXT, CELL_ROW_ENDS, CELL_CUT, CELL_OPEN };

/* From `at` to the delimiter or the line's end; *at becomes what is behind it. */
static enum cell_end find_end(const struct csv *csv, struct text rest, size_t *at, size_t *end)
{
    size_t i = *at;

    while (i < rest.size && rest.at[i] != csv->delimiter && rest.at[i] != '\n')
        i++;
    if (i == rest.size && !is_last(csv))
        return CELL_CUT;
    *end = i;
    *at = MIN(i + 1, rest.size);
    if (i < rest.size && rest.at[i] == csv->delimiter)
        return CELL_NEXT;
    *end -= *end > 0 && rest.at[*end - 1] == '\r';
    return CELL_ROW_ENDS;
}

/* `at` is that of the opening quote; gives that of the closing one, or rest.size. */
static size_t find_quote(struct text rest, size_t at, bool *has_doubled)
{
    for (;;) {
        const ptrdiff_t found = text_find_byte(text_skip(rest, at + 1), '"');

        if (found < 0)
            return rest.size;
        at += 1 + (size_t)found;
        if (at + 1 >= rest.size || rest.at[at + 1] != '"')
            return at;
        *has_doubled = true;
        at++;
    }
}

static struct text undouble(struct csv *csv, struct text quoted)
{
    char *const start = csv->unquoted + csv->unquoted_size;
    size_t size = 0;

    for (size_t i = 0; i < quoted.size; i++) {
        start[size++] = quoted.at[i];
        i += quoted.at[i] == '"';
    }
    csv->unquoted_size += size;
    return text_from(start, size);
}

static enum cell_end read_quoted(struct csv *csv, struct text rest, size_t *at, struct text *cell)
{
    const size_t open = *at;
    bool has_doubled = false;
    const size_t close = find_quote(rest, open, &has_doubled);
    const struct text inner = text_from(rest.at + open + 1, close > open ? close - open - 1 : 0);
    size_t end = close + 1;

    if (close == rest.size)
        return CELL_OPEN;
    *at = close + 1;
    const enum cell_end found = find_end(csv, rest, at, &end);
    if (found == CELL_CUT)
        return CELL_CUT;
    if (end > close + 1 && text_find_byte(inner, '\n') >= 0)
        return CELL_OPEN; /* more likely a quote too many than a name with a newline */
    if (end > close + 1)
        *cell = text_from(rest.at + open, end - open);
    else
        *cell = has_doubled ? undouble(csv, inner) : inner;
    return found;
}

static enum cell_end read_cell(struct csv *csv, struct text rest, size_t *at, struct text *cell)
{
    const size_t start = *at;
    size_t end = start;

    if (start < rest.size && rest.at[start] == '"')
        return read_quoted(csv, rest, at, cell);
    const enum cell_end found = find_end(csv, rest, at, &end);
    if (found != CELL_CUT)
        *cell = text_from(rest.at + start, MAX(end, start) - start);
    return found;
}

static void pass(struct csv *csv, size_t size)
{
    struct text passed = text_first(look(csv), size);

    csv->first += passed.size;
    for (ptrdiff_t at = 0; (at = text_find_byte(passed, '\n')) >= 0; csv->line++)
        passed = text_skip(passed, (size_t)at + 1);
}

/* Passes over the line on which a bad row begins, however long it is. */
static bool pass_line(struct csv *csv, GError **error)
{
    for (;;) {
        const struct text rest = look(csv);
        const ptrdiff_t end = text_find_byte(rest, '\n');

        pass(csv, end >= 0 ? (size_t)end + 1 : rest.size);
        if (end >= 0 || rest.size == 0)
            return true;
        if (!fill(csv, error))
            return false;
    }
}

static enum csv_step reject(struct csv *csv, const char *why, struct csv_row *row, GError **error)
{
    row->line = csv->line;
    row->why = why;
    return pass_line(csv, error) ? CSV_BAD : CSV_FAILED;
}

static enum csv_step read_row(struct csv *csv, struct csv_row *row, GError **error)
{
    const struct text rest = look(csv);
    enum cell_end end = CELL_NEXT;
    size_t at = 0;

    csv->cell_count = 0;
    csv->unquoted_size = 0;
    while (end == CELL_NEXT) {
        if (csv->cell_count == CSV_CELLS_MOST)
            return reject(csv, "has more than 64 cells", row, error);
        end = read_cell(csv, rest, &at, &csv->cells[csv->cell_count++]);
    }
    if (end == CELL_CUT)
        return reject(csv, "is longer than 16 KiB", row, error);
    if (end == CELL_OPEN)
        return reject(csv, "has a quote that is not closed", row, error);
    row->line = csv->line;
    pass(csv, at);
    row->cells = csv->cells;
    row->count = csv->cell_count;
    return CSV_ROW;
}

enum csv_step csv_next(struct csv *csv, struct csv_row *row, GError **error)
{
    for (;;) {
        if (!fill(csv, error) || (!csv->has_begun && !begin(csv, error)))
            return CSV_FAILED;
        if (csv->first == csv->end)
            return CSV_END;
        const enum csv_step step = read_row(csv, row, error);
        if (step != CSV_ROW || row->count > 1 || row->cells[0].size > 0)
            return step;
    }
}

static bool is_dangerous(char first)
{
    return first != '\0' && strchr("=+-@\t\r\n'", first) != NULL;
}

struct text csv_plain(struct text cell)
{
    return cell.size > 1 && cell.at[0] == '\'' && is_dangerous(cell.at[1]) ? text_skip(cell, 1)
                                                                           : cell;
}

void csv_write(GString *line, const char *cell)
{
    if (line->len > 0 && line->str[line->len - 1] != '\n')
        g_string_append_c(line, ',');
    g_string_append_c(line, '"');
    if (is_dangerous(cell[0]))
        g_string_append_c(line, '\'');
    for (const char *at = cell; *at != '\0'; at++) {
        if (*at == '"')
            g_string_append_c(line, '"');
        g_string_append_c(line, *at);
    }
    g_string_append_c(line, '"');
}
