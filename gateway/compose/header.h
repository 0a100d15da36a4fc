/* gateway/compose/header.h: the one place where a value becomes a header line.
 *
 * RFC 5322 section 2.2, RFC 2047. Every value is cleaned first: control characters (C0, DEL, C1,
 * U+2028/9) become a space, and what turns text around or is invisible vanishes (security A51). Then
 * what is not ASCII, looks like an encoded word, or is too long for a line becomes encoded words in
 * UTF-8 of whole characters; lines are folded at 78 where there is a space to fold at. */
#pragma once

#include "gateway/base/text.h"

enum header_form {
    HEADER_TEXT,   /* Subject: anything */
    HEADER_PHRASE, /* From, List-Id: `value` is a display name, `<address>` follows */
    HEADER_TOKENS, /* ids, URIs, words: ASCII; what is not becomes "?" */
};

/* Longer values are cut, with an ellipsis. */
#define HEADER_MOST_CHARACTERS 500

struct header {
    const char *name; /* a constant of ours */
    enum header_form form;
    const char *value;
    const char *address; /* HEADER_PHRASE only; without angle brackets */
};

/* Appends "Name: value\r\n". `value` NULL or empty: nothing is appended, unless there is an address. */
void header_write(GString *output, const struct header *header);

/* Is it an address that may stand in a header as it is: dot-atom and domain, ASCII, at most 254? */
bool header_is_address(const char *address);
