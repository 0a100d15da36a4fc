/* gateway/intake/worker.h: the process that takes mails, one at a time, and how a door asks it.
 *
 * A mail can make a library hang or crash: then this process dies, the mail is answered 451, its
 * digest is noted, and nothing else is touched. The worker ends itself by a timer of processor time
 * (SIGPROF); the door ends it when the clock of the wall is up. Only a death of which the mail may be
 * the cause is noted: who stops a worker from outside, or breaks the configuration under it, must not
 * have the mail that it held refused for good. */
#pragma once

#include "gateway/intake/intake.h"

/* The worker's loop over a socket: ends when the other end closes. Opens store and grammars with the
 * first mail, and anew after a failure of the store. */
void worker_run(const struct intake_settings *settings, int descriptor);

struct worker;

/* Starts this program again: argv[0] and its words, NULL at the end; the number of the socket is
 * added as one more word. The worker ends with the *thread* that starts it (PR_SET_PDEATHSIG). NULL:
 * `error` (BUSY). */
struct worker *worker_start(const char *const *arguments, GError **error);
/* Ends it now. */
void worker_close(struct worker *worker);
OWN_DEFINE(worker);

enum worker_outcome {
    WORKER_ANSWERED,
    WORKER_DIED, /* of a fault, or of its timer: note the mail's digest; close it, start another */
    WORKER_GONE, /* of anything else: close it, start another */
    WORKER_LATE, /* wall_ms were over: close it, start another */
};

/* The verdict lives in `arena`. With the other outcomes it is BUSY. */
enum worker_outcome worker_ask(struct worker *worker, struct arena *arena,
                               const struct envelope *envelope, int64_t wall_ms,
                               struct intake_verdict *verdict);

/* Writes a mail that ended its worker into the ledger, by a store connection of its own. */
bool worker_note_crash(const struct store_settings *store, struct text bytes, int64_t now,
                       GError **error);
