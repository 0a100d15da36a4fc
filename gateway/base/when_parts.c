#include "gateway/base/when_scan.h"

#define TWO_DATES "it names two dates"

/* Days go first where the order is not the reader's to guess. */
static void set_date(struct when_scan *scan, int64_t year, int64_t month, int64_t day)
{
    struct when_parts *parts = scan->parts;

    if (parts->month != 0 || parts->day != 0 || parts->one != 0 || parts->has_days)
        scan->why = TWO_DATES;
    if (year != 0 && parts->year != 0)
        scan->why = TWO_DATES;
    if (year != 0)
        parts->year = year;
    parts->month = month;
    parts->day = day;
}

/* "26" is 2026. */
static int64_t read_year(const struct when_token *token)
{
    return token->text.size == 2 ? 2000 + token->number : token->number;
}

static bool is_year(const struct when_token *token)
{
    return token->kind == WHEN_TOKEN_NUMBER && (token->text.size == 4 || token->text.size == 2);
}

/* "T" between date and time. */
static void take_t(struct when_scan *scan)
{
    const struct when_token *t = when_scan_peek(scan, 0);
    const struct when_token *next = when_scan_peek(scan, 1);

    if (t->kind != WHEN_TOKEN_NAME || !t->is_joined ||
        !text_is_equal_any_case(t->text, TEXT("T")) || next->kind != WHEN_TOKEN_NUMBER ||
        !next->is_joined)
        return;
    scan->at++;
    scan->is_iso = true;
    (void)when_clock_take_digits(scan);
}

/* "2026-12-01", "2026/12/01", "2026.12.01", "20261201". */
static bool take_year_first(struct when_scan *scan)
{
    const struct when_token *year = when_scan_peek(scan, 0);
    const struct when_token *sign = when_scan_peek(scan, 1);
    const struct when_token *month = when_scan_peek(scan, 2);
    const struct when_token *day = when_scan_peek(scan, 4);

    if (year->kind != WHEN_TOKEN_NUMBER)
        return false;
    if (year->text.size == 8) {
        scan->at++;
        set_date(scan, year->number / 10000, year->number / 100 % 100, year->number % 100);
        take_t(scan);
        return true;
    }
    if (year->text.size != 4 || !when_scan_is_number(month, 2) || !month->is_joined ||
        !when_scan_is_number(day, 2) || sign->kind != WHEN_TOKEN_SIGN ||
        !text_is_equal(sign->text, when_scan_peek(scan, 3)->text) ||
        text_find_byte(TEXT("-/."), sign->text.at[0]) < 0)
        return false;
    scan->at += 5;
    set_date(scan, year->number, month->number, day->number);
    take_t(scan);
    return true;
}

/* "01.12.2026", "1.12.", "1. 12. 2026": the day is first wherever dots are written. */
static bool take_dotted(struct when_scan *scan)
{
    const struct when_token *day = when_scan_peek(scan, 0);
    const struct when_token *month = when_scan_peek(scan, 2);
    const struct when_token *year = when_scan_peek(scan, 4);

    if (!when_scan_is_number(day, 2) || !when_scan_is_sign(when_scan_peek(scan, 1), '.') ||
        !when_scan_is_number(month, 2))
        return false;
    const bool has_dot = when_scan_is_sign(when_scan_peek(scan, 3), '.');
    const bool has_year = has_dot && is_year(year) && (year->is_joined || year->text.size == 4) &&
                          !when_scan_is_sign(when_scan_peek(scan, 5), ':');
    if (!month->is_joined && !has_dot)
        return false;
    scan->at += has_year ? 5 : has_dot ? 4 : 3;
    set_date(scan, has_year ? read_year(year) : 0, month->number, day->number);
    return true;
}

/* "12/01/2026", "12/01", "12-01-2026": Europe's or America's, unless only one can be. */
static bool take_slashed(struct when_scan *scan)
{
    const struct when_token *one = when_scan_peek(scan, 0);
    const struct when_token *sign = when_scan_peek(scan, 1);
    const struct when_token *other = when_scan_peek(scan, 2);
    const struct when_token *year = when_scan_peek(scan, 4);
    const bool has_year = sign->kind == WHEN_TOKEN_SIGN && is_year(year) && year->is_joined &&
                          text_is_equal(when_scan_peek(scan, 3)->text, sign->text);

    if (!when_scan_is_number(one, 2) || !when_scan_is_number(other, 2) || !other->is_joined ||
        (!when_scan_is_sign(sign, '/') && !(when_scan_is_sign(sign, '-') && has_year)))
        return false;
    scan->at += has_year ? 5 : 3;
    const int64_t years = has_year ? read_year(year) : 0;
    if (one->number == other->number || other->number > 12) /* or both of them: no date */
        set_date(scan, years, one->number, other->number);
    else if (one->number > 12)
        set_date(scan, years, other->number, one->number);
    else {
        set_date(scan, years, 0, 0);
        scan->parts->one = one->number;
        scan->parts->other = other->number;
    }
    return true;
}

/* The number of a day, and what hangs on it: "1st", "1.", "1 de". */
static size_t measure_day(const struct when_scan *scan)
{
    size_t size = 1;

    if (!when_scan_is_number(when_scan_peek(scan, 0), 2))
        return 0;
    while (size < 4 && (when_scan_is_word(when_scan_peek(scan, size), WHEN_WORD_ORDINAL) ||
                        when_scan_is_word(when_scan_peek(scan, size), WHEN_WORD_FILLER) ||
                        when_scan_is_sign(when_scan_peek(scan, size), '.')))
        size++;
    return size;
}

static bool is_mar(const struct when_token *token)
{
    return text_is_equal_any_case(token->text, TEXT("mar"));
}

/* Beside another month "mar" is Tuesday, in French and Spanish. */
static bool is_month(const struct when_scan *scan, const struct when_token *token)
{
    if (!when_scan_is_word(token, WHEN_WORD_MONTH))
        return false;
    for (const struct when_token *other = scan->tokens;
         is_mar(token) && other->kind != WHEN_TOKEN_END; other++)
        if (when_scan_is_word(other, WHEN_WORD_MONTH) && !is_mar(other))
            return false;
    return true;
}

/* "1-Dec-2026". */
static bool take_dashed(struct when_scan *scan)
{
    const struct when_token *day = when_scan_peek(scan, 0);
    const struct when_token *month = when_scan_peek(scan, 2);
    const struct when_token *year = when_scan_peek(scan, 4);

    if (!when_scan_is_number(day, 2) || !when_scan_is_sign(when_scan_peek(scan, 1), '-') ||
        !is_month(scan, month) || !month->is_joined ||
        !when_scan_is_sign(when_scan_peek(scan, 3), '-') || !is_year(year) || !year->is_joined)
        return false;
    scan->at += 5;
    set_date(scan, read_year(year), month->word.value, day->number);
    return true;
}

static bool take_day_month(struct when_scan *scan)
{
    const size_t size = measure_day(scan);
    const struct when_token *day = when_scan_peek(scan, 0);
    const struct when_token *month = when_scan_peek(scan, size);

    if (size == 0 || !is_month(scan, month))
        return false;
    scan->at += size + 1;
    set_date(scan, 0, month->word.value, day->number);
    return true;
}

static bool is_time_ahead(const struct when_token *next)
{
    return when_scan_is_sign(next, ':') || when_scan_is_word(next, WHEN_WORD_CLOCK) ||
           when_scan_is_word(next, WHEN_WORD_HALF);
}

/* "December 1st". */
static bool take_month_day(struct when_scan *scan)
{
    const struct when_token *month = when_scan_peek(scan, 0);

    if (!is_month(scan, month))
        return false;
    scan->at += when_scan_is_sign(when_scan_peek(scan, 1), '.') ? 2 : 1;
    const size_t size = measure_day(scan);
    if (size == 0 || is_time_ahead(when_scan_peek(scan, 1))) {
        scan->why = "which day of the month?";
        return true;
    }
    set_date(scan, 0, month->word.value, when_scan_peek(scan, 0)->number);
    scan->at += size;
    return true;
}

/* "2026年12月1日". */
static bool take_signed(struct when_scan *scan)
{
    const struct when_token *number = when_scan_peek(scan, 0);
    const struct when_token *sign = when_scan_peek(scan, 1);
    const struct when_token *day = when_scan_peek(scan, 2);

    if (number->kind != WHEN_TOKEN_NUMBER)
        return false;
    if (when_scan_is_word(sign, WHEN_WORD_YEAR_SIGN) && number->text.size == 4) {
        scan->why = scan->parts->year != 0 ? TWO_DATES : scan->why;
        scan->parts->year = number->number;
        scan->at += 2;
        return true;
    }
    if (!when_scan_is_word(sign, WHEN_WORD_MONTH_SIGN) || !when_scan_is_number(day, 2) ||
        !when_scan_is_word(when_scan_peek(scan, 3), WHEN_WORD_DAY_SIGN))
        return false;
    scan->at += 4;
    set_date(scan, 0, number->number, day->number);
    return true;
}

static bool take_year(struct when_scan *scan)
{
    const struct when_token *year = when_scan_peek(scan, 0);

    if (year->kind != WHEN_TOKEN_NUMBER || year->text.size != 4)
        return false;
    scan->at++;
    if (scan->parts->year != 0)
        scan->why = TWO_DATES;
    scan->parts->year = year->number;
    return true;
}

static void set_weekday(struct when_scan *scan, int64_t weekday)
{
    if (scan->parts->weekday != 0 && scan->parts->weekday != weekday)
        scan->why = "it names two days of the week";
    scan->parts->weekday = weekday;
    scan->at++;
}

static bool take_weekday(struct when_scan *scan)
{
    const struct when_token *word = when_scan_peek(scan, 0);
    const struct when_token *next = when_scan_peek(scan, 1);

    if (when_scan_is_word(word, WHEN_WORD_NEXT) && when_scan_is_word(next, WHEN_WORD_WEEKDAY)) {
        scan->parts->is_next = true;
        scan->at++;
        set_weekday(scan, next->word.value);
        return true;
    }
    if (when_scan_is_word(word, WHEN_WORD_MONTH) && !is_month(scan, word)) {
        set_weekday(scan, 2);
        return true;
    }
    if (!when_scan_is_word(word, WHEN_WORD_WEEKDAY))
        return false;
    set_weekday(scan, word->word.value);
    if (when_scan_is_word(when_scan_peek(scan, 0), WHEN_WORD_NEXT)) { /* "mardi prochain" */
        scan->parts->is_next = true;
        scan->at++;
    }
    return true;
}

/* "tomorrow", "now". */
static bool take_day_word(struct when_scan *scan)
{
    const struct when_token *word = when_scan_peek(scan, 0);
    struct when_parts *parts = scan->parts;

    if (when_scan_is_word(word, WHEN_WORD_NOW)) {
        parts->has_span = true;
        parts->is_later = true;
        scan->at++;
        return true;
    }
    if (!when_scan_is_word(word, WHEN_WORD_DAY))
        return false;
    scan->at++;
    if (parts->has_days || parts->day != 0 || parts->one != 0)
        scan->why = TWO_DATES;
    parts->has_days = true;
    parts->days = word->word.value;
    return true;
}

/* What says nothing. */
static bool take_filler(struct when_scan *scan)
{
    const struct when_token *token = when_scan_peek(scan, 0);
    const bool is_article = when_scan_is_word(token, WHEN_WORD_ONE) &&
                            when_scan_peek(scan, 1)->kind == WHEN_TOKEN_NUMBER; /* French "a 2h" */
    const bool is_sign = token->kind == WHEN_TOKEN_SIGN &&
                         text_find_byte(TEXT(",;.()[]-"), token->text.at[0]) >= 0 &&
                         !(when_scan_is_sign(token, '-') && scan->parts->has_time);

    if (!when_scan_is_word(token, WHEN_WORD_FILLER) && !is_article && !is_sign)
        return false;
    scan->at++;
    return true;
}

static bool take_any(struct when_scan *scan)
{
    static bool (*const takes[])(struct when_scan *) = {
        take_year_first,      when_clock_take_later,  take_signed,    when_clock_take_time,
        take_dotted,          take_slashed,           take_dashed,    take_day_month,
        take_month_day,       take_weekday,           take_day_word,  take_year,
        when_clock_take_half, when_clock_take_offset, when_zone_take, take_filler,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(takes); i++)
        if (takes[i](scan))
            return true;
    return false;
}

bool when_parts_read(struct arena *arena, struct text text, struct when_parts *parts,
                     struct text *word, const char **why)
{
    const struct when_token *tokens = when_tokens_split(arena, text);
    struct when_scan scan = {.arena = arena, .tokens = tokens, .parts = parts, .half = -1};

    *parts = (struct when_parts){0};
    *word = TEXT("");
    *why = NULL;
    if (tokens == NULL || tokens[0].kind == WHEN_TOKEN_END)
        return false;
    for (size_t i = 0; tokens[i].kind != WHEN_TOKEN_END; i++)
        scan.is_german =
            scan.is_german || (tokens[i].kind == WHEN_TOKEN_WORD && tokens[i].word.is_german);
    if (when_clock_take_span(&scan))
        return true;
    while (when_scan_peek(&scan, 0)->kind != WHEN_TOKEN_END && scan.why == NULL)
        if (!take_any(&scan)) {
            *word = when_scan_peek(&scan, 0)->text;
            return false;
        }
    when_clock_finish(&scan);
    *why = scan.why;
    return scan.why == NULL;
}
