/* gateway/grammar/field.h: the parts of a mail that a pattern may look at (DESIGN section 7). */
#pragma once

#include "gateway/grammar/grammar.h"

enum field_kind {
    FIELD_SUBJECT,  /* without a mailing list's "[name] " before it */
    FIELD_FROM,     /* local@domain; empty unless there is exactly one */
    FIELD_TO,       /* To and Cc, an address a line */
    FIELD_HEADER,   /* `header NAME`: all of that name, a value a line */
    FIELD_BODY,     /* the new text */
    FIELD_RAW_BODY, /* before quotation and signature were cut */
    FIELD_EXTENSION,
    FIELD_CALENDAR, /* invitations; accepted, and never matched as yet */
};
#define FIELD_KIND_COUNT 8

/* Never NULL. */
const char *field_name(enum field_kind kind);

/* Reads a rule's key, "subject" or "header X-Alert". False: it is no field. *header is set to the header's name,
 * which lives as long as `key`. */
bool field_parse(const char *key, enum field_kind *kind, const char **header);

/* Valid UTF-8. False: the mail cannot have that field. */
bool field_text(struct arena *arena, const struct grammar_request *request, enum field_kind kind,
                const char *header, struct text *text);
