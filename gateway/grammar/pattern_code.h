/* gateway/grammar/pattern_code.h: the inside of a pattern, for pattern.c and matcher.c alone. */
#pragma once

#include "gateway/grammar/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define PATTERN_GROUPS 64
#define PATTERN_NAMES  64

/* What is found out when it is used. */
struct pattern_use {
    bool is_tried; /* to compile */
    bool is_compiled;
    bool is_dear; /* it has cost too much once: its stretches stay short */
};

struct pattern {
    pcre2_code *code;
    struct pattern_use *use;
    const char *names[PATTERN_NAMES];
    size_t name_count;
};
