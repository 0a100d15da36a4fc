/* gateway/base/when_scan.h: a written time while it is read: when_parts.c reads days, when_clock.c times of day,
 * spans and offsets, when_zone.c names of zones. Each `take` reads what begins at the place and goes on behind it, or is false. */
#pragma once

#include "gateway/base/when_parts.h"
#include "gateway/base/when_tokens.h"

struct when_scan {
    struct arena *arena;
    const struct when_token *tokens;
    size_t at;
    struct when_parts *parts;
    bool is_german;  /* a word of it stands there */
    bool is_iso;     /* a date and "T": what "-04:00" means is clear */
    int half;        /* as its word has it; -1: not said */
    const char *why; /* set: what is wrong, and nothing more is read */
};

static inline const struct when_token *when_scan_peek(const struct when_scan *scan, size_t ahead)
{
    return &scan->tokens[scan->at + ahead];
}

static inline bool when_scan_is_number(const struct when_token *token, size_t most_digits)
{
    return token->kind == WHEN_TOKEN_NUMBER && token->text.size <= most_digits;
}

static inline bool when_scan_is_sign(const struct when_token *token, char sign)
{
    return token->kind == WHEN_TOKEN_SIGN && token->text.at[0] == sign;
}

static inline bool when_scan_is_word(const struct when_token *token, enum when_word_kind kind)
{
    return token->kind == WHEN_TOKEN_WORD && token->word.kind == kind;
}

/* "02:00", "2am", "2 Uhr 30", "14h", "0200 UTC", "noon", "at 14". */
bool when_clock_take_time(struct when_scan *scan);
/* "pm", "午後", wherever it stands. */
bool when_clock_take_half(struct when_scan *scan);
/* "in 2 hours", "2時間後". */
bool when_clock_take_later(struct when_scan *scan);
/* "+02:00", "-0500". */
bool when_clock_take_offset(struct when_scan *scan);
/* "Europe/Berlin", "UTC+2", "Pacific Standard Time". */
bool when_zone_take(struct when_scan *scan);
/* A number of digits that stand together as in ISO 8601: "020000". */
bool when_clock_take_digits(struct when_scan *scan);
/* The whole text is a span. */
bool when_clock_take_span(struct when_scan *scan);
/* Joins the half of the day to its hour. */
void when_clock_finish(struct when_scan *scan);
