/* gateway/cli/doctor_probe.h: the mail with a forged verdict (DESIGN section 6).
 *
 * DKIM and SPF are believed by the Authentication-Results field of the site's own verifier. That is
 * safe only where the mail server removes the copies that strangers send, and only a mail can show it.
 * What was shown is kept in state/probe-passed, for the authserv-id that it holds for. */
#pragma once

#include "gateway/cli/doctor.h"

/* Sends nothing without doctor->probe. */
void doctor_check_probe(struct doctor *doctor);

/* True also where nothing is to be shown, because no verifier is configured. */
bool doctor_probe_has_passed(struct arena *arena, const struct config *config);
