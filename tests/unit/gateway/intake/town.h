/* tests/unit/gateway/intake/town.h: a gateway with one page and two operators, on a real store. */
#pragma once

#include "gateway/intake/intake.h"
#include "tests/unit/unit.h"

struct town {
    char *state; /* directory */
    struct intake_settings settings;
    struct intake *intake;
    struct arena *arena;
    int64_t now;
};

struct town *town_open(void);
void town_close(struct town *town);

/* Who wrote what, and how she was signed in; NULL fields have their defaults. */
struct letter_in {
    const char *from;   /* header From and envelope sender */
    const char *sender; /* envelope sender, where it is another */
    const char *to;     /* default: the page */
    const char *subject;
    const char *text;
    const char *headers; /* further lines, each ending in a newline */
    const char *login;
};

struct intake_verdict town_take(struct town *town, const struct letter_in *letter);
struct intake_verdict town_take_bytes(struct town *town, struct text bytes, const char *from,
                                      const char *to, const char *login);

/* One number, or one text, that the store answers to a question in SQL. */
int64_t town_count(struct town *town, const char *sql);
char *town_ask(struct town *town, const char *sql);

/* The reply address of the only unspent key of the newest letter: made as the sender makes it. */
char *town_key_for(struct town *town, const char *operator, int64_t incident_id, int64_t held_id);
