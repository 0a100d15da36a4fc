/* gateway/cli/talk.h: a few lines of SMTP over a plain socket, each step within a limit of time.
 *
 * For looking at servers, not for handing them mail (that is spool's). Replies are kept to
 * TALK_REPLY_MOST bytes. */
#pragma once

#include "gateway/base/own.h"
#include "gateway/base/text.h"

struct talk;

#define TALK_REPLY_MOST 8192

/* Each step (connect, a write, a whole reply) may take `wait_ms`. NULL: `error` (BUSY) says what did
 * not work. */
struct talk *talk_open(const char *host, uint16_t port, int64_t wait_ms, GError **error);
struct talk *talk_open_unix(const char *path, int64_t wait_ms, GError **error);
void talk_close(struct talk *talk);
OWN_DEFINE(talk);

struct talk_reply {
    int code;         /* 250 */
    const char *text; /* its lines, each cleaned, joined by newlines, without codes */
};

/* Writes all of `bytes` ("" writes nothing), then reads one reply of RFC 5321 section 4.2. */
bool talk_say(struct talk *talk, struct arena *arena, struct text bytes, struct talk_reply *reply,
              GError **error);

/* Does one of the lines of an EHLO reply begin with this word? */
bool talk_offers(const struct talk_reply *reply, const char *keyword);
