/* gateway/cli/trial_view.h: what `tocsin grammar try` shows of one mail by one grammar. */
#pragma once

#include "gateway/cli/print.h"
#include "gateway/mail/forwarded.h"

/* A mail and how it was read. */
struct trial_view {
    const char *file;
    const struct mail *mail;
    const struct forwarded *forwarded; /* the inner mail was read; NULL: the mail itself */
    const struct trial *trial;
    const struct forecast *forecast; /* what policies would do; NULL: no configuration is at hand */
};

/* The alerts of a reading: those that it lists, or the one that its command is; *count 0: it is of
 * another kind. */
const struct grammar_alert *trial_view_alerts(struct arena *arena, const struct reading *reading,
                                              size_t *count);

/* A table, in colours where standard output is a terminal. */
void trial_view_print(struct arena *arena, const struct trial_view *view);

json_t *trial_view_json(struct arena *arena, const struct trial_view *view);
