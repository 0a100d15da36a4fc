/* tests/unit/gateway/intake/watchtown.h: the town with monitors.
 *
 *     Production API   no From; opens a major incident on comp_api
 *     Website          no From; any mail of the network 198.51.100.0/28; asks before it opens anything
 *     Mon API, Mon Web mon@mon.example.com from there or signed in, by the grammar "watchdog", of hosts api… and all others
 *     Beacon           beacon@mon.example.com, signed; signs of life are expected
 *     Pager            pager@example.org, signed in; forwards what "watchdog" reads
 *     Cron           ada@example.com from there, who is an operator too
 *     Elsewhere        else@mon.example.com, of the other page
 * Ada may forward for "watchdog", Bob for nothing. */
#pragma once

#include "tests/unit/gateway/intake/town.h"

#define WATCH_NETWORK "198.51.100.10"
#define WATCH_AWAY    "203.0.113.9"

/* A mail of a monitor's. NULL fields have their defaults. */
struct watch_mail {
    const char *from; /* default mon@mon.example.com */
    const char *sender;
    const char *to;
    const char *client; /* default WATCH_NETWORK */
    const char *login;
    const char *subject;
    const char *text;
    const char *headers; /* with a Date or Content-Type of its own, if any */
    bool has_date;
};

struct intake_verdict watch_take(struct town *town, const struct watch_mail *mail);

/* "watchdog api-1/http is down" and its like. */
const char *watch_subject(struct town *town, const char *what, const char *state);

int watch_set_up(void **state);
/* With an authserv_id: "mx.example.com". */
int watch_set_up_verified(void **state);
#define WATCH(sentence) cmocka_unit_test_setup_teardown(sentence, watch_set_up, town_tear_down)
#define WATCH_VERIFIED(sentence)                                                                   \
    cmocka_unit_test_setup_teardown(sentence, watch_set_up_verified, town_tear_down)
