#include "gateway/mail/forward_date.h"

#include "gateway/base/number.h"
#include "gateway/mail/decode.h"

#include <string.h>

#define MOST_BYTES 100

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};

/* 1 to 12 for an English month's name or its first letters; 0: none. */
static size_t find_month(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(months); i++) {
        if (g_ascii_strncasecmp(word, months[i], 3) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static bool is_zone(const char *word)
{
    if ((word[0] == '+' || word[0] == '-') && strlen(word) == 5) {
        return strspn(word + 1, "0123456789") == 4;
    }
    return strcmp(word, "GMT") == 0 || strcmp(word, "UTC") == 0;
}

/* Takes a number up to `most` and the ':' behind it off `rest`. */
static bool take_number(struct text *rest, int64_t most, int64_t *number)
{
    struct text piece;

    return text_next_piece(rest, ':', &piece) && number_parse(piece, 0, most, number);
}

/* "GMT+2", "UTC-03:30", "GMT" -> "+0200", "-0330", "+0000". False: another. */
static bool read_zone(const char *word, char zone[6])
{
    int64_t hours = 0;
    int64_t minutes = 0;
    struct text rest = text_of(word);

    if (!text_has_prefix(rest, TEXT("GMT")) && !text_has_prefix(rest, TEXT("UTC"))) {
        return false;
    }
    rest = text_skip(rest, 3);
    char sign = '+';
    if (rest.size > 0) {
        sign = rest.at[0];
    }
    rest = text_skip(rest, 1);
    if ((sign != '+' && sign != '-') || (rest.size > 0 && !take_number(&rest, 14, &hours)) ||
        (rest.size > 0 && !take_number(&rest, 59, &minutes))) {
        return false;
    }
    (void)g_snprintf(zone, 6, "%c%02d%02d", sign, (int)hours, (int)minutes);
    return true;
}

/* "10:12:31" and "AM" -> "10:12:31", in 24 hours. */
static bool read_clock(const char *word, const char *half, char clock[9])
{
    struct text rest = text_of(word);
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;

    if (!take_number(&rest, 12, &hour) || !take_number(&rest, 59, &minute) ||
        !take_number(&rest, 59, &second)) {
        return false;
    }
    bool is_afternoon = g_ascii_strcasecmp(half, "PM") == 0;
    (void)g_snprintf(clock, 9, "%02d:%02d:%02d", (int)hour % 12 + (is_afternoon ? 12 : 0),
                     (int)minute, (int)second);
    return true;
}

/* "May 14 2024 at 10:12:31 AM GMT+2", its words given. */
static int64_t read_apple(char **words, size_t count)
{
    char zone[6];
    char clock[9];

    if (count != 7 || find_month(words[0]) == 0 || strcmp(words[3], "at") != 0 ||
        !read_clock(words[4], words[5], clock) || !read_zone(words[6], zone)) {
        return 0;
    }
    g_autofree char *standard = g_strdup_printf(
        "%s %s %s %s %s", words[1], months[find_month(words[0]) - 1], words[2], clock, zone);
    return decode_date(text_of(standard));
}

/* "[Tue] 14 May 2024 08:12:31 +0000", its words given. */
static bool is_standard(char **words, size_t count)
{
    size_t first = count > 0 && g_ascii_isalpha(words[0][0]) ? 1 : 0;

    return count >= first + 5 && g_ascii_isdigit(words[first][0]) &&
           find_month(words[first + 1]) > 0 && g_ascii_isdigit(words[first + 2][0]) &&
           strchr(words[first + 3], ':') != NULL && is_zone(words[first + 4]);
}

int64_t forward_date_read(const char *value)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    if (strlen(value) > MOST_BYTES) {
        return 0;
    }
    g_autoptr(GString) spaced = g_string_new(value);
    (void)g_string_replace(spaced, "\u202f", " ", 0); /* Apple's "10:12 AM" */
    g_auto(GStrv) pieces = g_strsplit_set(spaced->str, " ,", -1);
    for (char **piece = pieces; *piece != NULL; piece++) {
        if (**piece != '\0') {
            g_ptr_array_add(words, *piece);
        }
    }
    if (is_standard((char **)words->pdata, words->len)) {
        return decode_date(text_of(value));
    }
    return read_apple((char **)words->pdata, words->len);
}
