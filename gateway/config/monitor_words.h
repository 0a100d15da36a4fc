/* gateway/config/monitor_words.h: where the configuration names what stands in grammars.
 *
 * Which grammars there are, and what groups their rules have, is known only once they are compiled. */
#pragma once

#include "gateway/config/monitor_settings.h"
#include "gateway/config/operator_settings.h"
#include "gateway/grammar/grammar.h"

enum monitor_word_kind {
    MONITOR_WORD_GRAMMAR,  /* `grammar:` of a monitor */
    MONITOR_WORD_FORWARD,  /* one of `forwards_for:` that is no monitor's name */
    MONITOR_WORD_GROUP,    /* a key of `match:` */
    MONITOR_WORD_TEMPLATE, /* `title:`, `update:`, `resolved:` of a policy: its places */
};

struct monitor_word {
    enum monitor_word_kind kind;
    const struct yaml_node *node; /* a scalar */
    const char *grammar;          /* GROUP, TEMPLATE: the monitor's; "" any */
};

struct monitor_words {
    const struct monitor_word *at;
    size_t count;
};

const struct monitor_words *monitor_words_list(struct arena *arena,
                                               const struct monitor_settings *monitors,
                                               const struct operator_settings *operators);

/* Names that are in no grammar are problems. */
void monitor_words_check(const struct monitor_words *words, const struct grammars *grammars,
                         struct problems *problems);
