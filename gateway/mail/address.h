/* gateway/mail/address.h: one strict email address.
 *
 * Used for what leaves for a relay or proves somebody: operators, monitors, subscribers, pages, From.
 * Accepted is local@domain in ASCII alone: a dot-atom on both sides (RFC 5322 section 3.2.3); the local
 * part at most 64 octets, and not beginning with '-', '|' or '/' (an option, a pipe, a file to some
 * programs); the domain at most 253 octets, two labels or more, each of at most 63 letters, digits and
 * inner hyphens, the last not a number; all together at most 254 (RFC 5321 section 4.5.3.1.3). Refused:
 * quoted local parts, address literals, routes, comments, and anything outside ASCII (an international
 * domain is written as A-labels, xn--…). */
#pragma once

#include "gateway/mail/mail.h"

#define ADDRESS_WHOLE_BYTES 254

/* The address that `text` is, nothing before or behind it; the domain in lower case, name "". NULL:
 * `error` (INPUT) says what is wrong, without the address itself. */
const struct mail_address *address_parse(struct arena *arena, struct text text, GError **error);

/* The one mailbox of a From field's raw value: `addr-spec` or `name <addr-spec>`, with comments. NULL:
 * `error` (INPUT) says why it proves nobody: no address, several, a group, a route, an address that
 * address_parse() refuses, brackets or quotes that programs read in more than one way. The name is
 * decoded (RFC 2047) only after the address was found. An address may be its own display name, as
 * Outlook writes it; another address there is a name like any other. */
const struct mail_address *address_parse_from(struct arena *arena, struct text value,
                                              GError **error);

/* The addresses of a To, Cc or Reply-To field's raw value, groups flattened, at most `most` of them
 * written to `addresses`; what is no strict address is left out. Gives their number. */
size_t address_parse_list(struct arena *arena, struct text value, struct mail_address *addresses,
                          size_t most);

/* Without regard to ASCII case in both parts: mail servers differ, and two people of one domain that
 * differ by case alone are unknown in practice. */
bool address_is_equal(const struct mail_address *one, const struct mail_address *other);

/* Is it a role's (RFC 2142; notes on lists 19), at which others read than who asked: postmaster, abuse,
 * `owner-…`, `…-request`, or a machine's? Such an address is not subscribed by anybody's word. */
bool address_is_role(const char *address);
