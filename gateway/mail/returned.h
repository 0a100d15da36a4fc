/* gateway/mail/returned.h: the header of the mail that a report gives back. */
#pragma once

#include "gateway/mail/report.h"

/* Sets report->returned_* from a raw header block; those that are set already stay. */
void returned_read(struct arena *arena, struct text header, struct report *report);
