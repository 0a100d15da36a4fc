#include "gateway/base/csv.h"

#include "gateway/base/error.h"
#include "tests/unit/unit.h"

/* A file in memory, that comes in pieces of three bytes: every border is met. */
static bool read_some(void *context, char *buffer, size_t size, size_t *got, GError **error)
{
    struct text *rest = context;

    (void)error;
    *got = MIN(MIN(rest->size, size), 3);
    memcpy(buffer, rest->at, *got);
    *rest = text_skip(*rest, *got);
    return true;
}

/* All rows as "line:[cell][cell]", a bad one as "line!why". */
static char *read_file(struct text bytes)
{
    struct text rest = bytes;
    OWN(csv) csv = csv_open(read_some, &rest);
    g_autoptr(GError) error = NULL;
    GString *rows = g_string_new(NULL);
    struct csv_row row = {0};
    enum csv_step step;

    while ((step = csv_next(csv, &row, &error)) == CSV_ROW || step == CSV_BAD) {
        g_string_append_printf(rows, "%s%d%c", rows->len > 0 ? " " : "", (int)row.line,
                               step == CSV_ROW ? ':' : '!');
        if (step == CSV_BAD)
            g_string_append(rows, row.why);
        for (size_t i = 0; step == CSV_ROW && i < row.count; i++)
            g_string_append_printf(rows, "[%.*s]", (int)row.cells[i].size, row.cells[i].at);
    }
    if (step == CSV_FAILED)
        g_string_append(rows, error->message);
    return g_string_free(rows, FALSE);
}

static const struct {
    const char *bytes;
    const char *want;
} cases[] = {
    {"", ""},
    {"a", "1:[a]"},
    {"a,b\nc,d\n", "1:[a][b] 2:[c][d]"},
    {"a,b\r\nc,d\r\n", "1:[a][b] 2:[c][d]"},
    {"\n\r\na\n\n", "3:[a]"},
    {"a,,\n,,\n", "1:[a][][] 2:[][][]"},
    {"\xef\xbb\xbf"
     "email\nx",
     "1:[email] 2:[x]"},
    {"a;b,c;d\n1;2\n", "1:[a][b,c][d] 2:[1][2]"},
    {"a\tb\n", "1:[a][b]"},
    {"\"a,b\",c\n", "1:[a,b][c]"},
    {"\"say \"\"hi\"\"\",\"\"\n", "1:[say \"hi\"][]"},
    {"\"two\nlines\",b\nc\n", "1:[two\nlines][b] 3:[c]"},
    {"\"two\r\nlines\"\r\nc", "1:[two\r\nlines] 3:[c]"},
    {"\"Doe, Jane\" <jane@example.com>\n", "1:[\"Doe, Jane\" <jane@example.com>]"},
    {"a \"b\" c,d\n", "1:[a \"b\" c][d]"},
    {"x\n\"never closed\ny\nz\n", "1:[x] 2!has a quote that is not closed 3:[y] 4:[z]"},
    {"\"a\n\"b\n", "1!has a quote that is not closed 2!has a quote that is not closed"},
    {"a\rb\n", "1:[a\rb]"},
    {"\xff\xfe"
     "e",
     "is in UTF-16: save it as UTF-8"},
};

TEST(rows_are_read_as_people_write_them)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct text bytes = unit_bytes(text_of(cases[i].bytes));
        g_autofree char *rows = read_file(bytes);

        assert_string_equal(rows, cases[i].want);
        unit_free(bytes);
    }
}

TEST(A65_what_is_too_long_costs_one_row)
{
    g_autoptr(GString) file = g_string_new("a\n");

    for (size_t i = 0; i < (size_t)3 * CSV_ROW_BYTES; i++)
        g_string_append_c(file, 'x');
    g_string_append(file, "\nb\n\"");
    for (size_t i = 0; i < CSV_ROW_BYTES; i++)
        g_string_append_c(file, 'y');
    g_string_append(file, "\nc\n");
    for (size_t i = 0; i < CSV_CELLS_MOST; i++)
        g_string_append_c(file, ',');
    g_string_append(file, "\nd\n");
    g_autofree char *rows = read_file(text_from(file->str, file->len));
    assert_string_equal(rows, "1:[a] 2!is longer than 16 KiB 3:[b]"
                              " 4!has a quote that is not closed 5:[c]"
                              " 6!has more than 64 cells 7:[d]");
}

TEST(A65_no_cell_is_written_that_would_be_a_formula_and_all_are_read_again)
{
    static const char *const cells[] = {"=1+1", "+49 1", "-x", "@y", "\tz", "\rz", "\nz",
                                        "'=1",  "''",    "'",  "a",  "",    "'b",  "a\"b"};
    OWN(arena) arena = arena_open(1 << 20);
    g_autoptr(GString) file = g_string_new(NULL);
    struct csv_row row = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        csv_write(file, cells[i]);
    g_string_append(file, "\r\n");
    struct text rest = text_from(file->str, file->len);
    OWN(csv) csv = csv_open(read_some, &rest);
    assert_int_equal(csv_next(csv, &row, NULL), CSV_ROW);
    assert_int_equal(row.count, G_N_ELEMENTS(cells));
    for (size_t i = 0; i < row.count; i++) {
        const struct text plain = csv_plain(row.cells[i]);

        assert_string_equal(arena_copy(arena, plain.at, plain.size), cells[i]);
        assert_true(row.cells[i].size == 0 || strchr("=+-@\t\r\n", row.cells[i].at[0]) == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_as_people_write_them),
        cmocka_unit_test(A65_what_is_too_long_costs_one_row),
        cmocka_unit_test(A65_no_cell_is_written_that_would_be_a_formula_and_all_are_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
