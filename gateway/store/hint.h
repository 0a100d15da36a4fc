/* gateway/store/hint.h: "look again", said to another process after a commit.
 *
 * A byte to a datagram socket in the state directory. Losing one costs latency, never mail: every loop
 * also looks by itself every 2 s. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Tells the sender that something may be due. Errors are ignored: there may be no sender. */
void hint_send(const char *state_directory);

/* The sender's end: state/hint-sender (0600), non-blocking and close-on-exec; one left by a sender
 * that died is replaced. -1: `error`. */
int hint_open(const char *state_directory, GError **error);
/* Takes what has come; true if anything had. */
bool hint_drain(int descriptor);
/* Closes and unlinks; -1 is allowed. */
void hint_close(const char *state_directory, int descriptor);
