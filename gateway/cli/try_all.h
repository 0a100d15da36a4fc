/* gateway/cli/try_all.h: `tocsin grammar try --all`: which of all grammars would speak for a mail. */
#pragma once

#include "gateway/cli/print.h"
#include "gateway/mail/forwarded.h"

struct try_all {
    const struct config *config; /* NULL: none is at hand; the shipped grammars are asked then */
    struct grammars *grammars;   /* the configuration's; NULL likewise */
    const char *file;
    const struct mail *mail;
    json_t *list; /* takes the answer; NULL: for people */
};

bool try_all_run(struct arena *arena, const struct try_all *all, GError **error);
