/* gateway/store/progress.h: the file beside an open slice; for the claims alone.
 *
 * state/slices/ID holds four numbers: when the slice was opened (a power cut may leave the file of
 * another slice of the same id), through whom it was sent, who is in hand, and how many were sent. It is written after
 * each message, takes no lock of the database and survives a kill; it is not synced, so a power cut
 * may take it back, and messages are repeated, never lost. flock(2) on it owns the slice. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct progress {
    int64_t opened_at;
    int64_t sent_through; /* all up to here are done: sent, or an exception's row was committed */
    int64_t in_hand;      /* may be inside a message; 0: nobody */
    int64_t sent_count;   /* messages that the relay took */
};

/* Makes state/slices where it is missing; a descriptor of it, or -1. */
int progress_open_folder(const char *state, GError **error);

/* A new file, locked by us. -1: `error`. */
int progress_make(int folder, int64_t slice_id, const struct progress *progress, GError **error);

/* Locks the file of a slice that somebody left; makes it where it is missing. -1 and no error: its
 * owner lives. */
int progress_take(int folder, int64_t slice_id, GError **error);

/* What it says, if it is of the slice opened then; otherwise *progress stays as it is. */
void progress_read(int descriptor, int64_t opened_at, struct progress *progress);
/* Of another's slice, without its lock. */
void progress_peek(int folder, int64_t slice_id, int64_t opened_at, struct progress *progress);

bool progress_write(int descriptor, const struct progress *progress, GError **error);

/* Is its owner alive? */
bool progress_is_owned(int folder, int64_t slice_id);

void progress_remove(int folder, int64_t slice_id);
/* Calls `is_open` for each file's slice and removes those for which it is false. */
bool progress_sweep(int folder, bool (*is_open)(void *context, int64_t slice_id), void *context,
                    GError **error);
