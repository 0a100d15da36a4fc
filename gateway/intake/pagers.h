/* gateway/intake/pagers.h: an operator's short mails from an address of her pager; private to this folder.
 *
 * Such an address is listed with her, with proofs of its own; the gateway of text messages that nobody
 * listed stays a stranger (security A32). It speaks in short forms alone (grammar_is_brief()), since a
 * telephone's number is easier to take than a mailbox; answers go to her own address. */
#pragma once

#include "gateway/intake/taking.h"

/* Is From a pager of an operator of this page? Then operator, identity, is_listed and trust are set as for
 * her own address, and a key of hers that came with it is good. */
void pagers_judge(struct taking *taking);

/* Was `mail`, this one or a held one, written by a pager of the author's? */
bool pagers_wrote(const struct taking *taking, const struct mail *mail);

/* The same mail as it is to be read: of a subject that the gateway wrote only one number stays. */
const struct mail *pagers_plain(struct taking *taking, const struct mail *mail);

/* Does this mail's pager say more than it may? Then *verdict refuses it. */
bool pagers_refuse(struct taking *taking, struct intake_verdict *verdict);
