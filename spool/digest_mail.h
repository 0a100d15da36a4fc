/* spool/digest_mail.h: from a letter that says "a digest since then" to its mail.
 *
 * Rendered once for all who hear the same of the same span in the same way, and kept while others of
 * them may come; per recipient only slots are written. What she chose is asked for when it is sent. */
#pragma once

#include "spool/mailroom.h"

struct digest_mail;

/* Settings are copied, what they point to is borrowed. */
struct digest_mail *digest_mail_open(const struct mailroom_settings *settings);
void digest_mail_close(struct digest_mail *digests);
OWN_DEFINE(digest_mail);

/* Fills *mail; what it points to lives until the next call and as long as `arena`. mail->message NULL:
 * nothing of it concerns her any more. */
bool digest_mail_write(struct digest_mail *digests, struct arena *arena, const struct page *page,
                       const struct letter *letter, struct relay_mail *mail, GError **error);
