/* gateway/intake/passing.h: mails that somebody passed on: what is within, and for whom its forwarder may
 * speak; private to this folder. */
#pragma once

#include "gateway/intake/monitored.h"
#include "gateway/mail/forwarded.h"

/* Who is believed, and what for (`forwards_for:`). */
struct passing_speaker {
    const struct monitor *monitor; /* NULL: an operator */
    const char *const *forwards_for;
    size_t forwards_for_count;
};

/* An operator's; none where she may pass on nothing. */
struct passing_speaker passing_speaker_of(const struct taking *taking,
                                          const struct operator* operator);

/* NULL: the mail is no forward, or holds a mail of ours. */
const struct forwarded *passing_find(const struct taking *taking, const struct mail *mail);

/* Reads the inner mail by the speaker's grammars and monitors alone. The policy is that of the monitor
 * that the inner From names, else the forwarding monitor's own, else that of a monitor with this
 * grammar. */
bool passing_read(const struct taking *taking, const struct forwarded *forwarded,
                  const struct passing_speaker *speaker, struct monitored *monitored);
