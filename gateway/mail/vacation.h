/* gateway/mail/vacation.h: how vacation answers begin. */
#pragma once

#include <stdbool.h>

/* Whether a decoded subject begins as vacation answers do, in any language of the table. */
bool vacation_is_subject(const char *subject);
