/* gateway/incident/draft.h: applies a command to an incident; what incident_decide() is made of. */
#pragma once

#include "gateway/incident/decide.h"

/* Sets incident, states and changes of `decision` to what `command`, which may do so, makes of the
 * facts. True: something public changed. A silent or private command is no different here. */
bool draft_decision(struct arena *arena, const struct facts *facts, const struct command *command,
                    int64_t now, struct decision *decision);
