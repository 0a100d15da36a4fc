/* spool/crew.h: the sender's workers as processes: started, watched, started again, ended. */
#pragma once

#include "spool/sender.h"
#include "spool/watch.h"

struct crew;

/* `arguments` as in sender_run(). All are due to be started at once. */
struct crew *crew_open(const struct sender_world *world, const char *const *arguments,
                       GError **error);
/* Ends what still runs, without waiting for anything in hand. */
void crew_close(struct crew *crew);
OWN_DEFINE(crew);

/* Starts those that are due. */
void crew_start_due(struct crew *crew, int64_t monotonic_ms);
/* Takes the ends of children; one that failed is started again after a while. */
void crew_reap(struct crew *crew, int64_t monotonic_ms);
/* Kills those that hang. Gives, one call after the other, the relays that they could not reach; NULL:
 * no more. */
const struct relay_settings *crew_end_stuck(struct crew *crew, int64_t monotonic_ms);
/* Wakes two idle ones of each relay. Whoever claims something hints again, so that the next are woken:
 * all at once would wait for each other's look into the store. */
void crew_wake(struct crew *crew);
/* All run, and each waits for something to do. */
bool crew_is_idle(const struct crew *crew);
bool crew_is_running(const struct crew *crew);
void crew_signal(struct crew *crew, int signal);
