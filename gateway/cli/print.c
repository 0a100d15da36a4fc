#include "gateway/cli/print.h"

#include <stdio.h>

void print_json(json_t *value)
{
    (void)json_dumpf(value, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(value);
}

void print_cell(const char *text, int width)
{
    const glong length = g_utf8_strlen(text, -1);
    const glong shown = MIN(length, width);
    const char *end = g_utf8_offset_to_pointer(text, shown);

    (void)printf("%.*s%*s  ", (int)(end - text), text, (int)(width - shown), "");
}
