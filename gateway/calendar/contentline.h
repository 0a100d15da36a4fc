/* gateway/calendar/contentline.h: the lines of a calendar (RFC 5545 section 3.1) as bytes give them.
 *
 * Written here and not left to libical, so that what libical sees later is what passed our limits: unfolding,
 * names, parameters and the balance of BEGIN and END are read in one linear pass. */
#pragma once

#include "gateway/base/text.h"

#define CONTENT_PARAMETERS_MOST 16
#define CONTENT_DEPTH_MOST      4 /* VCALENDAR, VTIMEZONE, STANDARD; one more than anybody writes */

struct content_parameter {
    struct text name;
    struct text value; /* without quotes; lists as they stand */
};

struct content_line {
    struct text name; /* of a property; "BEGIN" and "END" are lines too */
    struct text value;
    struct content_parameter parameters[CONTENT_PARAMETERS_MOST];
    size_t parameter_count;
    size_t depth; /* components around it; BEGIN and END count as inside their own */
};

struct content {
    const struct content_line *lines;
    size_t count;
};

/* Lines that are no property ("no colon") are left out, as mail programs break some. NULL: `error` is INPUT
 * (NUL, no VCALENDAR, unbalanced, nested too deep) or LIMIT (`bytes_most`, `lines_most`). */
const struct content *content_parse(struct arena *arena, struct text text, size_t bytes_most,
                                    size_t lines_most, GError **error);

bool content_is(const struct content_line *line, const char *name);
bool content_begins(const struct content_line *line, const char *component);
bool content_ends(const struct content_line *line, const char *component);

/* Empty where there is none. */
struct text content_parameter(const struct content_line *line, const char *name);

/* A value of type TEXT (section 3.3.11) with its escapes undone, cleaned: many lines, or one of at most `most`
 * characters. */
char *content_read_text(struct arena *arena, struct text value);
char *content_read_line(struct arena *arena, struct text value, size_t most);
