/* gateway/yaml/problems.h: all that is wrong with some files, each with its place.
 *
 * Whoever checks adds what it finds and goes on; at the end the administrator gets every error at
 * once, sorted by file (in the order in which they were first named), line and column:
 *
 *     /etc/tocsin/tocsin.yaml:7:11: relays[1].port: "smtp" is no whole number from 1 to 65535
 *
 * Of each kind (errors, warnings) 200 are kept, the rest is counted. Lines and columns count from 1;
 * line 0 concerns the file as a whole, column 0 the line. */
#pragma once

#include "gateway/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct problems;

struct problem {
    const char *file;
    unsigned line;
    unsigned column;
    const char *field; /* "relays[1].port"; "": no field */
    const char *text;  /* what is wrong and what would be right */
    bool is_warning;
};

/* Lives, with all that is added, in `arena`. */
struct problems *problems_new(struct arena *arena);

/* Copies what it is given; `problem->text` is not used, `format` makes it. */
void problems_add(struct problems *problems, const struct problem *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Those that were not kept are counted too. */
size_t problems_count_errors(const struct problems *problems);
size_t problems_count_warnings(const struct problems *problems);

/* Those kept, sorted; *count is set. They live with `problems`. */
const struct problem *const *problems_list(struct problems *problems, size_t *count);

/* One problem as its line, without a newline: "FILE:LINE:COLUMN: FIELD: TEXT", "warning: "
 * before the field of a warning. */
char *problems_write_one(struct arena *arena, const struct problem *problem);

/* All of them, a line each, and a last line that counts those not kept; "" if there are none. */
char *problems_write(struct problems *problems, struct arena *arena);
