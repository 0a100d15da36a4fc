/* gateway/intake/visitor.h: somebody who writes words that mean one thing to everybody; private to this
 * folder.
 *
 * Her address is a claim until a key, a signature or her login proves it: what is only claimed is
 * answered to that address alone, so that it changes nothing but for her. */
#pragma once

#include "gateway/grammar/subscribing.h"
#include "gateway/intake/taking.h"
#include "gateway/store/joins.h"

struct visitor {
    const char *address;                 /* From's, or the key's */
    const struct subscriber *subscriber; /* of that address, confirmed or suspended; NULL: none */
    const struct subscribing *said;
    bool is_operator; /* a proven one of this page */
    bool is_proven;
    bool is_list; /* known as a mailing list, whatever its state: what it gets, its members read */
};

/* The mail of taking, which has a From and came by no key. */
bool visitor_read(struct taking *taking, struct visitor *visitor, GError **error);
/* Whose address a confirm key is bound to: that it came proves her, whatever From says, since people
 * reply from their other addresses. `is_choosing`: bare preference lines are a command. */
bool visitor_read_by_key(struct taking *taking, const char *address, bool is_choosing,
                         struct visitor *visitor, GError **error);

/* For the record: "<id> from 192.0.2.1", with who wrote where she is another. */
const char *visitor_source(const struct taking *taking, const struct visitor *visitor);

struct joins_desk visitor_desk(const struct taking *taking);

/* May the address never be written to: a role's (RFC 2142), at which others read than who asked; our own;
 * a list's, any member of which could use the key (its subscription is the operators' affair)? */
bool visitor_is_closed(const struct taking *taking, const struct visitor *visitor);
