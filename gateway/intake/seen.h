/* gateway/intake/seen.h: which mails acted before; private to this folder.
 *
 * A mail counts once, by its digest; a signature counts once, whatever unsigned headers were changed
 * around it, or other signatures taken away (notes A18); and what is proven by a signature counts once
 * by what every signature must cover (author, date, subject, text), since the first copy may have come
 * unsigned: by submission, with the signed one to somebody else. */
#pragma once

#include "gateway/intake/taking.h"

/* Looks only: the mail itself; then what proves it. */
bool seen_has_mail(struct taking *taking, bool *was_seen, GError **error);
bool seen_has_proof(struct taking *taking, bool *was_seen, GError **error);

/* Remembers all of these, in the open transaction. *is_new false: another delivery of the mail was
 * first, the two having run at once. */
bool seen_note(struct taking *taking, bool *is_new, GError **error);
