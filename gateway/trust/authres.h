/* gateway/trust/authres.h: one Authentication-Results field, taken apart by its grammar.
 *
 * RFC 8601 section 2.2, whole: comments (nested), quoted strings, versions, `none`. Never a search for
 * a part of the text: what is no such field gives nothing (notes A12). Looser than the RFC only where
 * no other reading arises: a semicolon at the end, properties without a type ("action=none"), values
 * with characters that should have been quoted ("header.b=gfT/i2HB"). Stricter in one thing: a comment
 * may not touch the value before it, since that is how crafted domains hid their end (CVE-2020-12272).
 * Results and methods are compared as they stand: "Pass" passes nothing. */
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

/* ptype.property=value: "header", "d", "example.com". */
struct authres_property {
    struct text type; /* "" where there was none, as in "action=none" */
    struct text name;
    struct text value; /* unquoted */
};

struct authres_result {
    struct text method;  /* "dkim" */
    struct text version; /* of the method; "" where there was none, which is 1 */
    struct text result;  /* "pass" */
    const struct authres_property *properties;
    size_t property_count;
};

struct authres {
    struct text id; /* authserv-id, unquoted, as given */
    const struct authres_result *results;
    size_t result_count; /* 0: "none" */
};

/* `value` is the field's body, unfolded. NULL: not by the grammar, a version that is not 1, comments
 * nested deeper than 16, more than 64 results or 256 properties. Linear in the size. */
const struct authres *authres_parse(struct arena *arena, struct text value);

/* The value of the one property of that name, without regard to case; empty where there is none, or
 * more than one. */
struct text authres_find(const struct authres_result *result, const char *type, const char *name);

/* Is it a result of `method`, in the version that we know? */
bool authres_is_of(const struct authres_result *result, const char *method);
/* Is the result this very word? */
bool authres_says(const struct authres_result *result, const char *word);
