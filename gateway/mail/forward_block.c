#include "gateway/mail/forward_block.h"

#include <string.h>

#define MOST_LINES       40
#define VALUE_CHARACTERS 4000

/* The field that lines without a key are added to. */
struct open_field {
    enum forward_field field;
    GString *value;
};

/* What stands behind the colon of "Key: value", "*Key:* value", "*Key: *value" or "**Key:** value". The
 * stars are no part of the value, as many as opened; a subject may begin with stars of its own. */
static struct text read_value(struct text raw)
{
    struct text line = text_trim(raw);
    ptrdiff_t ascii = text_find_byte(line, ':');
    ptrdiff_t wide = text_find(line, TEXT("："));
    bool is_wide = wide >= 0 && (ascii < 0 || wide < ascii);
    size_t stars = 0;

    if (!is_wide && ascii < 0) {
        return TEXT("");
    }
    while (stars < 2 && stars < line.size && line.at[stars] == '*') {
        stars++;
    }
    struct text key = text_first(line, (size_t)(is_wide ? wide : ascii));
    struct text value = text_trim(text_skip(line, key.size + (is_wide ? 3 : 1)));
    if (text_has_suffix(text_trim(key), TEXT("*")) && stars > 0) {
        return value;
    }
    for (; stars > 0 && text_has_prefix(value, TEXT("*")); stars--) {
        value = text_skip(value, 1);
    }
    for (; stars > 0 && text_has_suffix(value, TEXT("*")); stars--) {
        value.size--;
    }
    return text_trim(value);
}

static void close_field(struct arena *arena, struct forward_block *block, struct open_field *open)
{
    if (open->field != FORWARD_NO_FIELD && block->values[open->field] == NULL) {
        block->values[open->field] =
            text_clean_line(arena, text_from(open->value->str, open->value->len), VALUE_CHARACTERS);
        block->fields++;
    }
    open->field = FORWARD_NO_FIELD;
    g_string_truncate(open->value, 0);
}

static bool is_complete(const struct forward_block *block, const struct open_field *open)
{
    return (block->values[FORWARD_FROM] != NULL || open->field == FORWARD_FROM) &&
           (block->values[FORWARD_SUBJECT] != NULL || open->field == FORWARD_SUBJECT);
}

/* Whether the block goes on behind the empty line `i`: HTML made text may have one between two fields. */
static bool goes_on(const struct lines *lines, size_t i, const struct forward_block *block,
                    const struct open_field *open)
{
    size_t next = lines_find_text(lines, i);

    if (next == lines->count || is_complete(block, open)) {
        return false;
    }
    enum forward_field field = forward_find_field(&lines->at[next]);
    return field != FORWARD_NO_FIELD && field != open->field && block->values[field] == NULL;
}

/* Takes a line that is not empty. False: it belongs to no field. */
static bool take_line(struct arena *arena, const struct line *line, struct forward_block *block,
                      struct open_field *open)
{
    enum forward_field field = forward_find_field(line);

    if (field == FORWARD_NO_FIELD) {
        if (open->field == FORWARD_NO_FIELD) {
            return false;
        }
        g_string_append_c(open->value, ' ');
        g_string_append_len(open->value, line->raw.at, (gssize)line->raw.size);
        return true;
    }
    close_field(arena, block, open);
    open->field = field;
    struct text value = read_value(line->raw);
    g_string_append_len(open->value, value.at, (gssize)value.size);
    return true;
}

bool forward_block_read(struct arena *arena, const struct lines *lines, size_t first,
                        struct forward_block *block)
{
    g_autoptr(GString) value = g_string_new(NULL);
    struct open_field open = {FORWARD_NO_FIELD, value};
    struct forward_block read = {.end = first};

    for (; read.end < lines->count && read.end < first + MOST_LINES; read.end++) {
        const struct line *line = &lines->at[read.end];
        if (line_is_blank(line) ? !goes_on(lines, read.end, &read, &open)
                                : !take_line(arena, line, &read, &open)) {
            break;
        }
    }
    close_field(arena, &read, &open);
    if (read.end < lines->count && line_is_blank(&lines->at[read.end])) {
        read.end++;
    }
    *block = read;
    return read.values[FORWARD_FROM] != NULL && read.values[FORWARD_SUBJECT] != NULL &&
           read.fields >= 2;
}
