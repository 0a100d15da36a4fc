#include "gateway/base/text.h"

#include "gateway/base/error.h"

#include <assert.h>
#include <string.h>

/* text_distance() is asked about words; beyond this they are no typing errors of each other. */
#define DISTANCE_BYTES 64

struct text text_of(const char *string)
{
    return string == NULL ? (struct text){"", 0} : (struct text){string, strlen(string)};
}

struct text text_from(const char *at, size_t size)
{
    return (struct text){at, size};
}

bool text_is_equal(struct text one, struct text other)
{
    return one.size == other.size && (one.size == 0 || memcmp(one.at, other.at, one.size) == 0);
}

bool text_is_equal_any_case(struct text one, struct text other)
{
    if (one.size != other.size)
        return false;
    for (size_t i = 0; i < one.size; i++)
        if (g_ascii_tolower(one.at[i]) != g_ascii_tolower(other.at[i]))
            return false;
    return true;
}

bool text_has_prefix(struct text text, struct text prefix)
{
    return text.size >= prefix.size && text_is_equal(text_first(text, prefix.size), prefix);
}

bool text_has_prefix_any_case(struct text text, struct text prefix)
{
    return text.size >= prefix.size &&
           text_is_equal_any_case(text_first(text, prefix.size), prefix);
}

bool text_has_suffix(struct text text, struct text suffix)
{
    return text.size >= suffix.size &&
           text_is_equal(text_skip(text, text.size - suffix.size), suffix);
}

ptrdiff_t text_find(struct text text, struct text part)
{
    if (part.size == 0)
        return 0;
    if (text.size < part.size)
        return -1;
    const char *found = memmem(text.at, text.size, part.at, part.size);
    return found == NULL ? -1 : found - text.at;
}

ptrdiff_t text_find_byte(struct text text, char byte)
{
    const char *found = text.size == 0 ? NULL : memchr(text.at, byte, text.size);

    return found == NULL ? -1 : found - text.at;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

struct text text_trim(struct text text)
{
    size_t first = 0;
    size_t end = text.size;

    while (first < end && is_blank(text.at[first]))
        first++;
    while (end > first && is_blank(text.at[end - 1]))
        end--;
    return text_first(text_skip(text, first), end - first);
}

struct text text_skip(struct text text, size_t count)
{
    const size_t skipped = MIN(count, text.size);

    return skipped == 0 ? text : (struct text){text.at + skipped, text.size - skipped};
}

struct text text_first(struct text text, size_t count)
{
    return (struct text){text.at, MIN(count, text.size)};
}

bool text_next_piece(struct text *rest, char separator, struct text *piece)
{
    if (rest->size == 0)
        return false;
    const ptrdiff_t end = text_find_byte(*rest, separator);
    if (end < 0) {
        *piece = *rest;
        *rest = text_skip(*rest, rest->size);
        return true;
    }
    *piece = text_first(*rest, (size_t)end);
    *rest = text_skip(*rest, (size_t)end + 1);
    return true;
}

bool text_next_line(struct text *rest, struct text *line)
{
    const size_t before = rest->size;

    if (!text_next_piece(rest, '\n', line))
        return false;
    const bool has_feed = before - rest->size > line->size;
    if (has_feed && text_has_suffix(*line, TEXT("\r")))
        line->size--;
    return true;
}

bool text_next_character(struct text *rest, uint32_t *character)
{
    if (rest->size == 0)
        return false;
    const unsigned char first = (unsigned char)rest->at[0];
    if (first < 0x80) {
        *character = first;
        *rest = text_skip(*rest, 1);
        return true;
    }
    const gunichar found = g_utf8_get_char_validated(rest->at, (gssize)MIN(rest->size, 6));
    const bool is_valid = found != (gunichar)-1 && found != (gunichar)-2;
    *character = is_valid ? found : TEXT_INVALID;
    *rest = text_skip(*rest, is_valid ? (size_t)g_utf8_skip[(guchar)*rest->at] : 1);
    return true;
}

static const char *refuse_character(uint32_t character)
{
    if (character == TEXT_INVALID)
        return "invalid UTF-8";
    if (character == 0)
        return "a NUL";
    if (character == '\t' || character == '\n')
        return NULL;
    return character < 0x20 || (character >= 0x7f && character < 0xa0) ? "a control character"
                                                                       : NULL;
}

char *text_string(struct arena *arena, struct text text, GError **error)
{
    struct text rest = text;
    uint32_t character = 0;
    size_t at = 0;

    while (text_next_character(&rest, &character)) {
        const char *refusal = refuse_character(character);

        if (refusal != NULL) {
            error_set(error, TOCSIN_ERROR_INPUT, "%s at byte %zu", refusal, at + 1);
            return NULL;
        }
        at = text.size - rest.size;
    }
    return arena_copy(arena, text.at, text.size);
}

static size_t least_of(size_t one, size_t two, size_t three)
{
    return MIN(MIN(one, two), three);
}

static bool is_same(char one, char other)
{
    return g_ascii_tolower(one) == g_ascii_tolower(other);
}

/* Two neighbours that changed places, ending at one[i], other[j]. */
static bool is_swapped(struct text one, struct text other, size_t i, size_t j)
{
    return i > 0 && j > 0 && is_same(one.at[i], other.at[j - 1]) &&
           is_same(one.at[i - 1], other.at[j]);
}

size_t text_distance(struct text one, struct text other, size_t most)
{
    size_t rows[3][DISTANCE_BYTES + 1];

    if (one.size > DISTANCE_BYTES || other.size > DISTANCE_BYTES)
        return text_is_equal_any_case(one, other) ? 0 : most + 1;
    for (size_t j = 0; j <= other.size; j++)
        rows[0][j] = j;
    for (size_t i = 0; i < one.size; i++) {
        size_t *const row = rows[(i + 1) % 3];
        const size_t *const above = rows[i % 3];
        const size_t *const before = rows[(i + 2) % 3];

        row[0] = i + 1;
        for (size_t j = 0; j < other.size; j++) {
            const size_t change = is_same(one.at[i], other.at[j]) ? 0 : 1;

            row[j + 1] = least_of(above[j] + change, above[j + 1] + 1, row[j] + 1);
            if (is_swapped(one, other, i, j))
                row[j + 1] = MIN(row[j + 1], before[j - 1] + 1);
        }
    }
    return MIN(rows[one.size % 3][other.size], most + 1);
}

void text_escape_html(GString *html, struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        switch (text.at[i]) {
        case '&':
            g_string_append(html, "&amp;");
            break;
        case '<':
            g_string_append(html, "&lt;");
            break;
        case '>':
            g_string_append(html, "&gt;");
            break;
        case '"':
            g_string_append(html, "&quot;");
            break;
        case '\'':
            g_string_append(html, "&#39;");
            break;
        default:
            g_string_append_c(html, text.at[i]);
        }
    }
}
