/* gateway/store/place.h: the state directory and the database file in it; for this folder alone.
 *
 * The directory must be ours and nobody else's to write; the file must be a plain one of ours, with
 * one name and mode 0600, and is never followed through a symbolic link (the directory may be one:
 * systemd's DynamicUser makes it so). Network file systems are refused: WAL needs shared memory. */
#pragma once

#include "gateway/store/store.h"

struct place {
    int directory; /* locked: one process opens or migrates at a time */
    char *path;    /* of the database, absolute, free of links */
};

/* Locks the directory for at most settings->busy_ms; makes the file where there is none. NULL:
 * `error` is BUSY (the directory is not there, the lock is taken) or CONFIG (what must be mended). */
struct place *place_open(const struct store_settings *settings, GError **error);
void place_close(struct place *place);
OWN_DEFINE(place);
