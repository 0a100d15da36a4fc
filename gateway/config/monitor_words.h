/* gateway/config/monitor_words.h: where the configuration names grammars.
 *
 * Which there are is known only once they are compiled. */
#pragma once

#include "gateway/config/monitor_settings.h"
#include "gateway/config/operator_settings.h"
#include "gateway/grammar/grammar.h"

/* Scalars: `grammar:` of monitors, and what in `forwards_for:` is no monitor's name. */
struct monitor_words {
    const struct yaml_node *const *nodes;
    size_t count;
};

struct monitor_words monitor_words_list(struct arena *arena,
                                        const struct monitor_settings *monitors,
                                        const struct operator_settings *operators);

/* Names that are no grammar's are problems. */
void monitor_words_check(const struct monitor_words *words, const struct grammars *grammars,
                         struct problems *problems);
