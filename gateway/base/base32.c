#include "gateway/base/base32.h"

#include <string.h>

#define LETTER_BITS 5

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static size_t count_letters(size_t size)
{
    return (size * 8 + LETTER_BITS - 1) / LETTER_BITS;
}

char *base32_write(struct arena *arena, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    char *const letters = arena_alloc(arena, count_letters(size) + 1);
    size_t written = 0;
    uint32_t bits = 0; /* the last `pending` are not written yet */
    unsigned pending = 0;

    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | from[i];
        for (pending += 8; pending >= LETTER_BITS; pending -= LETTER_BITS)
            letters[written++] = alphabet[bits >> (pending - LETTER_BITS) & 31];
    }
    if (pending > 0)
        letters[written] = alphabet[bits << (LETTER_BITS - pending) & 31];
    return letters;
}

static int value_of(char letter)
{
    const char lower = g_ascii_tolower(letter);
    const char *const found = lower == '\0' ? NULL : strchr(alphabet, lower);

    return found == NULL ? -1 : (int)(found - alphabet);
}

static bool is_spelled_right(struct text text, size_t size)
{
    const size_t unused = count_letters(size) * LETTER_BITS - size * 8;

    if (text.size != count_letters(size))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (value_of(text.at[i]) < 0)
            return false;
    return text.size == 0 ||
           ((unsigned)value_of(text.at[text.size - 1]) & ((1U << unused) - 1)) == 0;
}

bool base32_parse(struct text text, void *bytes, size_t size)
{
    uint8_t *const to = bytes;
    size_t written = 0;
    uint32_t bits = 0;
    unsigned pending = 0;

    if (!is_spelled_right(text, size))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        bits = bits << LETTER_BITS | (uint32_t)value_of(text.at[i]);
        pending += LETTER_BITS;
        if (pending >= 8) {
            pending -= 8;
            to[written++] = (uint8_t)(bits >> pending & 255);
        }
    }
    return true;
}

char *hex_write(struct arena *arena, const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    char *const written = arena_alloc(arena, size * 2 + 1);

    for (size_t i = 0; i < size; i++) {
        written[2 * i] = digits[from[i] >> 4];
        written[2 * i + 1] = digits[from[i] & 15];
    }
    return written;
}
