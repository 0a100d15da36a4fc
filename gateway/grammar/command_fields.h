/* gateway/grammar/command_fields.h: which fields each command of the closed set has in a rule. */
#pragma once

#include "gateway/incident/command.h"

bool command_field_is_of(enum command_kind kind, const char *name);

/* "key, title, severity", for sentences. */
const char *command_field_list(enum command_kind kind);

/* Is `value`, written out in a rule, one that the field can have? NULL: it is; else what would be. */
const char *command_field_judge(enum command_kind kind, const char *name, const char *value);
