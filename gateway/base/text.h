/* gateway/base/text.h: bytes from outside, and the only way from them to a string.
 *
 * A `struct text` is borrowed, not terminated, and may hold anything, NUL included. A `const char *`
 * in this program is a string that we vouch for: UTF-8, no NUL, no control character but tab and
 * newline; text_string() makes one. */
#pragma once

#include "gateway/base/arena.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    const char *at;
    size_t size;
};

/* A literal as text; TEXT_INIT where C wants a constant, in a static table. */
#define TEXT_INIT(literal)                                                                         \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
/* A string that we vouch for as text; NULL is empty. */
struct text text_of(const char *string);
struct text text_from(const char *at, size_t size);

bool text_is_equal(struct text one, struct text other);
/* ASCII letters alone lose their case. */
bool text_is_equal_any_case(struct text one, struct text other);
bool text_has_prefix(struct text text, struct text prefix);
bool text_has_prefix_any_case(struct text text, struct text prefix);
bool text_has_suffix(struct text text, struct text suffix);

/* Position of the first occurrence, or -1. */
ptrdiff_t text_find(struct text text, struct text part);
ptrdiff_t text_find_byte(struct text text, char byte);

/* Without spaces, tabs, CR and LF at both ends. */
struct text text_trim(struct text text);
/* What lies behind the first `count` bytes (all, if there are fewer). */
struct text text_skip(struct text text, size_t count);
struct text text_first(struct text text, size_t count);

/* Takes the next line off `rest`, without its LF or CRLF. False at the end. */
bool text_next_line(struct text *rest, struct text *line);

/* Takes what stands before `separator` off `rest`; the last piece ends with the text. */
bool text_next_piece(struct text *rest, char separator, struct text *piece);

/* Takes the next character off `rest`: a code point, or TEXT_INVALID for one byte that is no part of
 * valid UTF-8. False at the end. */
#define TEXT_INVALID UINT32_MAX
bool text_next_character(struct text *rest, uint32_t *character);

/* The string in `text`, unchanged. NULL: `error` (INPUT) says what cannot stand in a string and at
 * which byte: invalid UTF-8, NUL, a control character but tab and newline. */
char *text_string(struct arena *arena, struct text text, GError **error);

/* A string made of any bytes, for text that people will read: invalid UTF-8 becomes U+FFFD, CRLF and
 * CR become LF, control characters (C0, DEL, C1, U+2028/9) a space, BiDi overrides and isolates,
 * zero-width characters (but ZWJ between emoji) and U+FEFF vanish, combining marks beyond 4 on one
 * base vanish, and the result is NFC. Linear in the size. */
char *text_clean(struct arena *arena, struct text text);

/* The same for one line (titles, names, header values): runs of white space, newlines included,
 * become one space, none at the ends; at most `most_characters`, the ellipsis included that stands for
 * what was cut; never cut between a base and its marks. */
char *text_clean_line(struct arena *arena, struct text text, size_t most_characters);

/* Damerau-Levenshtein distance of two words (bytes) without regard to ASCII case; `most` + 1
 * when more. Words of more than 64 bytes are equal, or too far. */
size_t text_distance(struct text one, struct text other, size_t most);

/* Appends `text` with & < > " ' escaped: for HTML's content and for its attributes in quotes. */
void text_escape_html(GString *html, struct text text);
