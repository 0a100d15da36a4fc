#include "gateway/trust/network.h"

#include "gateway/base/error.h"
#include "gateway/base/number.h"

#include <arpa/inet.h>
#include <string.h>

#define ADDRESS_LETTERS 64

static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

static bool parse_text(struct text text, struct network_address *parsed)
{
    char letters[ADDRESS_LETTERS];
    struct network_address address = {.size = 4};

    if (text.size >= sizeof letters || memchr(text.at, '\0', text.size) != NULL)
        return false;
    memcpy(letters, text.at, text.size);
    letters[text.size] = '\0';
    if (inet_pton(AF_INET, letters, address.bytes) != 1) {
        if (inet_pton(AF_INET6, letters, address.bytes) != 1)
            return false;
        address.size = 16;
    }
    *parsed = address;
    return true;
}

bool network_parse(const char *address, struct network_address *parsed)
{
    struct text text = text_of(address);
    struct network_address found;

    if (text_has_prefix_any_case(text, TEXT("IPv6:")))
        text = text_skip(text, 5);
    if (text.size == 0 || !parse_text(text, &found))
        return false;
    if (found.size == 16 && memcmp(found.bytes, mapped, sizeof mapped) == 0) {
        memmove(found.bytes, found.bytes + sizeof mapped, 4);
        memset(found.bytes + 4, 0, sizeof mapped);
        found.size = 4;
    }
    *parsed = found;
    return true;
}

bool network_is_same(const char *one, const char *other)
{
    struct network_address first;
    struct network_address second;

    return network_parse(one, &first) && network_parse(other, &second) &&
           first.size == second.size && memcmp(first.bytes, second.bytes, first.size) == 0;
}

/* Is any bit set behind the first `bits` of the two's difference? */
static bool differs_within(const struct network_address *one, const struct network_address *other,
                           size_t bits)
{
    const size_t whole = bits / 8;
    const unsigned mask = 0xFF00U >> (bits % 8) & 0xFFU;

    if (memcmp(one->bytes, other->bytes, whole) != 0)
        return true;
    return mask != 0 && ((one->bytes[whole] ^ other->bytes[whole]) & mask) != 0;
}

static bool read_bits(struct text text, const struct network_address *base, size_t *bits)
{
    int64_t number = 0;

    if (!number_parse(text, 1, (int64_t)base->size * 8, &number))
        return false;
    *bits = (size_t)number;
    return true;
}

/* Splits address/bits; no slash: one address. */
static bool parse_cidr(struct text cidr, struct network_address *base, size_t *bits)
{
    const ptrdiff_t slash = text_find_byte(cidr, '/');

    if (slash < 0) {
        if (cidr.size == 0 || !parse_text(cidr, base))
            return false;
        *bits = base->size * 8;
        return true;
    }
    return slash > 0 && parse_text(text_first(cidr, (size_t)slash), base) &&
           read_bits(text_skip(cidr, (size_t)slash + 1), base, bits);
}

bool network_has(const char *const *networks, size_t count, const char *address)
{
    struct network_address client;

    if (!network_parse(address, &client))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct network_address base;
        size_t bits = 0;

        if (parse_cidr(text_of(networks[i]), &base, &bits) && base.size == client.size &&
            !differs_within(&base, &client, bits))
            return true;
    }
    return false;
}

static bool has_bits_behind(const struct network_address *base, size_t bits)
{
    for (size_t i = bits; i < base->size * 8; i++)
        if ((base->bytes[i / 8] >> (7 - i % 8) & 1) != 0)
            return true;
    return false;
}

bool network_check(struct text cidr, GError **error)
{
    struct network_address base;
    size_t bits = 0;

    if (!parse_cidr(cidr, &base, &bits))
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "write an IPv4 or IPv6 network with 1 bit or more, as 192.0.2.0/28 or "
                         "2001:db8::/32, or one address");
    if (base.size == 16 && memcmp(base.bytes, mapped, sizeof mapped) == 0)
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "write IPv4 as IPv4: 192.0.2.0/28, not ::ffff:192.0.2.0/124");
    if (has_bits_behind(&base, bits))
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "the address has bits behind the first %zu: write the network's first "
                         "address, or a longer prefix",
                         bits);
    return true;
}
