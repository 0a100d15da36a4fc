#include "gateway/trust/alignment.h"

struct text alignment_domain(struct text address)
{
    for (size_t i = address.size; i > 0; i--)
        if (address.at[i - 1] == '@')
            return text_skip(address, i);
    return address;
}

bool alignment_is_within(struct text domain, struct text parent)
{
    size_t above;

    if (domain.size <= parent.size || parent.size == 0)
        return text_is_equal_any_case(domain, parent);
    above = domain.size - parent.size;
    return above > 1 && domain.at[above - 1] == '.' && domain.at[0] != '.' &&
           text_is_equal_any_case(text_skip(domain, above), parent);
}

static bool has_dot(struct text domain)
{
    return text_find_byte(domain, '.') > 0;
}

bool alignment_holds(const struct trust_settings *settings, struct text passed, struct text from)
{
    if (!has_dot(passed) || !has_dot(from))
        return false;
    if (text_is_equal_any_case(passed, from))
        return true;
    for (size_t i = 0; i < settings->domain_count; i++) {
        const struct text parent = text_of(settings->domains[i]);

        if (has_dot(parent) && alignment_is_within(passed, parent) &&
            alignment_is_within(from, parent))
            return true;
    }
    return false;
}
