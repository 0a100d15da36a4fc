#include "gateway/mail/newtext.h"

#include "gateway/mail/attribution.h"
#include "gateway/mail/footer.h"
#include "gateway/mail/separator.h"

#include <string.h>

/* A line of one byte costs its row and its plain form. */
#define SCRATCH_BYTES(size) (((size_t)1 << 20) + (size)*200)

static void drop_back(const struct lines *lines, size_t last, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lines->at[last - i].is_dropped = true;
    }
}

static bool is_quoted_next(const struct lines *lines, size_t i)
{
    size_t next = lines_find_text(lines, i + 1);

    return next < lines->count && lines->at[next].is_quoted;
}

/* Drops what is quoted, and its introductions. Gives the number of lines before the point from which
 * all is quoted. */
static size_t drop_quotation(struct arena *scratch, const struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        struct line *line = &lines->at[i];
        if (line->is_fenced || line_is_blank(line)) {
            continue;
        }
        line->is_dropped = line->is_quoted;
        if (line->is_quoted) {
            continue;
        }
        if (separator_is_line(line) || separator_begins_headers(lines, i)) {
            return i;
        }
        bool is_quoted = is_quoted_next(lines, i);
        struct attribution found = attribution_find(scratch, lines, i, is_quoted);
        if (found.lines > 0 && !is_quoted) {
            return i + 1 - found.lines;
        }
        drop_back(lines, i, found.lines);
    }
    return lines->count;
}

/* What was dropped between two kept lines leaves one empty line. */
static char *write_lines(struct arena *arena, const struct lines *lines, size_t count, size_t size)
{
    g_autoptr(GString) out = g_string_sized_new(size);
    size_t blanks = 0;
    bool is_gap = false;

    for (size_t i = 0; i < count; i++) {
        const struct line *line = &lines->at[i];
        is_gap |= line->is_dropped;
        if (line->is_dropped || line_is_blank(line)) {
            blanks += !line->is_dropped;
            continue;
        }
        blanks = is_gap ? 1 : blanks;
        for (size_t k = 0; out->len > 0 && k <= blanks; k++) {
            g_string_append_c(out, '\n');
        }
        g_string_append_len(out, line->raw.at, (gssize)line->raw.size);
        blanks = 0;
        is_gap = false;
    }
    struct text whole = text_trim(text_from(out->str, out->len));
    return arena_copy(arena, whole.at, whole.size);
}

char *newtext_cut(struct arena *arena, const char *text)
{
    size_t size = strlen(text);
    OWN(arena) scratch = arena_open(SCRATCH_BYTES(size));
    struct lines lines = lines_split(scratch, text);
    size_t count = drop_quotation(scratch, &lines);

    count = footer_cut_delimited(&lines, count);
    footer_drop(&lines, count);
    return write_lines(arena, &lines, count, size);
}
