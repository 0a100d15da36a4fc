/* gateway/cli/subscriber_words.h: what the parts of `tocsin subscriber` share. */
#pragma once

#include "gateway/cli/choices.h"
#include "gateway/cli/invocation.h"
#include "gateway/store/subscribers.h"

/* The options, as they were given; NULL and FALSE where they were not. */
struct subscriber_words {
    char *page;
    char *choices[CHOICE_COUNT]; /* but components and groups, which may be given several times */
    char **components;
    char **groups;
    char *kind;
    char *state;
    char *address;   /* a part of it */
    char *confirmed; /* how consent was given */
    gboolean is_dry;
    gboolean forgets;
    gboolean has_consent;
};

/* What a part is run with. */
struct subscriber_task {
    struct invocation *invocation;
    const struct config *config;
    struct store *store;
    const struct subscriber_words *words;
};

/* Each says on standard error what does not work; the exit status. */
int subscriber_add(const struct subscriber_task *task);
int subscriber_set(const struct subscriber_task *task);
int subscriber_remove(const struct subscriber_task *task);
int subscriber_list(const struct subscriber_task *task);
int subscriber_export(const struct subscriber_task *task);
int subscriber_show(const struct subscriber_task *task);
int subscriber_import(const struct subscriber_task *task);

/* All that --page, --state, --format, --component, --kind and --address choose, newest first, in steps so
 * that a million needs no more memory than a thousand. `take` may not keep what it is given. False:
 * `error`, or `take` failed. */
typedef bool subscriber_take(void *context, const struct page *page,
                             const struct subscriber *subscriber, GError **error);
bool subscriber_each(const struct subscriber_task *task, subscriber_take *take, void *context,
                     GError **error);

/* The choices of the command line, added to `wishes`. */
bool subscriber_read_choices(const struct subscriber_task *task, const struct page *page,
                             struct wishes *wishes, GError **error);

/* "cli:USER" */
const char *subscriber_author(struct invocation *invocation);
