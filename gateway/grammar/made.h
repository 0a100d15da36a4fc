/* gateway/grammar/made.h: the command that a rule made. */
#pragma once

#include "gateway/grammar/people.h"

/* May that role ever give that command (security A23)? */
bool made_may(enum grammar_role role, enum command_kind kind);

/* Is it a monitor's, of which nobody asks anything back? */
bool made_is_plain(enum command_kind kind);

/* Reads the values of `reading` as an author's words would be read: the same names of components, the same
 * questions. */
void made_read(struct hearing *hearing, enum command_kind kind, struct reading *reading);

/* A monitor's, and without a language, which only a trial of a single file is: title, severity and message
 * alone. Components of an alert stay what the rule wrote. */
void made_plain(struct arena *arena, const struct grammar_request *request, enum command_kind kind,
                struct reading *reading);
