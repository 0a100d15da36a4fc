#include "gateway/compose/gsm.h"

#include <string.h>

#define UNKNOWN "?"
/* The longest compatibility decomposition has 18 characters (U+FDFA). */
#define DECOMPOSED_MOST 20

/* Of the default alphabet beyond ASCII. */
static const uint32_t alphabet[] = {
    0xa1, 0xa3, 0xa4, 0xa5,  0xa7,  0xbf,  0xc4,  0xc5,  0xc6,  0xc7,  0xc9,  0xd1,  0xd6,
    0xd8, 0xdc, 0xdf, 0xe0,  0xe4,  0xe5,  0xe6,  0xe8,  0xe9,  0xec,  0xf1,  0xf2,  0xf6,
    0xf8, 0xf9, 0xfc, 0x393, 0x394, 0x398, 0x39b, 0x39e, 0x3a0, 0x3a3, 0x3a6, 0x3a8, 0x3a9,
};

#define CYRILLIC_FIRST 0x430
static const char *const cyrillic[] = {
    "a", "b", "v",  "g", "d",  "e",  "zh", "z",  "i",  "y",    "k",  "l", "m", "n", "o",  "p",
    "r", "s", "t",  "u", "f",  "kh", "ts", "ch", "sh", "shch", "",   "y", "",  "e", "yu", "ya",
    "e", "e", "dj", "g", "ye", "dz", "i",  "yi", "j",  "lj",   "nj", "c", "k", "i", "u",  "dz",
};

#define GREEK_FIRST 0x391 /* capitals from here on, in Latin ones; "": the alphabet has it */
static const char *const greek[] = {"A", "B", "", "",  "E", "Z", "H", "",  "I", "K", "", "M", "N",
                                    "",  "O", "", "P", "",  "",  "T", "Y", "",  "X", "", ""};

#define HIRAGANA_FIRST 0x3041
#define KATAKANA_SHIFT 0x60
static const char *const kana[] = {
    "a",  "a",  "i",   "i",  "u",  "u",   "e",  "e",   "o",  "o",  "ka", "ga", "ki", "gi", "ku",
    "gu", "ke", "ge",  "ko", "go", "sa",  "za", "shi", "ji", "su", "zu", "se", "ze", "so", "zo",
    "ta", "da", "chi", "ji", "",   "tsu", "zu", "te",  "de", "to", "do", "na", "ni", "nu", "ne",
    "no", "ha", "ba",  "pa", "hi", "bi",  "pi", "fu",  "bu", "pu", "he", "be", "pe", "ho", "bo",
    "po", "ma", "mi",  "mu", "me", "mo",  "ya", "ya",  "yu", "yu", "yo", "yo", "ra", "ri", "ru",
    "re", "ro", "wa",  "wa", "i",  "e",   "o",  "n",   "vu", "ka", "ke",
};

static const struct sign {
    uint32_t character;
    const char *plain;
} signs[] =
    {
        {'`', "'"},     {0x2044, "/"},  {0x3001, ", "}, {0x3002, ". "},
        {0x300c, "\""}, {0x300d, "\""}, {0x300e, "\""}, {0x300f, "\""},
        {0x301c, "-"},  {0x30fb, " "},  {0x30fc, ""}, /* makes the vowel before it long */
};

unsigned gsm_count_septets(uint32_t character)
{
    if (character == 0x20ac)
        return 2;
    if (character < 0x80)
        return character < 0x20 || character == 0x7f || character == '`' ? 0
               : strchr("^{}\\[~]|", (char)character) != NULL            ? 2
                                                                         : 1;
    for (size_t i = 0; i < G_N_ELEMENTS(alphabet); i++)
        if (alphabet[i] == character)
            return 1;
    return 0;
}

/* "shch" for a small letter, "Shch" for a capital. */
static bool append_cyrillic(GString *output, uint32_t character)
{
    const uint32_t small = g_unichar_tolower(character);

    if (small < CYRILLIC_FIRST || small - CYRILLIC_FIRST >= G_N_ELEMENTS(cyrillic))
        return false;
    const char *latin = cyrillic[small - CYRILLIC_FIRST];
    if (*latin == '\0')
        return true;
    g_string_append_c(output, small == character ? *latin : g_ascii_toupper(*latin));
    g_string_append(output, latin + 1);
    return true;
}

static bool append_greek(GString *output, uint32_t character)
{
    const uint32_t capital = g_unichar_toupper(character);

    if (capital < GREEK_FIRST || capital - GREEK_FIRST >= G_N_ELEMENTS(greek))
        return false;
    if (gsm_count_septets(capital) > 0)
        g_string_append_unichar(output, capital);
    else
        g_string_append(output, greek[capital - GREEK_FIRST]);
    return true;
}

/* A small ya, yu, yo takes the place of the i before it: "ki" and a small "ya" are "kya", "shi" "sha". */
static bool append_small_y(GString *output, uint32_t hiragana, const char *latin)
{
    static const uint32_t small[] = {0x3083, 0x3085, 0x3087};
    bool is_small = false;

    for (size_t i = 0; i < G_N_ELEMENTS(small); i++)
        is_small |= small[i] == hiragana;
    if (!is_small || !g_str_has_suffix(output->str, "i"))
        return false;
    g_string_truncate(output, output->len - 1);
    const bool is_soft = g_str_has_suffix(output->str, "h") || g_str_has_suffix(output->str, "j");
    g_string_append(output, is_soft ? latin + 1 : latin);
    return true;
}

static bool append_kana(GString *output, uint32_t character)
{
    const uint32_t last = HIRAGANA_FIRST + (uint32_t)G_N_ELEMENTS(kana) - 1;
    const bool is_katakana =
        character >= HIRAGANA_FIRST + KATAKANA_SHIFT && character <= last + KATAKANA_SHIFT;
    const uint32_t hiragana = is_katakana ? character - KATAKANA_SHIFT : character;

    if (hiragana < HIRAGANA_FIRST || hiragana > last)
        return false;
    const char *latin = kana[hiragana - HIRAGANA_FIRST];
    if (!append_small_y(output, hiragana, latin))
        g_string_append(output, latin);
    return true;
}

static bool append_sign(GString *output, uint32_t character)
{
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (signs[i].character != character)
            continue;
        g_string_append(output, signs[i].plain);
        return true;
    }
    return false;
}

/* What GLib knows: ligatures, strokes, dashes, quotation marks. One question mark for a run of letters
 * that nobody knows. */
static void append_known(GString *output, uint32_t character)
{
    char utf8[8] = {0};

    (void)g_unichar_to_utf8(character, utf8);
    g_autofree char *ascii = g_str_to_ascii(utf8, "C");
    if (strcmp(ascii, UNKNOWN) != 0)
        g_string_append(output, ascii);
    else if (g_unichar_isalnum(character) && !g_str_has_suffix(output->str, UNKNOWN))
        g_string_append(output, UNKNOWN);
}

static void append_part(GString *output, uint32_t character)
{
    if (gsm_count_septets(character) > 0)
        g_string_append_unichar(output, character);
    else if (character < 0x20 || character == 0x7f)
        g_string_append_c(output, ' ');
    else if (!g_unichar_ismark(character) && !append_sign(output, character) &&
             !append_cyrillic(output, character) && !append_greek(output, character) &&
             !append_kana(output, character))
        append_known(output, character);
}

void gsm_append(GString *output, uint32_t character)
{
    gunichar parts[DECOMPOSED_MOST];

    if (character == TEXT_INVALID)
        return;
    /* й and が are letters of their own, not и and か with a mark. */
    if (append_cyrillic(output, character) || append_kana(output, character))
        return;
    if (gsm_count_septets(character) > 0) {
        g_string_append_unichar(output, character);
        return;
    }
    const gsize count = g_unichar_fully_decompose(character, TRUE, parts, G_N_ELEMENTS(parts));
    for (gsize i = 0; i < MIN(count, G_N_ELEMENTS(parts)); i++)
        append_part(output, parts[i]);
}
