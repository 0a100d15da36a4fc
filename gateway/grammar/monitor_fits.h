/* gateway/grammar/monitor_fits.h: the `match:` of the configured monitors, compiled. */
#pragma once

#include "gateway/grammar/grammar.h"
#include "gateway/grammar/pattern.h"

struct monitor_fit {
    const char *monitor; /* its name */
    const char *group;
    const struct pattern *pattern;
};

/* Their names too. False: a pattern is none, and `problems` says which. */
bool monitor_fits_open(struct grammars *grammars, const struct grammar_settings *settings,
                       struct problems *problems);
