#include "gateway/cli/ink.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

#include <assert.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CELL_BYTES ((size_t)1024 * 1024)
#define NAME_WIDTH 13

static const char *const codes[] = {
    [INK_PLAIN] = "", [INK_STRONG] = "1", [INK_GOOD] = "32", [INK_BAD] = "31", [INK_FAINT] = "2",
};
static_assert(G_N_ELEMENTS(codes) == INK_COUNT, "an ink has no code");

bool ink_is_wanted(void)
{
    const char *refused = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return isatty(STDOUT_FILENO) && (refused == NULL || *refused == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}

void ink_print(enum ink ink, const char *text, int width)
{
    OWN(arena) arena = arena_open(CELL_BYTES);
    const char *clean =
        text_clean_line(arena, text_of(text), width > 0 ? (size_t)width : CELL_BYTES / 8);
    const bool is_coloured = ink != INK_PLAIN && ink_is_wanted();
    const int shown = (int)g_utf8_strlen(clean, -1);

    (void)printf("%s%s%s%s", is_coloured ? "\033[" : "", is_coloured ? codes[ink] : "",
                 is_coloured ? "m" : "", clean);
    (void)printf("%s%*s", is_coloured ? "\033[0m" : "", width > shown ? width - shown : 0, "");
}

void ink_print_row(enum ink ink, const char *label, const char *name, const char *value)
{
    struct text rest = text_of(value);
    struct text line = TEXT("");

    for (bool is_first = true; text_next_line(&rest, &line) || is_first; is_first = false) {
        g_autofree char *one = g_strndup(line.at, line.size);
        if (is_first || line.size > 0) {
            ink_print(ink, is_first ? label : "", INK_LABEL_WIDTH);
            ink_print(INK_PLAIN, is_first ? name : "", *value == '\0' ? 0 : NAME_WIDTH);
        }
        ink_print(INK_PLAIN, one, 0);
        (void)putchar('\n');
    }
}
