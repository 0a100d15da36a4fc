/* tests/unit/unit.h: what every unit test includes: cmocka, and TEST(sentence), a static test function
 * whose name is a sentence of the specification. */
#pragma once

#include "gateway/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

/* Bytes as they come from outside: copied without a NUL into an exact malloc, so that an overrun is
 * seen. free() the `at`. */
static inline struct text unit_bytes(struct text bytes)
{
    char *copy = malloc(bytes.size > 0 ? bytes.size : 1);

    assert_non_null(copy);
    memcpy(copy, bytes.at, bytes.size);
    return (struct text){copy, bytes.size};
}

static inline void unit_free(struct text bytes)
{
    free((char *)(uintptr_t)bytes.at);
}
