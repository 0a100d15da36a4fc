/* gateway/intake/bounced.h: what came back to an address that only we could have given out; private to
 * this folder.
 *
 * Nothing in a report is believed: the key in the address that it came to says whose it is, whatever the
 * report says of recipients (security A46). A complaint at the page's plain address is about who is named
 * by a key in the mail that it returns (RFC 5965; addresses may be redacted, RFC 6590). */
#pragma once

#include "gateway/intake/taking.h"

/* A mail to a right `b` address, over a delivery or a letter. Always a verdict: it is never answered. */
struct intake_verdict bounced_take(struct taking *taking);

/* A complaint that came to another address of the page: true, and *verdict, if its returned mail holds a
 * right key. */
bool bounced_fits_complaint(struct taking *taking, struct intake_verdict *verdict);
