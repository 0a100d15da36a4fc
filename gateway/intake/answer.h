/* gateway/intake/answer.h: the letters that a mail brings about; private to this folder.
 *
 * All are added in the open transaction and rendered when they are sent. Those that report no change
 * are limited per address and hour, and per domain (DESIGN section 6, notes A34), and the same words are
 * asked about a few times only; what is over is not sent. */
#pragma once

#include "gateway/incident/letter.h"
#include "gateway/intake/reporting.h"
#include "gateway/store/intakes.h"

/* What was understood, what it changed. */
bool answer_change(struct taking *taking, const struct mail *mail, const struct reading *reading,
                   const struct decision *decision, GError **error);
/* What was understood of monitors' alerts, and what followed. */
bool answer_heard(struct taking *taking, const struct mail *mail, const struct monitored *monitored,
                  const struct reporting_outcome *outcome, GError **error);
bool answer_preview(struct taking *taking, const struct mail *mail, const struct reading *reading,
                    const struct decision *decision, GError **error);
bool answer_question(struct taking *taking, const struct question *question, int64_t incident_id,
                     GError **error);
/* A question of one sentence: what the rules refused. */
bool answer_problem(struct taking *taking, const char *problem, const char *suggestion,
                    int64_t incident_id, GError **error);
bool answer_help(struct taking *taking, GError **error);
/* *was_asked false: the limit is reached, and no letter was added. */
bool answer_held(struct taking *taking, const struct held *held, bool *was_asked, GError **error);
bool answer_key_spent(struct taking *taking, const struct operator* owner, const char *reason,
                      GError **error);
