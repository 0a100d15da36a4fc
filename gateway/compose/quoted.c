#include "gateway/compose/quoted.h"

#include "gateway/compose/compose.h"

#define LINE_MOST 76

/* `column` counts what stands on the last line written. */
struct quoting {
    GString *output;
    size_t column;
};

/* Begins a new line where an escaped byte and the "=" of a soft break would not fit. */
static void make_room(struct quoting *quoting)
{
    if (quoting->column + 3 < LINE_MOST)
        return;
    g_string_append(quoting->output, "=\r\n");
    quoting->column = 0;
}

static void append_literal(struct quoting *quoting, char byte)
{
    g_string_append_c(quoting->output, byte);
    quoting->column++;
}

static void append_escaped(struct quoting *quoting, char byte)
{
    g_string_append_printf(quoting->output, "=%02X", (unsigned char)byte);
    quoting->column += 3;
}

static bool is_literal(char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '=';
}

static void append_byte(struct quoting *quoting, struct text rest)
{
    const char byte = rest.at[0];
    const bool ends_line = rest.size == 1 || rest.at[1] == '\n';
    const bool is_space = byte == ' ' || byte == '\t';

    make_room(quoting);
    const bool is_trap =
        quoting->column == 0 && (byte == '.' || text_has_prefix(rest, TEXT("From ")));

    if (is_space ? !ends_line : is_literal(byte) && !is_trap)
        append_literal(quoting, byte);
    else
        append_escaped(quoting, byte);
}

static void append_line_end(struct quoting *quoting)
{
    g_string_append(quoting->output, "\r\n");
    quoting->column = 0;
}

static void append_slot(struct quoting *quoting, struct text slot, bool ends_line)
{
    if (quoting->column > 0)
        g_string_append(quoting->output, "=\r\n");
    g_string_append_len(quoting->output, slot.at, (gssize)slot.size);
    if (!ends_line)
        g_string_append(quoting->output, "=\r\n");
    quoting->column = 0;
}

void quoted_write(GString *output, struct text text, const char *slot)
{
    struct quoting quoting = {output, 0};
    const struct text standing = text_of(slot);

    while (text.size > 0) {
        if (standing.size > 0 && text_has_prefix(text, standing)) {
            text = text_skip(text, standing.size);
            append_slot(&quoting, standing, text.size == 0 || text.at[0] == '\n');
            if (text.size == 0)
                append_line_end(&quoting);
            continue;
        }
        if (text.at[0] == '\n')
            append_line_end(&quoting);
        else
            append_byte(&quoting, text);
        text = text_skip(text, 1);
    }
    if (quoting.column > 0)
        append_line_end(&quoting);
}

static bool is_plain_line(struct text line, const char *slot)
{
    const struct text standing = text_of(slot);
    size_t size = line.size;

    if (standing.size > 0 && text_find(line, standing) >= 0)
        size += SLOT_MOST - MIN(standing.size, SLOT_MOST);
    if (size > LINE_MOST || text_has_prefix(line, TEXT(".")) ||
        text_has_prefix(line, TEXT("From ")))
        return false;
    /* The mark before a signature is known with its space, and harmless without. */
    if (line.size > 0 && line.at[line.size - 1] == ' ' && !text_is_equal(line, TEXT("-- ")))
        return false;
    for (size_t i = 0; i < line.size; i++)
        if (line.at[i] < 0x20 || line.at[i] >= 0x7f)
            return false;
    return true;
}

bool quoted_is_needless(struct text text, const char *slot)
{
    struct text line;

    while (text_next_piece(&text, '\n', &line))
        if (!is_plain_line(line, slot))
            return false;
    return true;
}

void quoted_write_plain(GString *output, struct text text)
{
    struct text line;

    while (text_next_line(&text, &line)) {
        g_string_append_len(output, line.at, (gssize)line.size);
        g_string_append(output, "\r\n");
    }
}
