/* gateway/cli/invocation.h: what a verb is run with, and how it fails. */
#pragma once

#include "gateway/config/config.h"

struct invocation {
    struct arena *arena; /* of the whole run */
    const char *program; /* argv[0] */
    const char *config_file;
    bool is_json;
    char **
        words; /* behind the verb, NULL at the end; options are taken out by invocation_options() */
    const struct verb *verb;
};

struct verb {
    const char *name;
    const char *arguments; /* "inc_…|NUMBER [--audit]" */
    const char *help;      /* one line */
    bool is_hidden;
    int (*run)(struct invocation *invocation);
};

/* Takes the options of `entries` (NULL ended, GLib's) out of the words. False: it has said why; exit
 * with EX_USAGE. */
bool invocation_options(struct invocation *invocation, const GOptionEntry *entries);

/* How many words are left. */
size_t invocation_count(const struct invocation *invocation);

/* The n-th word, or NULL. */
const char *invocation_word(const struct invocation *invocation, size_t n);

/* Says how the verb is used; EX_USAGE. */
int invocation_usage(const struct invocation *invocation);

/* Words are left that the verb does not take: it has said how it is used; exit with EX_USAGE. */
bool invocation_has_more(const struct invocation *invocation, size_t most);

/* "tocsin: what: why" on standard error; the exit status of the error. */
int invocation_fail(const GError *error);

/* The same for what is wrong with an option or word; EX_USAGE, whatever the error's code. */
int invocation_reject(const GError *error);

/* NULL: it has said every error; exit with EX_CONFIG. */
const struct config *invocation_config(struct invocation *invocation);

/* The page of --page, or the only one. NULL: it has said why; EX_USAGE. */
const struct page *invocation_page(const struct config *config, const char *id);

/* For lists: *page is that of --page, NULL (all) where there is none. False: as above. */
bool invocation_page_or_all(const struct config *config, const char *id, const struct page **page);

/* The same, and the store. NULL: it has said why; *status is set. */
struct store *invocation_store(const struct config *config, int *status);

/* Words that start this program again as the hidden verb `verb`. */
const char *const *invocation_child(struct invocation *invocation, const char *verb);

extern const struct verb verb_serve, verb_milter, verb_sender, verb_clock, verb_inject, verb_check,
    verb_incident, verb_maintenance, verb_subscriber, verb_queue, verb_grammar, verb_template,
    verb_backup, verb_doctor, verb_intake_worker, verb_sender_worker;
