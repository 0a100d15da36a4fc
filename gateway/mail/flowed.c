#include "gateway/mail/flowed.h"

#include <string.h>

struct flowed_line {
    size_t depth;
    struct text text;
    bool is_soft; /* goes on in the next line */
};

/* RFC 3676 section 4.2 to 4.4: first the quote marks, then one stuffed space, then the end. */
static struct flowed_line read_line(struct text line)
{
    struct flowed_line read = {0, line, false};

    while (read.depth < line.size && line.at[read.depth] == '>') {
        read.depth++;
    }
    read.text = text_skip(line, read.depth);
    if (text_has_prefix(read.text, TEXT(" "))) {
        read.text = text_skip(read.text, 1);
    }
    read.is_soft = text_has_suffix(read.text, TEXT(" ")) && !text_is_equal(read.text, TEXT("-- "));
    return read;
}

static void begin_line(GString *out, size_t depth)
{
    for (size_t i = 0; i < depth; i++) {
        g_string_append_c(out, '>');
    }
    if (depth > 0) {
        g_string_append_c(out, ' ');
    }
}

void flowed_join(GString *out, struct text text, bool is_delsp)
{
    struct flowed_line before = {0, {NULL, 0}, false};
    struct text line;
    bool is_first = true;

    while (text_next_line(&text, &line)) {
        struct flowed_line now = read_line(line);
        bool joins =
            before.is_soft && before.depth == now.depth && !text_is_equal(now.text, TEXT("-- "));
        if (!joins) {
            g_string_append(out, is_first ? "" : "\n");
            begin_line(out, now.depth);
        }
        struct text kept = now.text;
        if (now.is_soft && is_delsp) {
            kept.size--;
        }
        g_string_append_len(out, kept.at, (gssize)kept.size);
        before = now;
        is_first = false;
    }
    if (!is_first) {
        g_string_append_c(out, '\n');
    }
}
