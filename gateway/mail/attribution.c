#include "gateway/mail/attribution.h"

#include <string.h>

#define MOST_LINES   4
#define WRITER_BYTES 120 /* "schrieb Max Mustermann <max@example.com>:", behind the verb */
#define LONE_BYTES   80  /* "Ada Byron wrote:" */

/* "wrote", as mail programs say it. en de fr es it pt nl sv da no fi pl cs sk ru uk bg hu tr ro el hr
 * sl et lt lv ca id vi ko ja zh he ar. */
static const char *const verbs[] = {
    "wrote",
    "writes",
    "schrieb",
    "geschrieben",
    "a écrit",
    "écrit",
    "escribió",
    "ha scritto",
    "scrisse",
    "escreveu",
    "schreef",
    "skrev",
    "skreiv",
    "kirjoitti",
    "napisał",
    "napisała",
    "napisał(a)",
    "pisze",
    "napsal",
    "napsala",
    "napsal(a)",
    "napísal",
    "napísala",
    "napísal(a)",
    "написал",
    "написала",
    "написал(а)",
    "пишет",
    "писал",
    "написав",
    "написала",
    "пише",
    "написа",
    "írta",
    "yazdı",
    "a scris",
    "έγραψε",
    "je napisao",
    "je napisala",
    "napisao je",
    "je napisal",
    "kirjutas",
    "rašė",
    "rakstīja",
    "va escriure",
    "menulis",
    "đã viết",
    "viết",
    "님이 작성",
    "작성",
    "書きました",
    "書いた",
    "のメッセージ",
    "のメール",
    "写道",
    "寫道",
    "写到",
    "כתב",
    "כתבה",
    "كتب",
    "sent the following",
    "het volgende geschreven",
};

/* The words before the date. */
static const char *const starters[] = {
    "on ",   "am ",     "le ",   "el ",  "il ",      "in data ", "em ", "op ",
    "den ",  "w dniu ", "dnia ", "dne ", "dňa ",     "в ",       "la ", "στις ",
    "dana ", "pada ",   "vào ",  "na ",  "în data ", "a ",       "у ",  "dia ",
    "på ",   "från ",   "în ",   "在 ",  "在",       "於 ",      "於",
};

struct evidence {
    bool has_address;
    bool has_time;
    bool has_date;
    bool has_starter;
    bool has_colon;
    bool has_verb;
    bool is_framed; /* ---- … ---- */
};

static bool is_digit(char c)
{
    return g_ascii_isdigit(c);
}

static char byte_at(struct text text, size_t i)
{
    if (i >= text.size) {
        return '\0';
    }
    return text.at[i];
}

static size_t count_digits(struct text text, size_t from)
{
    size_t count = 0;

    while (from + count < text.size && is_digit(text.at[from + count])) {
        count++;
    }
    return count;
}

/* What the number that begins at `i` (no digit or '.' before it) says: a time as 7:31, 17.50, 18h30;
 * a year; or, with two more numbers behind it, a date as 30.09.2017, 2017-01-09, 1/3/11. */
static void read_number(struct text text, size_t i, struct evidence *evidence)
{
    size_t first = count_digits(text, i);
    const char separator = byte_at(text, i + first);
    size_t second = count_digits(text, i + first + 1);
    size_t end = i + first + 1 + second;
    const char next = byte_at(text, end);
    struct text number = text_from(text.at + i, first);

    if (first == 4 &&
        (text_has_prefix(number, TEXT("19")) || text_has_prefix(number, TEXT("20")))) {
        evidence->has_date = true;
    }
    if (separator == '\0' || second == 0) {
        return;
    }
    if (strchr("./-", separator) != NULL && next == separator) {
        evidence->has_date |= count_digits(text, end + 1) > 0;
        return;
    }
    evidence->has_time |= first <= 2 && second == 2 && strchr(":.h", separator) != NULL;
}

/* Behind the number at `i` and all that is of one piece with it. */
static size_t skip_number(struct text text, size_t i)
{
    while (i < text.size && (is_digit(text.at[i]) || text.at[i] == '.' || text.at[i] == '/')) {
        i++;
    }
    return i;
}

static void read_numbers(struct text text, struct evidence *evidence)
{
    size_t i = 0;

    while (i < text.size) {
        if (is_digit(text.at[i])) {
            read_number(text, i, evidence);
            i = skip_number(text, i);
        } else {
            i++;
        }
    }
}

static bool has_address(struct text text)
{
    for (size_t i = 1; i + 1 < text.size; i++) {
        if (text.at[i] == '@' && g_ascii_isgraph(text.at[i - 1]) && text.at[i - 1] != '<' &&
            g_ascii_isalnum(text.at[i + 1])) {
            return true;
        }
    }
    return false;
}

static bool is_letter(char c)
{
    return g_ascii_isalnum(c) || (unsigned char)c >= 0x80;
}

/* East Asian verbs follow the name without a space. */
static bool is_word_at(struct text text, size_t at, size_t size)
{
    bool needs_space = (unsigned char)text.at[at] < 0xe3;

    if (at > 0 && needs_space && is_letter(text.at[at - 1])) {
        return false;
    }
    return at + size == text.size || !needs_space || !is_letter(text.at[at + size]);
}

/* The verb ends the line, or behind it stands who wrote: "schreef Jan <jan@example.nl>:". */
static bool has_verb(struct text text, bool has_colon)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        struct text verb = text_of(verbs[i]);
        if (text_has_suffix(text, verb) && is_word_at(text, text.size - verb.size, verb.size)) {
            return true;
        }
        ptrdiff_t at = text_find(text, verb);
        if (has_colon && at > 0 && is_word_at(text, (size_t)at, verb.size) &&
            text.size - (size_t)at - verb.size <= WRITER_BYTES) {
            return true;
        }
    }
    return false;
}

static bool has_starter(struct text text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(starters); i++) {
        if (text_has_prefix(text, text_of(starters[i]))) {
            return true;
        }
    }
    return false;
}

static struct evidence weigh(const char *plain)
{
    struct evidence evidence = {0};
    struct text text = line_undecorate(plain);

    evidence.is_framed = strncmp(plain, "---", 3) == 0;
    evidence.has_colon = text_has_suffix(text, TEXT(":"));
    if (evidence.has_colon) {
        text.size--;
        text = text_trim(text);
    }
    evidence.has_address = has_address(text);
    read_numbers(text, &evidence);
    evidence.has_starter = has_starter(text);
    evidence.has_verb = has_verb(text, evidence.has_colon);
    return evidence;
}

/* A date that begins the line: "30.09.2017, 18.30, …", "ср, 30 апр. 2025 г. …", "Wednesday, 17 …". */
static bool begins_with_date(const char *plain)
{
    size_t words = 0;

    for (const char *c = plain; *c != '\0' && words < 3; c++) {
        if (is_digit(*c)) {
            return true;
        }
        words += *c == ' ';
    }
    return false;
}

static bool is_strong(const struct evidence *e, const char *plain)
{
    if (e->has_verb) {
        return (e->has_address && (e->has_time || e->has_date || e->has_starter || e->is_framed)) ||
               ((e->has_starter || begins_with_date(plain)) && e->has_time && e->has_date);
    }
    return e->has_colon && e->has_address && e->has_time && e->has_date && begins_with_date(plain);
}

static bool is_weak(const struct evidence *e, const char *plain)
{
    if (e->has_verb) {
        return e->has_starter || e->has_date || e->has_time || e->has_address ||
               strlen(plain) <= LONE_BYTES;
    }
    return e->has_colon && e->has_address && (e->has_time || e->has_date);
}

/* A sentence's end stands between two things. */
static bool ends_sentence(const char *plain)
{
    size_t size = strlen(plain);

    return size == 0 || strchr(".!?", plain[size - 1]) != NULL;
}

static bool may_end(const char *plain)
{
    struct evidence evidence = {0};
    struct text text = line_undecorate(plain);

    evidence.has_colon = text_has_suffix(text, TEXT(":"));
    return evidence.has_colon || has_verb(text, false);
}

struct attribution attribution_find(struct arena *arena, const struct lines *lines, size_t last,
                                    bool is_before_quote)
{
    struct attribution best = {0, false};

    if (!may_end(lines->at[last].plain)) {
        return best;
    }
    for (size_t count = 1; count <= MOST_LINES && count <= last + 1; count++) {
        const struct line *first = &lines->at[last + 1 - count];
        if (first->plain[0] == '\0' || first->is_dropped ||
            (count > 1 && ends_sentence(first->plain))) {
            break;
        }
        const char *joined = lines_join(arena, lines, last + 1 - count, count);
        struct evidence evidence = weigh(joined);
        bool strong = is_strong(&evidence, joined);
        bool found = strong || (is_before_quote && is_weak(&evidence, joined));
        if (found && (best.lines == 0 || (strong && !best.is_strong) || evidence.has_starter)) {
            best = (struct attribution){count, strong};
        }
        if (found && evidence.has_starter) {
            break;
        }
    }
    return best;
}
