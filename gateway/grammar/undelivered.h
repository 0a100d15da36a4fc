/* gateway/grammar/undelivered.h: which addresses a bounce is about, and whether they fail for good.
 *
 * A report (RFC 3464) says so itself. What older programs write is read by a table of patterns,
 * bounces.yaml, which a site can extend in its own file of that name: no program's name stands in the code.
 * Patterns run under the same limits as grammars'. */
#pragma once

#include "gateway/grammar/grammar.h"
#include "gateway/mail/report.h"

/* Permanent: that mail was given up. Whether it is the address that failed says the status: a mailbox that
 * was full for days is permanent with 5.2.2, a host that was away 4.4.7. */
enum bounce_verdict { BOUNCE_TEMPORARY, BOUNCE_PERMANENT };

struct bounce_finding {
    const char *address;
    enum bounce_verdict verdict;
    const char
        *status; /* "5.1.1": as it stands there, or of the words' cause; "" when neither is known */
    const char *words; /* the line that says it, at most 500 bytes */
};

struct bounce_reading {
    const struct bounce_finding *findings; /* each address once; permanent wins */
    size_t count;                          /* none: no bounce, or none that is understood */
    const char *rule;                      /* "report", or the pattern's name; "" */
};

const struct bounce_reading *grammar_read_bounce(struct grammars *grammars, struct arena *arena,
                                                 const struct mail *mail,
                                                 const struct report *report);
