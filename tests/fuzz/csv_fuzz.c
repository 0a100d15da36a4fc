/* tests/fuzz/csv_fuzz.c: any bytes as a file of comma-separated values, read in pieces of a size that the
 * first byte chooses. Rows come in the file's order and lie within it; the pieces make no difference; what
 * is written is read again as it was, and no cell of it would be a formula. */
#include "gateway/base/csv.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
    struct text rest;
    size_t piece;
};

static bool read_piece(void *context, char *buffer, size_t size, size_t *got, GError **error)
{
    struct source *source = context;
    const struct text piece = text_first(source->rest, MIN(size, source->piece));

    (void)error;
    memcpy(buffer, piece.at, piece.size);
    source->rest = text_skip(source->rest, piece.size);
    *got = piece.size;
    return true;
}

static void write_row(const struct csv_row *row, GString *written)
{
    for (size_t i = 0; i < row->count; i++)
        if (memchr(row->cells[i].at, '\0', row->cells[i].size) != NULL)
            return;
    for (size_t i = 0; i < row->count; i++) {
        g_autofree char *cell = g_strndup(row->cells[i].at, row->cells[i].size);

        csv_write(written, cell);
    }
    g_string_append(written, "\r\n");
}

/* All that was read as one string, to compare. */
static GString *read_all(struct text bytes, size_t piece, GString *written)
{
    struct source source = {bytes, piece};
    OWN(csv) csv = csv_open(read_piece, &source);
    GString *all = g_string_new(NULL);
    struct csv_row row = {0};
    enum csv_step step;
    int64_t line = 0;

    while ((step = csv_next(csv, &row, NULL)) == CSV_ROW || step == CSV_BAD) {
        assert(row.line > line);
        line = row.line;
        g_string_append_printf(all, "%d %d:", (int)row.line, (int)step);
        for (size_t i = 0; step == CSV_ROW && i < row.count; i++) {
            g_string_append_printf(all, "%zu ", row.cells[i].size);
            g_string_append_len(all, row.cells[i].at, (gssize)row.cells[i].size);
        }
        if (step == CSV_ROW && written != NULL)
            write_row(&row, written);
    }
    return all;
}

static void check_written(const GString *written)
{
    struct source source = {text_from(written->str, written->len), 4096};
    OWN(csv) csv = csv_open(read_piece, &source);
    g_autoptr(GString) again = g_string_new(NULL);
    struct csv_row row = {0};

    while (csv_next(csv, &row, NULL) == CSV_ROW) {
        for (size_t i = 0; i < row.count; i++) {
            const struct text plain = csv_plain(row.cells[i]);
            g_autofree char *cell = g_strndup(plain.at, plain.size);

            assert(row.cells[i].size == 0 || memchr("=+-@\t\r\n", row.cells[i].at[0], 7) == NULL);
            csv_write(again, cell);
        }
        g_string_append(again, "\r\n");
    }
    assert(g_string_equal(again, written));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t piece = size > 0 ? (size_t)data[0] + 1 : 1;
    const struct text bytes = text_skip(text_from((const char *)data, size), 1);
    g_autoptr(GString) written = g_string_new(NULL);
    g_autoptr(GString) all = read_all(bytes, piece, written);
    g_autoptr(GString) whole = read_all(bytes, SIZE_MAX, NULL);

    assert(g_string_equal(all, whole));
    if (size < CSV_ROW_BYTES / 3)
        check_written(written);
    return 0;
}
