/* gateway/incident/draft.h: applies a command to an incident; what incident_decide() is made of. */
#pragma once

#include "gateway/incident/decide.h"

struct draft_request {
    const struct facts *facts;
    const struct command *command;         /* which may do so */
    const struct maintenance *maintenance; /* as it is to be; NULL: an incident */
    int64_t now;
};

/* Sets incident, states and changes of `decision` to what the command makes of the facts. True: something
 * public changed. A silent or private command is no different here. */
bool draft_decision(struct arena *arena, const struct draft_request *request,
                    struct decision *decision);
