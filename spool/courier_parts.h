/* spool/courier_parts.h: what a courier has in hand; for its three files.
 *
 * courier.c is its life: opening, sessions, waiting. courier_feed.c is one session: it claims, asks,
 * writes, and notes what the relay says. courier_score.c tells the store what that means for the
 * subscriber and her domain. */
#pragma once

#include "gateway/store/claims.h"
#include "gateway/store/domains.h"
#include "spool/courier.h"
#include "spool/mailroom.h"

struct courier {
    const struct sender_world *world;
    const struct secret *secret;
    const struct relay_settings *settings;
    size_t relay_number;
    struct relay *relay;
    struct store *store;
    struct claims *claims;
    struct mailroom *mailroom;
    struct watch_place *place;
    struct watch_relay *shared;
    int signals;
    int64_t signals_looked_at; /* monotonic */
    int wake;

    struct arena *arena; /* of the claim */
    const struct claim *claim;
    size_t item;
    int64_t claimed_at; /* monotonic */
    size_t slice_most;
    struct relay_mail mail;

    size_t session_count;
    size_t session_sent;
    bool is_connected;
    bool is_stopping;
    bool must_rest; /* the session is to end: the relay, or our store, is in trouble */
    bool was_bare;
    bool saw_policy; /* within this claim: domains must be looked up */
    int64_t relay_failures;
    char fault[sizeof((struct relay_reply *)0)->text];
};

/* Ends the session and logs why; false. */
bool courier_report(struct courier *courier, const char *event, GError *error);
bool courier_is_stopping(struct courier *courier);
void courier_say(struct courier *courier, enum watch_phase phase);

/* The mail in hand was refused, for now or for good: it counts if it is the address's failure, and a
 * refusal by policy counts for the domain. *reply NULL: it was taken. What cannot be noted is logged. */
void courier_score(struct courier *courier, const struct relay_reply *reply);
/* Must she wait because her domain refuses? *pause then says until when. */
bool courier_must_wait(struct courier *courier, struct domain_pause *pause);

/* For relay_run(). */
struct relay_feed courier_feed(struct courier *courier);
/* What it has in hand goes to whoever claims next. */
void courier_release(struct courier *courier);
