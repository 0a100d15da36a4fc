/* Times of day, spans and offsets, for when_scan.h. */
#include "gateway/base/moment.h"
#include "gateway/base/when_scan.h"

#define SPAN_MOST_MS (3660 * DAY_MS)
#define TWO_TIMES    "it names two times of day"

static void set_time(struct when_scan *scan, int64_t hour, int64_t minute, int64_t second)
{
    struct when_parts *parts = scan->parts;

    if (parts->has_time)
        scan->why = TWO_TIMES;
    else if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second > 0))
        scan->why = "there is no such time of day";
    parts->has_time = true;
    parts->hour = hour;
    parts->minute = minute;
    parts->second = second;
}

/* ":30", ":30.123" behind minutes. */
static int64_t take_seconds(struct when_scan *scan)
{
    const struct when_token *number = when_scan_peek(scan, 1);

    if (!when_scan_is_sign(when_scan_peek(scan, 0), ':') || number->kind != WHEN_TOKEN_NUMBER ||
        number->text.size != 2)
        return 0;
    scan->at += 2;
    if ((when_scan_is_sign(when_scan_peek(scan, 0), '.') ||
         when_scan_is_sign(when_scan_peek(scan, 0), ',')) &&
        when_scan_peek(scan, 1)->kind == WHEN_TOKEN_NUMBER && when_scan_peek(scan, 1)->is_joined)
        scan->at += 2;
    return number->number;
}

/* "Uhr" or "h" behind a time that has its minutes already. */
static void skip_clock_word(struct when_scan *scan)
{
    if (when_scan_is_word(when_scan_peek(scan, 0), WHEN_WORD_CLOCK))
        scan->at++;
}

/* "02:00", "2:00:30". */
static bool take_colon_time(struct when_scan *scan)
{
    const struct when_token *hour = when_scan_peek(scan, 0);
    const struct when_token *minute = when_scan_peek(scan, 2);

    if (!when_scan_is_number(hour, 2) || !when_scan_is_sign(when_scan_peek(scan, 1), ':') ||
        minute->kind != WHEN_TOKEN_NUMBER || minute->text.size != 2)
        return false;
    scan->at += 3;
    const int64_t second = take_seconds(scan);
    set_time(scan, hour->number, minute->number, second);
    skip_clock_word(scan);
    return true;
}

/* "2 Uhr", "2 Uhr 30", "14h30", "2時30分". */
static bool take_clock_word(struct when_scan *scan)
{
    const struct when_token *hour = when_scan_peek(scan, 0);
    const struct when_token *minute = when_scan_peek(scan, 2);

    if (!when_scan_is_number(hour, 2) ||
        !when_scan_is_word(when_scan_peek(scan, 1), WHEN_WORD_CLOCK))
        return false;
    const bool has_sign = when_scan_is_word(when_scan_peek(scan, 3), WHEN_WORD_MINUTE_SIGN);
    const bool has_minute = when_scan_is_number(minute, 2) &&
                            (minute->text.size == 2 || has_sign) &&
                            !when_scan_is_sign(when_scan_peek(scan, 3), '.') &&
                            !when_scan_is_sign(when_scan_peek(scan, 3), ':');
    scan->at += has_minute ? (has_sign ? 4 : 3) : 2;
    set_time(scan, hour->number, has_minute ? minute->number : 0, 0);
    return true;
}

/* "2am": what the half of the day is comes next. */
static bool take_hour_of_half(struct when_scan *scan)
{
    const struct when_token *hour = when_scan_peek(scan, 0);
    const struct when_token *half = when_scan_peek(scan, 1);

    if (!when_scan_is_number(hour, 2) || !when_scan_is_word(half, WHEN_WORD_HALF))
        return false;
    scan->at++;
    set_time(scan, hour->number, 0, 0);
    return true;
}

/* "2.30 Uhr", "14.30", behind a date or where it can be none. */
static bool take_dotted_time(struct when_scan *scan)
{
    const struct when_token *hour = when_scan_peek(scan, 0);
    const struct when_token *minute = when_scan_peek(scan, 2);
    const struct when_token *next = when_scan_peek(scan, 3);

    if (!when_scan_is_number(hour, 2) || !when_scan_is_sign(when_scan_peek(scan, 1), '.') ||
        minute->kind != WHEN_TOKEN_NUMBER || minute->text.size != 2 || !minute->is_joined ||
        when_scan_is_sign(next, '.'))
        return false;
    if (scan->parts->day == 0 && !scan->parts->has_days && minute->number <= 12 &&
        !when_scan_is_word(next, WHEN_WORD_CLOCK) && !when_scan_is_word(next, WHEN_WORD_HALF))
        return false;
    scan->at += 3;
    set_time(scan, hour->number, minute->number, 0);
    skip_clock_word(scan);
    return true;
}

bool when_clock_take_digits(struct when_scan *scan)
{
    const struct when_token *token = when_scan_peek(scan, 0);
    const int64_t number = token->number;

    if (token->kind != WHEN_TOKEN_NUMBER || (token->text.size != 4 && token->text.size != 6))
        return false;
    scan->at++;
    if (token->text.size == 4)
        set_time(scan, number / 100, number % 100, 0);
    else
        set_time(scan, number / 10000, number / 100 % 100, number % 100);
    return true;
}

/* "0200" is no year where the day has one, or has no need of one. */
static bool take_military(struct when_scan *scan)
{
    const struct when_parts *parts = scan->parts;
    const struct when_token *next = when_scan_peek(scan, 1);

    if (parts->has_time || when_scan_peek(scan, 0)->text.size != 4 ||
        (parts->year == 0 && !parts->has_days && !(parts->weekday != 0 && parts->month == 0)))
        return false;
    if (!when_clock_take_digits(scan))
        return false;
    if (when_scan_is_word(next, WHEN_WORD_CLOCK) || when_scan_is_word(next, WHEN_WORD_UNIT))
        scan->at++;
    return true;
}

/* "at 14", "um 2"; "at" before anything else is a word like others. */
static bool take_at(struct when_scan *scan)
{
    const struct when_token *at = when_scan_peek(scan, 0);
    const struct when_token *hour = when_scan_peek(scan, 1);
    const struct when_token *next = when_scan_peek(scan, 2);

    if (!when_scan_is_word(at, WHEN_WORD_AT))
        return false;
    scan->at++;
    if (!when_scan_is_number(hour, 2) || when_scan_is_sign(next, ':') ||
        when_scan_is_sign(next, '.') || when_scan_is_word(next, WHEN_WORD_CLOCK) ||
        when_scan_is_word(next, WHEN_WORD_HALF))
        return true;
    scan->at++;
    set_time(scan, hour->number, 0, 0);
    scan->parts->is_hour_unclear = at->word.value == 12 && hour->number > 0 && hour->number <= 12;
    return true;
}

/* "noon", "12 noon", "midnight". */
static bool take_noon(struct when_scan *scan)
{
    const struct when_token *word = when_scan_peek(scan, 0);
    struct when_parts *parts = scan->parts;
    const bool is_midnight = when_scan_is_word(word, WHEN_WORD_MIDNIGHT);

    if (!is_midnight && !when_scan_is_word(word, WHEN_WORD_NOON))
        return false;
    scan->at++;
    if (parts->has_time && parts->hour == 12 && parts->minute == 0 && !is_midnight)
        return true;
    set_time(scan, is_midnight ? 0 : 12, 0, 0);
    parts->is_midnight = is_midnight;
    return true;
}

bool when_clock_take_time(struct when_scan *scan)
{
    return take_colon_time(scan) || take_hour_of_half(scan) || take_clock_word(scan) ||
           take_dotted_time(scan) || take_military(scan) || take_at(scan) || take_noon(scan);
}

bool when_clock_take_half(struct when_scan *scan)
{
    const struct when_token *word = when_scan_peek(scan, 0);
    const struct when_token *before = scan->at > 0 ? &scan->tokens[scan->at - 1] : NULL;

    if (!when_scan_is_word(word, WHEN_WORD_HALF))
        return false;
    scan->at++;
    /* German "am 1. Dezember". */
    const bool is_behind = before != NULL && before->kind == WHEN_TOKEN_NUMBER;
    if (text_is_equal_any_case(word->text, TEXT("am")) && !(is_behind && word->is_joined) &&
        (scan->is_german || !is_behind))
        return true;
    if (scan->half >= 0)
        scan->why = TWO_TIMES;
    scan->half = (int)word->word.value;
    return true;
}

void when_clock_finish(struct when_scan *scan)
{
    struct when_parts *parts = scan->parts;

    if (scan->half < 0 || scan->why != NULL)
        return;
    if (parts->has_time && parts->hour > 12 && scan->half == 13) /* "20 Uhr abends" */
        return;
    if (!parts->has_time || parts->hour > 12)
        scan->why = "there is no such time of day";
    parts->hour = parts->hour % 12 + (scan->half >= 12 ? 12 : 0);
    parts->is_hour_unclear = false;
}

/* One number and its unit: "2 hours", "1.5h", "an hour". */
static bool take_piece(struct when_scan *scan, int64_t *unit_ms, int64_t *ms)
{
    const struct when_token *number = when_scan_peek(scan, 0);
    const struct when_token *dot = when_scan_peek(scan, 1);
    const struct when_token *fraction = when_scan_peek(scan, 2);
    const bool is_one = when_scan_is_word(number, WHEN_WORD_ONE);
    const bool has_fraction = !is_one && when_scan_is_number(fraction, 2) && fraction->is_joined &&
                              (when_scan_is_sign(dot, '.') || when_scan_is_sign(dot, ','));
    const struct when_token *unit = when_scan_peek(scan, has_fraction ? 3 : 1);
    const bool is_hour = when_scan_is_word(unit, WHEN_WORD_CLOCK) && unit->word.value == 1;

    if (!is_one && !when_scan_is_number(number, 6))
        return false;
    if (!is_hour && !when_scan_is_word(unit, WHEN_WORD_UNIT))
        return false;
    *unit_ms = is_hour ? HOUR_MS : unit->word.value;
    *ms = (is_one ? 1 : number->number) * *unit_ms;
    if (has_fraction)
        *ms += fraction->number * *unit_ms / (fraction->text.size == 1 ? 10 : 100);
    scan->at += has_fraction ? 4 : 2;
    return true;
}

/* As many pieces as there are; `least_ms` is the smallest unit. */
static bool take_pieces(struct when_scan *scan, int64_t *least_ms, int64_t *ms)
{
    const size_t from = scan->at;
    int64_t unit_ms = 0;
    int64_t piece_ms = 0;

    *ms = 0;
    *least_ms = INT64_MAX;
    while (take_piece(scan, &unit_ms, &piece_ms)) {
        *ms += piece_ms;
        if (unit_ms >= *least_ms || *ms > SPAN_MOST_MS)
            scan->why = "the span is not understood";
        *least_ms = unit_ms;
        const struct when_token *next = when_scan_peek(scan, 0);
        if (when_scan_is_word(next, WHEN_WORD_AND) || when_scan_is_sign(next, ',') ||
            when_scan_is_sign(next, '.'))
            scan->at++;
    }
    const struct when_token *rest = when_scan_peek(scan, 0);
    if (scan->at > from && unit_ms == HOUR_MS && rest->kind == WHEN_TOKEN_NUMBER &&
        rest->text.size == 2 && rest->number < 60 && rest->is_joined) { /* "2h30" */
        *ms += rest->number * MINUTE_MS;
        *least_ms = MINUTE_MS;
        scan->at++;
    }
    return scan->at > from;
}

bool when_clock_take_span(struct when_scan *scan)
{
    int64_t least_ms = 0;
    int64_t ms = 0;

    const struct when_token *first = when_scan_peek(scan, 0);
    if (when_scan_is_sign(first, '+') || /* ISO 8601: "PT2H" */
        (first->kind == WHEN_TOKEN_NAME && when_scan_peek(scan, 1)->is_joined &&
         text_is_equal_any_case(first->text, TEXT("PT"))))
        scan->at++;
    if (take_pieces(scan, &least_ms, &ms) && scan->why == NULL &&
        when_scan_peek(scan, 0)->kind == WHEN_TOKEN_END) {
        scan->parts->has_span = true;
        scan->parts->span_ms = ms;
        return true;
    }
    scan->at = 0;
    scan->why = NULL;
    return false;
}

bool when_clock_take_later(struct when_scan *scan)
{
    const size_t from = scan->at;
    struct when_parts *parts = scan->parts;
    const bool has_in = when_scan_is_word(when_scan_peek(scan, 0), WHEN_WORD_IN);
    int64_t least_ms = 0;
    int64_t ms = 0;

    scan->at += has_in ? 1 : 0;
    const bool is_span = take_pieces(scan, &least_ms, &ms);
    const bool is_later = when_scan_is_word(when_scan_peek(scan, 0), WHEN_WORD_LATER);
    if (!is_span || (!has_in && !is_later) || parts->has_span || parts->has_days) {
        scan->at = from;
        scan->why = NULL;
        return false;
    }
    scan->at += is_later ? 1 : 0;
    if (least_ms >= DAY_MS) { /* "in 3 days": at what time? */
        parts->has_days = true;
        parts->days = ms / DAY_MS;
        return true;
    }
    parts->has_span = true;
    parts->is_later = true;
    parts->span_ms = ms;
    return true;
}

bool when_clock_take_offset(struct when_scan *scan)
{
    const struct when_token *sign = when_scan_peek(scan, 0);
    const struct when_token *hours = when_scan_peek(scan, 1);
    const struct when_token *minutes = when_scan_peek(scan, 3);
    const bool has_colon = when_scan_is_sign(when_scan_peek(scan, 2), ':') &&
                           when_scan_is_number(minutes, 2) && minutes->is_joined;
    const bool is_west = when_scan_is_sign(sign, '-');

    if (!scan->parts->has_time || (!is_west && !when_scan_is_sign(sign, '+')) ||
        !when_scan_is_number(hours, 4) || !hours->is_joined)
        return false;
    if (is_west && !scan->is_iso && hours->text.size != 4) {
        scan->why = "is that the end, or the offset from UTC?";
        return true;
    }
    if (scan->parts->zone.size > 0)
        scan->why = "it names two zones";
    const struct when_token *last = has_colon ? minutes : hours;
    scan->parts->zone =
        text_from(sign->text.at, (size_t)(last->text.at + last->text.size - sign->text.at));
    scan->at += has_colon ? 4 : 2;
    return true;
}
