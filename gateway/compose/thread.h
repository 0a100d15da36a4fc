/* gateway/compose/thread.h: what makes all mails of an incident one thread, in every client.
 *
 * References and In-Reply-To (RFC 5322 section 3.6.4) hold the incident's root id, which no mail has: who
 * missed the first mail still sees one thread. An answer also names the mail that it answers, so that
 * its author's own mails are in the thread. Outlook goes by Thread-Topic and Thread-Index (MS-OXOMSG
 * 2.2.1.3): 22 bytes of which 16 are derived from the incident, and 5 for each later update. */
#pragma once

#include "gateway/base/secret.h"
#include "gateway/incident/story.h"

struct thread {
    const struct page *page;
    const struct story *story; /* NULL: about no incident */
    const char *in_reply_to;   /* id of the mail answered, as it gave it; NULL or "": none */
    const char *references;    /* its references, likewise */
};

/* Appends In-Reply-To, References, Thread-Topic and Thread-Index as far as there is something to say. */
void thread_write(GString *output, const struct secret *secret, const struct thread *thread);

#define THREAD_INDEX_SIZE       22
#define THREAD_INDEX_LEVEL_SIZE 5

/* Thread-Index before its base64, of `*size` bytes. */
uint8_t *thread_index(struct arena *arena, const struct story *story, size_t *size);
