/* gateway/yaml/value.h: one scalar of a file becomes one value. */
#pragma once

#include "gateway/yaml/reader.h"

/* Reads `value` as `row` says into `member`: kinds up to READER_ENUM. NULL: done. Otherwise what is
 * wrong and what would be right, in `arena`; `member` is untouched. `arena` keeps strings. */
const char *value_read(struct arena *arena, const struct reader_field *row, const char *value,
                       void *member);

/* The kind, for sentences: "a number", "a list". */
const char *value_name(enum reader_kind kind);
