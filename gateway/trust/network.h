/* gateway/trust/network.h: addresses as bits, private to this folder; network_has() and network_check()
 * are in trust.h. */
#pragma once

#include "gateway/trust/trust.h"

struct network_address {
    uint8_t bytes[16];
    size_t size; /* 4 or 16 */
};

/* IPv4 in four decimal numbers, IPv6 without a zone, either behind "IPv6:"; IPv4 within IPv6
 * (::ffff:192.0.2.1) becomes IPv4. False for all else. */
bool network_parse(const char *address, struct network_address *parsed);

/* Are both addresses, and the same one? */
bool network_is_same(const char *one, const char *other);
