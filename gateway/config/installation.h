/* gateway/config/installation.h: what lies beside the configuration: state, templates, grammars. */
#pragma once

#include "gateway/config/config.h"
#include "gateway/config/monitor_words.h"

struct installation {
    const char *state; /* NULL: wrong, and said so */
    struct grammar_settings grammar;
    struct compose_settings compose;
    const struct monitor_words *words;
};

/* Compiles the grammars, parses the templates, looks at the directories' owners and modes. */
void installation_check(struct arena *arena, const struct installation *installation,
                        struct problems *problems);
