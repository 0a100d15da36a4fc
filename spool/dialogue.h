/* spool/dialogue.h: what is allowed to pass between libesmtp and a relay.
 *
 * libesmtp shows each buffer that it reads before it looks at it, and each that it writes before it
 * goes out (not those of a mail itself). This judges them: pure, no descriptors. False means that the
 * connection must be shut at once and nothing of it be believed any more; `fault` says why.
 *
 * It holds what the library does not: MAIL goes out only inside TLS where TLS is required, and only
 * after 235 where there are credentials; AUTH only inside TLS; nothing may follow the answer to
 * STARTTLS (CVE-2011-0411); reply lines have at most 1,000 bytes, replies 100 lines, none a NUL (a
 * longer line would be read as two replies); CHUNKING is hidden, for the library takes the answer to
 * the first chunk for that to the last. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define DIALOGUE_LINE_MOST  1000
#define DIALOGUE_LINES_MOST 100

enum dialogue_auth { DIALOGUE_AUTH_NONE, DIALOGUE_AUTH_ASKED, DIALOGUE_AUTH_DONE };

struct dialogue {
    bool needs_tls;
    bool needs_auth;

    bool is_tls;
    bool is_tls_asked;    /* STARTTLS went out, the handshake has not succeeded */
    bool is_tls_answered; /* its answer has come whole */
    enum dialogue_auth auth;
    bool is_mail_seen;
    const char *fault; /* NULL: none */

    char line[512]; /* of the line that is coming in, or came last: its beginning */
    size_t column;  /* bytes of that line so far */
    size_t lines;   /* whole lines of the reply so far */
    bool is_line_whole;
};

bool dialogue_read(struct dialogue *dialogue, char *bytes, size_t size);
bool dialogue_write(struct dialogue *dialogue, const char *bytes, size_t size);
/* The handshake has succeeded and the peer was verified. */
void dialogue_note_tls(struct dialogue *dialogue);

/* The code of the last line that came, 0: none. */
int dialogue_last_code(const struct dialogue *dialogue);
