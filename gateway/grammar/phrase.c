#include "gateway/grammar/phrase.h"

#include <string.h>

/* What programs and keyboards write for a plain character. */
static const struct {
    struct text written;
    char means;
} plain_marks[] = {
    {TEXT_INIT("\xC2\xA0"), ' '}, /* spaces that do not break */
    {TEXT_INIT("\xE2\x80\xAF"), ' '}, {TEXT_INIT("\xE2\x80\x87"), ' '},
    {TEXT_INIT("\xE3\x80\x80"), ' '}, /* ideographic space */
    {TEXT_INIT("\xE3\x80\x81"), ','}, /* ideographic and full-width commas, semicolon, colon */
    {TEXT_INIT("\xEF\xBC\x8C"), ','}, {TEXT_INIT("\xEF\xBC\x9B"), ';'},
    {TEXT_INIT("\xEF\xBC\x9A"), ':'}, {TEXT_INIT("\xEF\xBC\x8B"), '+'},
    {TEXT_INIT("\xE2\x88\x92"), '-'}, {TEXT_INIT("\xE2\x80\x93"), '-'},
    {TEXT_INIT("\xE2\x80\x94"), '-'}, {TEXT_INIT("\xE2\x80\x99"), '\''},
    {TEXT_INIT("\xE2\x80\x9C"), '"'}, {TEXT_INIT("\xE2\x80\x9D"), '"'},
    {TEXT_INIT("\xE2\x80\x9E"), '"'}, {TEXT_INIT("\xC2\xAB"), '"'},
    {TEXT_INIT("\xC2\xBB"), '"'},     {TEXT_INIT("\xE3\x80\x8C"), '"'},
    {TEXT_INIT("\xE3\x80\x8D"), '"'}, {TEXT_INIT("\xE3\x80\x82"), '.'},
    {TEXT_INIT("\xEF\xBC\x9F"), '?'}, {TEXT_INIT("\xEF\xBC\x81"), '!'},
    {TEXT_INIT("\t"), ' '},
};

static size_t find_mark(struct text at)
{
    size_t i = 0;

    while (i < G_N_ELEMENTS(plain_marks) && !text_has_prefix(at, plain_marks[i].written))
        i++;
    return i;
}

/* With plain marks, and one space for several. */
static struct text write_plain(struct arena *arena, struct text line)
{
    char *plain = arena_alloc(arena, line.size + 1);
    size_t size = 0;

    while (line.size > 0) {
        const size_t mark = find_mark(line);
        const bool is_mark = mark < G_N_ELEMENTS(plain_marks);
        char byte = line.at[0];
        if (is_mark)
            byte = plain_marks[mark].means;
        line = text_skip(line, is_mark ? plain_marks[mark].written.size : 1);
        if (byte != ' ' || (size > 0 && plain[size - 1] != ' '))
            plain[size++] = byte;
    }
    return text_trim(text_from(plain, size));
}

static bool is_between(char byte)
{
    return byte == ' ' || byte == ',' || byte == ';';
}

static bool is_around(char byte)
{
    return strchr(".!?:\"'()<>[]{}*_`", byte) != NULL;
}

static struct text strip(struct text word)
{
    while (word.size > 0 && is_around(word.at[word.size - 1]))
        word.size--;
    while (word.size > 0 && is_around(word.at[0]))
        word = text_skip(word, 1);
    return word;
}

static void add_word(struct phrase *phrase, struct text raw)
{
    const struct text word = strip(raw);

    if (word.size == 0)
        return;
    if (phrase->count == PHRASE_WORDS) {
        phrase->is_cut = true;
        return;
    }
    phrase->words[phrase->count] = word;
    phrase->raw[phrase->count++] = raw;
}

struct phrase phrase_split(struct arena *arena, struct text line)
{
    struct phrase phrase = {.count = 0};
    struct text rest = write_plain(arena, line);

    phrase.is_question = text_has_suffix(rest, TEXT("?"));
    while (rest.size > 0) {
        size_t end = 0;
        while (end < rest.size && !is_between(rest.at[end]))
            end++;
        add_word(&phrase, text_first(rest, end));
        rest = text_skip(rest, end + 1);
    }
    return phrase;
}

static struct text join(const struct text *words, size_t first, size_t last)
{
    const char *end = words[last].at + words[last].size;

    return text_from(words[first].at, (size_t)(end - words[first].at));
}

struct text phrase_span(const struct phrase *phrase, size_t first, size_t last)
{
    return join(phrase->words, first, last);
}

struct text phrase_raw_span(const struct phrase *phrase, size_t first, size_t last)
{
    return join(phrase->raw, first, last);
}

void phrase_skip(struct phrase *phrase, size_t count)
{
    phrase->count -= count;
    memmove(phrase->words, phrase->words + count, phrase->count * sizeof *phrase->words);
    memmove(phrase->raw, phrase->raw + count, phrase->count * sizeof *phrase->raw);
}
