/* gateway/trust/signature.h: one DKIM-Signature field as a list of tags (RFC 6376 section 3.5).
 *
 * Nothing is verified here: our verifier did that. This says what the signature that passed covers. */
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

struct signature {
    struct text domain;    /* d= */
    struct text selector;  /* s= */
    struct text algorithm; /* a= */
    struct text b;         /* b= without white space, its unused last bits cleared: one text for one
                              signature, however it was written */
    struct text headers;   /* h= as it stands */
    struct text recipient; /* darn=, Gmail's: the recipient's domain; "" when absent */
    bool has_length;       /* l=, whatever it says */
    int64_t signed_at;     /* t=, 0 when absent */
    int64_t expires_at;    /* x=, 0 when absent */
};

/* NULL: not by the grammar: a tag twice, one missing that must be there, v= other than 1, a b= that is
 * no base64, a time that is no number, an i= outside of d=. */
const struct signature *signature_parse(struct arena *arena, struct text value);

/* How often h= names that field: so many of them, counted from the last, are signed. */
size_t signature_count_signed(const struct signature *signature, const char *name);
