#include "gateway/base/number.h"

bool number_parse(struct text text, int64_t least, int64_t most, int64_t *number)
{
    const bool is_negative = text_has_prefix(text, TEXT("-"));
    const struct text digits = text_skip(text, is_negative ? 1 : 0);
    int64_t value = 0;

    if (digits.size == 0)
        return false;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
        const int64_t digit = digits.at[i] - '0';
        /* Signed as it goes: INT64_MIN has no positive twin. */
        if (__builtin_mul_overflow(value, INT64_C(10), &value) ||
            __builtin_add_overflow(value, is_negative ? -digit : digit, &value))
            return false;
    }
    if (value < least || value > most)
        return false;
    *number = value;
    return true;
}
