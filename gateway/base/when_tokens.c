#include "gateway/base/when_tokens.h"

#include "gateway/base/number.h"
#include "gateway/base/when.h"

#include <string.h>

#define DIGITS_MOST 8

/* Compatibility forms become plain ("２時" is "2時"), and signs that look alike one. */
static bool normalise(struct arena *arena, struct text text, struct text *plain)
{
    static const struct {
        uint32_t from;
        char to;
    } signs[] = {{0x2019, '\''}, {0x2010, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2212, '-'}};
    const gssize size = (gssize)text.size;

    if (text.size > WHEN_BYTES_MOST || !g_utf8_validate_len(text.at, text.size, NULL))
        return false;
    g_autofree char *normal = g_utf8_normalize(text.at, size, G_NORMALIZE_NFKC);
    g_autoptr(GString) out = g_string_new(NULL);
    struct text rest = text_of(normal);
    uint32_t character = 0;
    while (text_next_character(&rest, &character)) {
        for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
            if (character == signs[i].from)
                character = (uint32_t)signs[i].to;
        g_string_append_unichar(out, character);
    }
    *plain = text_from(arena_copy(arena, out->str, out->len), out->len);
    return true;
}

static size_t count_while(struct text text, bool (*is_wanted)(uint32_t character))
{
    struct text rest = text;
    size_t size = 0;
    uint32_t character = 0;

    while (text_next_character(&rest, &character) && is_wanted(character))
        size = text.size - rest.size;
    return size;
}

static bool is_digit(uint32_t character)
{
    return character >= '0' && character <= '9';
}

static bool is_letter(uint32_t character)
{
    return g_unichar_isalpha(character);
}

static bool is_space(uint32_t character)
{
    return character != TEXT_INVALID && g_unichar_isspace(character);
}

static bool is_of_zone(uint32_t character)
{
    return is_letter(character) || is_digit(character) ||
           (character != 0 && character < 0x80 && strchr("_+-/", (char)character) != NULL);
}

/* "Europe/Berlin" begins with letters and a slash; 0 where no such name stands. */
static size_t measure_zone(struct text text)
{
    const size_t letters = count_while(text, is_letter);
    const struct text rest = text_skip(text, letters);

    if (letters == 0 || rest.size < 2 || rest.at[0] != '/' || !g_ascii_isalpha(rest.at[1]))
        return 0;
    return count_while(text, is_of_zone);
}

static bool take_token(struct text rest, struct when_token *token, size_t *size)
{
    struct text after = rest;
    uint32_t character = 0;

    *size = count_while(rest, is_digit);
    if (*size > 0) {
        token->kind = WHEN_TOKEN_NUMBER;
        return *size <= DIGITS_MOST &&
               number_parse(text_first(rest, *size), 0, INT64_MAX, &token->number);
    }
    *size = measure_zone(rest);
    token->kind = WHEN_TOKEN_NAME;
    if (*size > 0)
        return true;
    if (when_words_find(rest, &token->word, size)) {
        /* French "et", or Eastern Time. */
        if (!text_is_equal(text_first(rest, *size), TEXT("ET")))
            token->kind = WHEN_TOKEN_WORD;
        return true;
    }
    *size = count_while(rest, is_letter);
    if (*size > 0)
        return true;
    token->kind = WHEN_TOKEN_SIGN;
    (void)text_next_character(&after, &character);
    *size = rest.size - after.size;
    return true;
}

const struct when_token *when_tokens_split(struct arena *arena, struct text text)
{
    struct when_token *tokens =
        ARENA_ARRAY(arena, struct when_token, WHEN_TOKENS_MOST + WHEN_TOKENS_SPARE);
    struct text rest;
    size_t count = 0;

    if (!normalise(arena, text, &rest))
        return NULL;
    while (true) {
        const size_t spaces = count_while(rest, is_space);
        rest = text_skip(rest, spaces);
        if (rest.size == 0)
            return tokens;
        if (count == WHEN_TOKENS_MOST)
            return NULL;
        struct when_token *token = &tokens[count++];
        size_t size = 0;
        token->is_joined = spaces == 0 && count > 1;
        if (!take_token(rest, token, &size))
            return NULL;
        token->text = text_first(rest, size);
        rest = text_skip(rest, size);
    }
}
