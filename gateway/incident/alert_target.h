/* gateway/incident/alert_target.h: how grave an incident of monitors is to be, and what it is to affect. */
#pragma once

#include "gateway/incident/alert.h"

/* By what monitors say; their policies first. */
enum incident_severity alert_target_severity(const struct alert_facts *facts);

/* The components of all that speak, for an incident that opens. */
void alert_target_affect(struct arena *arena, const struct alert_facts *facts,
                         struct command *command);

/* Is a component to come to the incident that it never had? One that a person removed is not. */
bool alert_target_joins(const struct alert_facts *facts);
/* Adds these, and their severity where it is higher than any before; what subscribers read of it. */
const char *alert_target_join(struct arena *arena, const struct alert_facts *facts,
                              struct command *command);
