/* gateway/cli/ink.h: colours on a terminal, none anywhere else.
 *
 * Whoever sets NO_COLOR (https://no-color.org) or has a dumb terminal gets plain text. */
#pragma once

#include <stdbool.h>

enum ink { INK_PLAIN, INK_STRONG, INK_GOOD, INK_BAD, INK_FAINT };
#define INK_COUNT 5

#define INK_LABEL_WIDTH 11 /* of a row */

/* Is standard output a terminal that wants colours? */
bool ink_is_wanted(void);

/* At most `width` characters of `text`, padded to it unless it is the last of its line (0: all of it). What
 * a terminal would obey is left out. */
void ink_print(enum ink ink, const char *text, int width);

/* A row: a label, a name, and a value, each further line of which stands below the first. */
void ink_print_row(enum ink ink, const char *label, const char *name, const char *value);
