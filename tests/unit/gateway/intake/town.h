/* tests/unit/gateway/intake/town.h: a gateway with two pages, on a real store: Ada and Bob are operators
 * of status@status.example.com, Eve of other@status.example.com. */
#pragma once

#include "gateway/incident/letter.h"
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
/* In a directory that is there already. */
struct town *town_open_at(const char *state);
void town_close(struct town *town);

/* Who wrote what, and how she was signed in; NULL fields have their defaults. */
struct letter_in {
    const char *from;      /* header From and envelope sender */
    const char *sender;    /* envelope sender, where it is another */
    const char *to;        /* default: the page */
    const char *header_to; /* default: `to` */
    const char *subject;
    const char *text;
    const char *headers; /* further lines, each ending in a newline */
    const char *login;
};

struct intake_verdict town_take(struct town *town, const struct letter_in *letter);
struct intake_verdict town_take_bytes(struct town *town, struct text bytes, const char *from,
                                      const char *to, const char *login);

/* A new incident by Ada, signed in. */
extern const struct letter_in town_opening;

/* Rows of every table but what intake remembers of refused mail. */
int64_t town_changes(struct town *town);

/* The kind of the newest letter. */
int64_t town_last_letter(struct town *town);

/* One number, or one text, that the store answers to a question in SQL. */
int64_t town_count(struct town *town, const char *sql);
char *town_ask(struct town *town, const char *sql);

/* A reply address as the sender makes one; it lives for a day. */
char *town_key_for(struct town *town, const char *operator, int64_t incident_id, int64_t held_id);

/* Likewise that of a mail that asks whether a draft shall be published. */
char *town_draft_address(struct town *town, const char *operator, int64_t draft_id);

/* The address that a reply to a letter with a confirm key goes to: a key as the sender makes one, with
 * what the newest letter of that kind says. It lives for two days; of preferences for 14. */
char *town_confirm_address(struct town *town, enum letter_kind kind);

/* A confirmed subscriber as the store has her; NULL: nobody of that address. */
const struct subscriber *town_find(struct town *town, const char *address);
/* Subscribed from a shell, to everything. */
void town_subscribe(struct town *town, const char *address);

const struct page *town_page(void);

int town_set_up(void **state);
int town_tear_down(void **state);
#define TOWN_TEST(sentence) static void sentence(void **state)
#define TOWN(sentence)      cmocka_unit_test_setup_teardown(sentence, town_set_up, town_tear_down)
