/* gateway/base/number.h: text becomes a number here and nowhere else. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

/* Decimal digits with an optional leading '-', nothing else, within least..most; *number is
 * untouched on failure. */
bool number_parse(struct text text, int64_t least, int64_t most, int64_t *number);
