#include "gateway/mail/footer.h"

#include "gateway/mail/mobile.h"
#include "gateway/mail/separator.h"

#include <string.h>

#define SIGNATURE_LINES 15 /* below "--" without its space, and below a dash */
#define SIGNATURE_BYTES 120
#define CLOSING_LINES   8 /* below "Best regards," */
#define NAME_WORDS      3
#define NAME_BYTES      60

static const char *const closings[] = {
    "regards",
    "best regards",
    "kind regards",
    "kindest regards",
    "warm regards",
    "with regards",
    "best",
    "best wishes",
    "all the best",
    "cheers",
    "sincerely",
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "yours",
    "thanks and regards",
    "thanks & regards",
    "rgds",
    "br",
    "mit freundlichen grüßen",
    "mit freundlichem gruß",
    "mit freundlichen grüssen",
    "mit besten grüßen",
    "freundliche grüße",
    "freundliche grüsse",
    "viele grüße",
    "beste grüße",
    "liebe grüße",
    "schöne grüße",
    "herzliche grüße",
    "gruß",
    "grüße",
    "mfg",
    "vg",
    "lg",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "salutations",
    "meilleures salutations",
    "sincères salutations",
    "cdlt",
    "bonne journée",
    "saludos",
    "un saludo",
    "saludos cordiales",
    "un cordial saludo",
    "atentamente",
    "cordiali saluti",
    "saluti",
    "distinti saluti",
    "un saluto",
    "atenciosamente",
    "cumprimentos",
    "com os melhores cumprimentos",
    "abraços",
    "met vriendelijke groet",
    "met vriendelijke groeten",
    "vriendelijke groet",
    "vriendelijke groeten",
    "groeten",
    "groet",
    "mvg",
    "med vänliga hälsningar",
    "vänliga hälsningar",
    "hälsningar",
    "mvh",
    "med venlig hilsen",
    "venlig hilsen",
    "hilsen",
    "de bedste hilsner",
    "med vennlig hilsen",
    "vennlig hilsen",
    "ystävällisin terveisin",
    "terveisin",
    "pozdrawiam",
    "z poważaniem",
    "s pozdravem",
    "s přátelským pozdravem",
    "с уважением",
    "з повагою",
    "üdvözlettel",
    "saygılarımla",
    "cu stimă",
    "祝好",
    "此致",
};

/* Few and short lines, as a signature has them. */
static bool is_short_tail(const struct lines *lines, size_t from, size_t count, size_t most)
{
    size_t texts = 0;

    for (size_t i = from; i < count; i++) {
        if (line_is_blank(&lines->at[i]) || lines->at[i].is_dropped) {
            continue;
        }
        if (++texts > most || lines->at[i].raw.size > SIGNATURE_BYTES) {
            return false;
        }
    }
    return true;
}

static bool is_dash_delimiter(const struct line *line)
{
    struct text rest = line->raw;
    bool has_dash = false;

    while (text_has_prefix(rest, TEXT("—")) || text_has_prefix(rest, TEXT("⸻"))) {
        rest = text_skip(rest, 3);
        has_dash = true;
    }
    return has_dash && rest.size == 0;
}

static bool is_list_footer(const struct lines *lines, size_t first, size_t count)
{
    struct text raw = text_trim(lines->at[first].raw);

    if (raw.size < 2 || raw.at[0] != '_' || !separator_is_rule(&lines->at[first]) ||
        !is_short_tail(lines, first + 1, count, SIGNATURE_LINES)) {
        return false;
    }
    for (size_t i = first + 1; i < count; i++) {
        const char *plain = lines->at[i].plain;
        if (strstr(plain, "http") != NULL || strchr(plain, '@') != NULL ||
            strstr(plain, "mailing list") != NULL || strstr(plain, "unsubscribe") != NULL) {
            return true;
        }
    }
    return false;
}

static bool begins_footer(const struct lines *lines, size_t i, size_t count)
{
    const struct line *line = &lines->at[i];

    if (line->is_fenced || line->is_dropped) {
        return false;
    }
    if (line->is_delimiter) {
        return lines->at[i].raw.at[lines->at[i].raw.size] == ' ' ||
               is_short_tail(lines, i + 1, count, SIGNATURE_LINES);
    }
    if (is_dash_delimiter(line)) {
        return is_short_tail(lines, i + 1, count, SIGNATURE_LINES);
    }
    return is_list_footer(lines, i, count);
}

static void drop(const struct lines *lines, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        lines->at[i].is_dropped = true;
    }
}

size_t footer_cut_delimited(const struct lines *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (begins_footer(lines, i, count)) {
            drop(lines, i, count);
            return i;
        }
    }
    return count;
}

/* One to three words, each beginning with a capital or a letter outside ASCII, no digits. */
static bool is_name(struct text text)
{
    struct text word;
    size_t words = 0;

    if (text.size == 0 || text.size > NAME_BYTES) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (!g_ascii_isalpha(c) && (unsigned char)c < 0x80 && strchr(" .'-", c) == NULL) {
            return false;
        }
    }
    while (text_next_piece(&text, ' ', &word)) {
        if (word.size == 0 || ++words > NAME_WORDS ||
            (!g_ascii_isupper(word.at[0]) && (unsigned char)word.at[0] < 0x80)) {
            return false;
        }
    }
    return true;
}

/* The last line before `i` that stays and is not blank; `i` when there is none. */
static size_t find_before(const struct lines *lines, size_t i)
{
    for (size_t k = i; k > 0; k--) {
        if (!lines->at[k - 1].is_dropped && !line_is_blank(&lines->at[k - 1])) {
            return k - 1;
        }
    }
    return i;
}

/* "-Ada", "-- Ada" below an empty line, and no item of a list. */
static bool is_dash_name(const struct lines *lines, size_t i)
{
    struct text raw = text_trim(lines->at[i].raw);
    size_t before = find_before(lines, i);

    if (before == i || i == 0 || !line_is_blank(&lines->at[i - 1])) {
        return false;
    }
    char first = lines->at[before].plain[0];
    bool is_list = first == '-' || text_has_suffix(lines->at[before].raw, TEXT(":"));
    if (is_list) {
        return false;
    }
    if (text_has_prefix(raw, TEXT("--"))) {
        return is_name(text_trim(text_skip(raw, 2)));
    }
    if (text_has_prefix(raw, TEXT("-"))) {
        return is_name(text_skip(raw, 1));
    }
    bool is_long_dash = text_has_prefix(raw, TEXT("—")) || text_has_prefix(raw, TEXT("–"));
    return is_long_dash && is_name(text_skip(raw, 3));
}

static bool is_closing(const struct line *line)
{
    struct text words = text_of(line->plain);

    while (words.size > 0 && !g_ascii_isalpha(words.at[words.size - 1]) &&
           !word_is_listed(words, closings, G_N_ELEMENTS(closings))) {
        words.size--;
    }
    return word_is_listed(words, closings, G_N_ELEMENTS(closings));
}

/* The closing that a name and a short tail follow; `count` when there is none. */
static size_t find_closing(const struct lines *lines, size_t count)
{
    size_t i = count;

    for (size_t texts = 0; i > 0 && texts <= CLOSING_LINES; i--) {
        const struct line *line = &lines->at[i - 1];
        if (!line->is_dropped && !line_is_blank(line) && is_closing(line)) {
            size_t name = lines_find_text(lines, i);
            bool has_name = name < count && is_name(text_trim(lines->at[name].raw));
            return has_name && is_short_tail(lines, i, count, CLOSING_LINES) ? i - 1 : count;
        }
        texts += !line->is_dropped && !line_is_blank(line);
    }
    return count;
}

static bool is_noise(const struct lines *lines, size_t i)
{
    const struct line *line = &lines->at[i];

    if (line->is_fenced) {
        return false;
    }
    return line_is_blank(line) || separator_is_rule(line) || mobile_is_footer(line) ||
           is_dash_name(lines, i);
}

static void drop_alone(const struct lines *lines, size_t count)
{
    for (size_t i = 1; i + 1 < count; i++) {
        const struct line *line = &lines->at[i];
        if (!line->is_fenced && line_is_blank(line - 1) && line_is_blank(line + 1) &&
            mobile_is_footer(line)) {
            lines->at[i].is_dropped = true;
        }
    }
}

void footer_drop(const struct lines *lines, size_t count)
{
    size_t before;

    drop_alone(lines, count);
    do {
        before = count;
        while (count > 0 && (lines->at[count - 1].is_dropped || is_noise(lines, count - 1))) {
            lines->at[--count].is_dropped = true;
        }
        size_t closing = find_closing(lines, count);
        drop(lines, closing, count);
        count = closing;
    } while (count < before);
}
