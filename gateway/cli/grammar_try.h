/* gateway/cli/grammar_try.h: `tocsin grammar try`: what a mail would do, without doing it. */
#pragma once

#include "gateway/cli/invocation.h"

struct try_options {
    const char *page; /* --page; NULL: the first */
    bool is_all;      /* --all: every grammar of monitors is asked */
};

/* The words behind `try` are a grammar (not with --all) and mails. An exit status. */
int grammar_try_run(struct invocation *invocation, const struct try_options *options);
