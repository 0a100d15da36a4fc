#include "gateway/compose/header.h"

#include <string.h>

#define LINE_MOST         78 /* RFC 5322 section 2.1.1 */
#define ENCODED_LINE_MOST 76 /* RFC 2047 section 2 */
#define ENCODED_WORD_MOST 75
#define ENCODED_OVERHEAD  12 /* =?UTF-8?Q??= */
#define ENCODED_LEAST     16 /* with less room left a new line is begun */
#define PLAIN_WORD_MOST   60 /* longer words are encoded, so that they can be folded */
#define TOKEN_MOST        900
#define ADDRESS_MOST      254

/* A header line in the making: `column` counts what stands on its last line. */
struct folding {
    GString *output;
    size_t column;
    size_t words; /* written so far: the first is never put on a line of its own */
};

static void append(struct folding *folding, const char *bytes, size_t size)
{
    g_string_append_len(folding->output, bytes, (gssize)size);
    folding->column += size;
}

static void fold(struct folding *folding)
{
    g_string_append(folding->output, "\r\n ");
    folding->column = 1;
}

/* A space, or a fold where `size` more would not fit. */
static void separate(struct folding *folding, size_t size)
{
    const bool is_first = folding->words++ == 0;

    if (!is_first && folding->column + 1 + size > LINE_MOST)
        fold(folding);
    else
        append(folding, " ", 1);
}

static bool is_printable(char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

static bool needs_encoding(struct text word)
{
    if (word.size > PLAIN_WORD_MOST || text_find(word, TEXT("=?")) >= 0)
        return true;
    for (size_t i = 0; i < word.size; i++)
        if (!is_printable(word.at[i]))
            return true;
    return false;
}

/* What may stand in an encoded word of any header, phrases included (RFC 2047 section 5). */
static bool is_q_literal(char byte)
{
    return g_ascii_isalnum(byte) || (byte != '\0' && strchr("!*+-/", byte) != NULL);
}

static size_t q_size(struct text text)
{
    size_t size = 0;

    for (size_t i = 0; i < text.size; i++)
        size += is_q_literal(text.at[i]) || text.at[i] == ' ' ? 1 : 3;
    return size;
}

static void append_q(struct folding *folding, struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char escaped[4];
        if (is_q_literal(text.at[i])) {
            append(folding, &text.at[i], 1);
            continue;
        }
        (void)g_snprintf(escaped, sizeof escaped, "=%02X", (unsigned char)text.at[i]);
        append(folding, text.at[i] == ' ' ? "_" : escaped, text.at[i] == ' ' ? 1 : 3);
    }
}

/* As many whole characters of `rest` as `room` bytes of encoding hold; at least one. */
static struct text take_characters(struct text *rest, size_t room)
{
    const char *begin = rest->at;
    struct text ahead = *rest;
    uint32_t character = 0;

    while (text_next_character(&ahead, &character)) {
        const struct text taken = text_from(begin, (size_t)(ahead.at - begin));
        if (rest->at != begin && q_size(taken) > room)
            break;
        *rest = ahead;
    }
    return text_from(begin, (size_t)(rest->at - begin));
}

/* Words, separated by single spaces, as encoded words one after the other. Always "Q": GMime and others
 * join neighbours before they decode, and lose what follows the padding of base64 (measured). */
static void append_encoded(struct folding *folding, struct text text)
{
    separate(folding, ENCODED_OVERHEAD + ENCODED_LEAST + LINE_MOST - ENCODED_LINE_MOST);
    for (bool is_first = true; text.size > 0; is_first = false) {
        if (!is_first)
            fold(folding);
        const size_t used = MAX(folding->column, ENCODED_LINE_MOST - ENCODED_WORD_MOST);
        const size_t left = used < ENCODED_LINE_MOST ? ENCODED_LINE_MOST - used : 0;
        const size_t room = MAX(left, ENCODED_OVERHEAD + ENCODED_LEAST) - ENCODED_OVERHEAD;
        const struct text chunk = take_characters(&text, room);
        append(folding, "=?UTF-8?Q?", 10);
        append_q(folding, chunk);
        append(folding, "?=", 2);
    }
}

/* The longest run of words at the beginning of `rest` that all are to be encoded, or all are not. */
static struct text take_run(struct text *rest, bool is_encoded)
{
    const char *begin = rest->at;
    const char *end = begin;
    struct text ahead = *rest;
    struct text word;

    while (text_next_piece(&ahead, ' ', &word) && needs_encoding(word) == is_encoded) {
        end = word.at + word.size;
        *rest = ahead;
    }
    return text_from(begin, (size_t)(end - begin));
}

static void append_words(struct folding *folding, struct text words)
{
    struct text word;

    while (text_next_piece(&words, ' ', &word)) {
        separate(folding, word.size);
        append(folding, word.at, word.size);
    }
}

static void append_text(struct folding *folding, struct text text)
{
    while (text.size > 0) {
        append_words(folding, take_run(&text, false));
        const struct text encoded = take_run(&text, true);
        if (encoded.size > 0)
            append_encoded(folding, encoded);
    }
}

static bool is_atoms(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!g_ascii_isalnum(text.at[i]) && strchr(" !#$%&'*+-/=?^_`{|}~", text.at[i]) == NULL)
            return false;
    return true;
}

static void append_quoted_string(struct folding *folding, struct text text)
{
    separate(folding, text.size + 2);
    append(folding, "\"", 1);
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            append(folding, "\\", 1);
        append(folding, &text.at[i], 1);
    }
    append(folding, "\"", 1);
}

static void append_phrase(struct folding *folding, struct text text)
{
    if (needs_encoding(text))
        append_encoded(folding, text);
    else if (is_atoms(text))
        append_words(folding, text);
    else
        append_quoted_string(folding, text);
}

static void append_tokens(struct folding *folding, struct text text)
{
    struct text token;

    while (text_next_piece(&text, ' ', &token)) {
        g_autofree char *plain = g_strndup(token.at, MIN(token.size, TOKEN_MOST));
        for (char *at = plain; *at != '\0'; at++)
            *at = (char)(is_printable(*at) ? *at : '?');
        separate(folding, strlen(plain));
        append(folding, plain, strlen(plain));
    }
}

static void append_address(struct folding *folding, const char *address)
{
    g_autofree char *bracketed = g_strdup_printf("<%s>", address);
    append_tokens(folding, text_of(bracketed));
}

void header_write(GString *output, const struct header *header)
{
    OWN(arena) arena = arena_open((size_t)1024 * 1024);
    const size_t most = header->form == HEADER_TOKENS ? (size_t)16 * 1024 : HEADER_MOST_CHARACTERS;
    const struct text given = text_first(text_of(header->value), (size_t)64 * 1024);
    const struct text value = text_of(text_clean_line(arena, given, most));
    struct folding folding = {output, strlen(header->name) + 1, 0};

    if (value.size == 0 && header->address == NULL)
        return;
    g_string_append_printf(output, "%s:", header->name);
    switch (header->form) {
    case HEADER_TEXT:
        append_text(&folding, value);
        break;
    case HEADER_PHRASE:
        if (value.size > 0)
            append_phrase(&folding, value);
        append_address(&folding, header->address);
        break;
    case HEADER_TOKENS:
        append_tokens(&folding, value);
        break;
    }
    g_string_append(output, "\r\n");
}

static bool is_dot_atom(struct text text)
{
    if (text.size == 0 || text.at[0] == '.' || text.at[text.size - 1] == '.' ||
        text_find(text, TEXT("..")) >= 0)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!g_ascii_isalnum(text.at[i]) &&
            (text.at[i] == '\0' || strchr(".!#$%&'*+-/=?^_`{|}~", text.at[i]) == NULL))
            return false;
    return true;
}

bool header_is_address(const char *address)
{
    const struct text text = text_of(address);
    const ptrdiff_t at = text_find_byte(text, '@');

    return at > 0 && text.size <= ADDRESS_MOST && address[0] != '-' &&
           is_dot_atom(text_first(text, (size_t)at)) &&
           is_dot_atom(text_skip(text, (size_t)at + 1));
}
