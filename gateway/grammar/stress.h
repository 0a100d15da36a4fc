/* gateway/grammar/stress.h: patterns against text that is meant to hurt (security A58). */
#pragma once

#include "gateway/grammar/pattern.h"

/* Tries `pattern` on 64 KiB of each of several kinds of text. NULL: it stays within its limits; else the
 * reason. */
const char *stress_pattern(const struct pattern *pattern);
