#include "gateway/mail/forward_inline.h"

#include "gateway/mail/attribution.h"
#include "gateway/mail/newtext.h"
#include "gateway/mail/separator.h"

#include <string.h>

/* Who passes on a mail writes less above it. */
#define SHEET_LINES 500
/* A line of one byte costs its row and its plain form; 40 lines are read again for each that begins a
 * block, and four for each that ends an attribution. */
#define SCRATCH_BYTES(size) (((size_t)4 << 20) + (size)*600)

/* The first lines of a text, one level of quotation taken off. */
struct sheet {
    struct arena *scratch;
    const char *text;
    struct lines lines;
    bool is_quoted[SHEET_LINES];
    size_t starts[SHEET_LINES + 1]; /* where each begins in `text`, and where the last ends */
    size_t count;
};

struct place {
    size_t begin; /* the first line that is no more the forwarder's */
    size_t first; /* of the block */
    struct forward_block block;
};

/* ">:" is the end of a wrapped address. */
static bool is_quoted(struct text line)
{
    struct text trimmed = text_trim(line);

    return text_has_prefix(trimmed, TEXT(">")) && !text_has_prefix(trimmed, TEXT(">:"));
}

static struct text unquote(struct text line)
{
    struct text rest = text_skip(line, (size_t)text_find_byte(line, '>') + 1);

    return text_has_prefix(rest, TEXT(" ")) ? text_skip(rest, 1) : rest;
}

/* Empty to the eye: HTML has no-break spaces where it wants an empty line. */
static bool is_white(struct text line)
{
    uint32_t c = 0;

    while (text_next_character(&line, &c)) {
        if (c != ' ' && c != '\t' && c != '\r' && c != 0xa0 && c != 0x3000) {
            return false;
        }
    }
    return true;
}

static void fill_sheet(struct sheet *sheet)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    struct text rest = text_of(sheet->text);
    struct text line;

    while (sheet->count < SHEET_LINES && text_next_line(&rest, &line)) {
        bool quoted = is_quoted(line);
        struct text bare = quoted ? unquote(line) : line;
        sheet->is_quoted[sheet->count] = quoted;
        sheet->starts[sheet->count++] = (size_t)(line.at - sheet->text);
        g_string_append_len(plain, bare.at, is_white(bare) ? 0 : (gssize)bare.size);
        g_string_append_c(plain, '\n');
    }
    sheet->starts[sheet->count] = strlen(sheet->text) - rest.size;
    sheet->lines = lines_split(sheet->scratch, arena_copy(sheet->scratch, plain->str, plain->len));
}

static bool is_marked(struct sheet *sheet, size_t i, struct place *place)
{
    if (!forward_is_marker(&sheet->lines.at[i])) {
        return false;
    }
    place->begin = i;
    place->first = lines_find_text(&sheet->lines, i + 1);
    return place->first < sheet->count &&
           forward_block_read(sheet->scratch, &sheet->lines, place->first, &place->block);
}

/* What mail programs put before a block of header lines belongs to it. */
static size_t find_begin(const struct sheet *sheet, size_t first)
{
    size_t begin = first;

    while (begin > 0 && (line_is_blank(&sheet->lines.at[begin - 1]) ||
                         separator_is_rule(&sheet->lines.at[begin - 1]) ||
                         separator_is_line(&sheet->lines.at[begin - 1]))) {
        begin--;
    }
    return begin;
}

/* A block as Outlook puts before what it passes on, and before what it replies to. */
static bool is_block(struct sheet *sheet, size_t i, struct place *place)
{
    if (forward_find_field(&sheet->lines.at[i]) == FORWARD_NO_FIELD ||
        !forward_block_read(sheet->scratch, &sheet->lines, i, &place->block) ||
        place->block.fields < 3) {
        return false;
    }
    place->begin = find_begin(sheet, i);
    place->first = i;
    return true;
}

static bool is_attribution(struct sheet *sheet, size_t i)
{
    size_t next = lines_find_text(&sheet->lines, i + 1);
    bool is_before_quote = next < sheet->count && sheet->is_quoted[next] && !sheet->is_quoted[i];
    struct attribution found = attribution_find(sheet->scratch, &sheet->lines, i, is_before_quote);

    return found.lines > 0 && (found.is_strong || is_before_quote);
}

/* The new text of the lines before `end`. */
static const char *cut_comment(struct arena *arena, const struct sheet *sheet, size_t end)
{
    return newtext_cut(arena, arena_copy(sheet->scratch, sheet->text, sheet->starts[end]));
}

static bool is_passed_on(const struct sheet *sheet, const char *subject, const struct place *place)
{
    switch (forward_find_prefix(subject)) {
    case FORWARD_PREFIX_PASSED:
        return true;
    case FORWARD_PREFIX_REPLY:
        return false;
    case FORWARD_NO_PREFIX:
        break;
    }
    return *cut_comment(sheet->scratch, sheet, place->begin) == '\0';
}

static bool find_place(struct sheet *sheet, const char *subject, struct place *place)
{
    for (size_t i = 0; i < sheet->count; i++) {
        const struct line *line = &sheet->lines.at[i];
        if (line_is_blank(line) || line->is_fenced) {
            continue;
        }
        if (is_marked(sheet, i, place)) {
            return true;
        }
        if (is_block(sheet, i, place)) {
            return is_passed_on(sheet, subject, place);
        }
        if (is_attribution(sheet, i)) {
            return false;
        }
    }
    return false;
}

/* All from byte `start`; of a quoted mail what is quoted: it ends where something else begins. */
static const char *copy_inner(struct arena *arena, const char *text, size_t start, bool quoted)
{
    g_autoptr(GString) inner = g_string_new(NULL);
    struct text rest = text_of(text + start);
    struct text line;

    while (text_next_line(&rest, &line)) {
        bool is_blank = text_trim(line).size == 0;
        if (quoted && !is_blank && !is_quoted(line)) {
            break;
        }
        struct text bare = quoted && !is_blank ? unquote(line) : line;
        if (inner->len > 0 || !is_white(bare)) {
            g_string_append_len(inner, bare.at, (gssize)bare.size);
            g_string_append_c(inner, '\n');
        }
    }
    return arena_copy(arena, inner->str, inner->len);
}

static void copy_block(struct arena *arena, const struct forward_block *block,
                       struct forward_block *copy)
{
    *copy = *block;
    for (size_t i = 0; i < FORWARD_FIELD_COUNT; i++) {
        copy->values[i] = arena_string(arena, block->values[i]);
    }
}

bool forward_inline_find(struct arena *arena, const char *text, const char *subject,
                         struct forward_inline *found)
{
    OWN(arena) scratch = arena_open(SCRATCH_BYTES(strlen(text)));
    struct sheet *sheet = ARENA_NEW(scratch, struct sheet);
    struct place place = {0};

    sheet->scratch = scratch;
    sheet->text = text;
    fill_sheet(sheet);
    if (!find_place(sheet, subject, &place)) {
        return false;
    }
    found->comment = cut_comment(arena, sheet, place.begin);
    found->text = copy_inner(arena, text, sheet->starts[MIN(place.block.end, sheet->count)],
                             sheet->is_quoted[place.first]);
    copy_block(arena, &place.block, &found->block);
    return true;
}
