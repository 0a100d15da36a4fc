/* gateway/milter/milter.h: the door for mail servers: libmilter, in Postfix or Sendmail.
 *
 * Looks at mail for a page's address alone; all other mail is let go at DATA, nothing of it seen. The
 * process collects bytes and session facts and hands them to one of its intake workers; it answers
 * when the worker has committed. Threads and loop are libmilter's; this process opens no database.
 *
 * May not be trusted with: the store, keys but those of addresses, any parsing of mail.
 *
 * Signals: SIGTERM and SIGINT stop it (libmilter takes up to 5 s). SIGUSR1 drains it: a successor has
 * taken over its socket's name; it serves the connections that it has and ends when the last closes. */
#pragma once

#include "gateway/intake/worker.h"

struct milter_settings {
    const char *socket; /* "unix:/run/tocsin/milter.sock" or "inet:8891@127.0.0.1" */
    const char *group;  /* of a unix socket, which it may use (0660); "": our own */
    size_t workers;     /* 1 to 64; default 4 */
};

/* Is it an address that can be listened at? False: `error` (CONFIG) says what one looks like. */
bool milter_check_socket(const char *socket, GError **error);

/* A unix socket is opened under a name of its own and renamed over the public one, so that a successor
 * takes over without a moment in between. Runs until stopped. `worker_arguments` start a worker, argv[0]
 * to the verb, NULL at the end. False: `error`. */
bool milter_run(const struct milter_settings *settings, const struct intake_settings *intake,
                const char *const *worker_arguments, GError **error);
