/* gateway/store/progress.h: the file beside an open slice; for the claims alone.
 *
 * state/slices/ID holds four numbers: when the slice was opened (a power cut may leave the file of
 * another slice of the same id), through whom it was sent, who is in hand, and how many were sent. Its owner has
 * it mapped and stores into it before and after each message, which takes no lock of the database, no
 * system call, and survives a kill; it is not synced, so a power cut may take it back, and messages are
 * repeated, never lost. flock(2) on it owns the slice. */
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

/* Opened, locked and mapped by us. */
struct progress_file {
    int descriptor; /* -1: none */
    struct progress_page *page;
};
#define PROGRESS_NONE ((struct progress_file){-1, NULL})

/* A new file that says `progress`. False: `error`, and the file is none. */
bool progress_make(int folder, int64_t slice_id, const struct progress *progress,
                   struct progress_file *file, GError **error);

/* Locks the file of a slice that somebody left; makes it where it is missing. *progress becomes what it
 * says, if it is of the slice opened at progress->opened_at; otherwise the file says *progress from now
 * on. True and no file: its owner lives. */
bool progress_take(int folder, int64_t slice_id, struct progress *progress,
                   struct progress_file *file, GError **error);

/* Ends owning it; it becomes none. */
void progress_close(struct progress_file *file);

/* Of another's slice, without its lock. */
void progress_peek(int folder, int64_t slice_id, int64_t opened_at, struct progress *progress);

/* What the file says from now on, in an order in which a kill at any moment repeats at most the one in
 * hand. Whatever its caller reads afterwards was read after it (a full barrier). */
void progress_store(const struct progress_file *file, const struct progress *progress);

/* Is its owner alive? */
bool progress_is_owned(int folder, int64_t slice_id);

void progress_remove(int folder, int64_t slice_id);
/* Calls `is_open` for each file's slice and removes those for which it is false. */
bool progress_sweep(int folder, bool (*is_open)(void *context, int64_t slice_id), void *context,
                    GError **error);
