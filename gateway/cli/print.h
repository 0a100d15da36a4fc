/* gateway/cli/print.h: what verbs show: JSON for programs, lines for people. */
#pragma once

#include "gateway/cli/invocation.h"

#include <jansson.h>

/* Takes the value over. */
void print_json(json_t *value);

/* A cell of at most `width` columns' worth of characters, padded. */
void print_cell(const char *text, int width);
