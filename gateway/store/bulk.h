/* gateway/store/bulk.h: many subscribers at once, from a file.
 *
 * Who is there stays as she is: so a file can be taken a second time, or from its beginning after an
 * interruption, without harm. Nobody comes back by an import who left, bounced or is suppressed. All in
 * the open transaction; the caller commits every thousand lines. */
#pragma once

#include "gateway/store/joins.h"

struct bulk_person {
    const struct subscriber *subscriber; /* of desk->page */
    bool is_confirmed;                   /* else she is asked by a letter */
    const char *source;                  /* how consent was given, or what the letter says */
    const char *words;                   /* her wishes, as wishes_write() makes them */
    int64_t letter_at;                   /* when she is asked; only then */
};

enum bulk_outcome {
    BULK_ADDED,
    BULK_ASKED,
    BULK_CONFIRMED, /* she was pending */
    BULK_THERE,     /* confirmed or asked before; nothing was changed */
    BULK_TWICE,     /* likewise, by this import: at desk->now */
    BULK_LEFT,      /* from here on: refused */
    BULK_SUSPENDED,
    BULK_SUPPRESSED,
};
#define BULK_OUTCOME_COUNT 8

/* "has unsubscribed here"; "" for what is not refused. */
const char *bulk_outcome_why(enum bulk_outcome outcome);

bool bulk_add(const struct joins_desk *desk, const struct bulk_person *person,
              enum bulk_outcome *outcome, GError **error);

/* Prepares this connection, which does nothing else, for many writes in the order of a file: pages that
 * are changed again and again stay in memory (at most 32 MiB), and reach the database seldom. A power cut
 * may cost the last transactions until bulk_end(): the file is taken again. */
bool bulk_begin(struct store *store, GError **error);
bool bulk_end(struct store *store, GError **error);
