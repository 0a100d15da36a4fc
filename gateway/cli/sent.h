/* gateway/cli/sent.h: the header of a notification as it arrived, as the large receivers judge bulk mail.
 *
 * Rules: RFC 8058 (one-click unsubscription and what DKIM must cover), RFC 2369, RFC 2919, RFC 5322 section
 * 3.6, RFC 6376, and what Gmail, Yahoo and Outlook.com ask of who sends to many. Signatures are not
 * verified: what the receiver's verifier wrote is taken. Pure. */
#pragma once

#include "gateway/mail/mail.h"

#include <glib.h>

struct sent {
    struct arena *arena;
    GArray *fields;          /* of struct mail_field, top first, values unfolded */
    const char *from_domain; /* lower case; "" when there is no single one */
};

/* NULL: `error` (INPUT): no header of a mail. Close with sent_close(). */
struct sent *sent_open(struct arena *arena, struct text bytes, GError **error);
void sent_close(struct sent *sent);
OWN_DEFINE(sent);

/* How many fields of that name there are; *last is the last one's value. */
size_t sent_count(const struct sent *sent, const char *name, struct text *last);

/* The domain itself, one above it or one below it: DMARC's relaxed alignment (RFC 7489 section 3.1.1) as far
 * as it can be said without a list of public suffixes. */
bool sent_is_aligned(const struct sent *sent, struct text domain);

/* Which of `names` stand in the mail and are not covered by the DKIM signature that is aligned and covers
 * most of them; NULL ended. *signature_count: well-formed ones, *aligned_count those that are aligned. */
const char *const *sent_uncovered(const struct sent *sent, const char *const *names,
                                  size_t *signature_count, size_t *aligned_count);

enum sent_one_click {
    SENT_NO_UNSUBSCRIBE,
    SENT_MAIL_ONLY,  /* a mailto, nothing for one click */
    SENT_NO_HTTPS,   /* -Post without an https address beside it */
    SENT_WRONG_POST, /* -Post has another value, or stands there twice */
    SENT_NOT_ONE_CLICK /* https, but no -Post */,
    SENT_ONE_CLICK,
};
enum sent_one_click sent_judge_unsubscribe(const struct sent *sent);
