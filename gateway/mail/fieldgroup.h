/* gateway/mail/fieldgroup.h: the groups of fields that a report's second part is made of.
 *
 * RFC 3464 section 2.1: fields as in a mail's header, groups parted by empty lines. What is no field is
 * passed over, so is a group of nothing. */
#pragma once

#include "gateway/mail/mail.h"

#define FIELDGROUP_FIELDS 200

struct fieldgroup {
    struct mail_field *fields; /* unfolded and trimmed raw bytes */
    size_t count;
};

/* Takes the next group off `rest`. False at the end. */
bool fieldgroup_next(struct arena *arena, struct text *rest, struct fieldgroup *group);

/* The value of the first field of that name, any case; empty when there is none. */
struct text fieldgroup_find(const struct fieldgroup *group, const char *name);

/* One clean line without comments (RFC 5322 section 3.2.2) in parentheses, and what an overlong value
 * holds behind `most` characters. */
const char *fieldgroup_word(struct arena *arena, struct text value, size_t most);

/* The address of a typed field, "rfc822;ada@example.com": xtext (RFC 3461 section 4) decoded where that
 * is what it must be, utf-8-addr-xtext (RFC 6533 section 3) decoded for the type utf-8; without angle
 * brackets; an address without a type is taken as it is. One clean line, "" when there is none. */
const char *fieldgroup_address(struct arena *arena, struct text value);
