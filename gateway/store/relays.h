/* gateway/store/relays.h: what all senders know of the relays together. A relay is named as in
 * spool/relay.h; '' is all of them, paused by hand. Each writer is a transaction of its own unless one
 * is open. */
#pragma once

#include "gateway/store/store.h"

struct relay_state {
    bool is_paused;   /* by hand: this one, or all */
    int64_t failures; /* in a row; 0: it works, as far as is known */
    int64_t retry_at; /* while it fails: not before */
    int64_t told_at;  /* somebody was told of its trouble; 0: nobody since it last worked */
    const char *reason;
};

/* One that is unknown works. */
bool relays_load(struct store *store, struct arena *arena, const char *name,
                 struct relay_state *state, GError **error);

struct relay_failure {
    const char *reason;
    int64_t retry_at;
    bool is_probe; /* by the one worker that tried it: counts whatever the others wait for */
};

struct relay_trouble {
    const char *reason; /* "relay mx:25: connection refused", "relay mx:25 is paused"; "": none */
    int64_t retry_at;   /* 0: unknown, or paused */
};

/* Why what waits may be waiting: a pause (if asked for), else the failure that rests longest. */
bool relays_find_trouble(struct store *store, struct arena *arena, bool with_pauses,
                         struct relay_trouble *trouble, GError **error);

/* One failed: sets its reason, counts, and lets it rest until `retry_at`, unless another worker has
 * just done so (*is_first false): those who fail together count once. */
bool relays_note_failure(struct store *store, const char *name, const struct relay_failure *failure,
                         int64_t now, bool *is_first, GError **error);
/* It works: forgets its failures. Writes only where there were any. */
bool relays_note_success(struct store *store, const char *name, GError **error);
/* One worker alone tries a relay whose rest is over: *is_mine, and the others wait until `until`. */
bool relays_probe(struct store *store, const char *name, int64_t until, int64_t now, bool *is_mine,
                  GError **error);
/* Somebody is being told; *is_mine false: somebody was told since it last worked. */
bool relays_note_told(struct store *store, const char *name, int64_t now, bool *is_mine,
                      GError **error);

/* By hand, until resumed; NULL: all of them. Resuming also ends a rest. */
bool relays_pause(struct store *store, const char *name, bool is_paused, GError **error);
/* A rest ends now; NULL: everyone's. */
bool relays_end_rest(struct store *store, const char *name, GError **error);
