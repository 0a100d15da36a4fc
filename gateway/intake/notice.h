/* gateway/intake/notice.h: letters to subscribers, and to who wants to be one; private to this folder.
 *
 * In the language of the subscriber, else of the word that she used, else of the page. None holds words
 * of who wrote unless a key or another proof says that it is her: a stranger must not make us send his to
 * others (security A39). All are added in the open transaction. */
#pragma once

#include "gateway/incident/letter.h"
#include "gateway/intake/visitor.h"

/* "Subscribe?" and "unsubscribe?": the same whatever the store holds. `wishes` as wishes_write() has
 * them. */
bool notice_confirm(struct taking *taking, const struct visitor *visitor, const char *wishes,
                    GError **error);
bool notice_leave(struct taking *taking, const struct visitor *visitor, GError **error);

bool notice_welcome(struct taking *taking, const struct visitor *visitor,
                    const struct subscriber *subscriber, GError **error);
/* Limited, as all below. */
bool notice_farewell(struct taking *taking, const struct subscriber *subscriber,
                     const char *language, GError **error);

/* What is set; what a change that was just made changed, or what is asked for and not yet believed. */
struct notice_choice {
    const struct subscriber *subscriber;
    const char *const *changes; /* "severity: minor → major" */
    size_t change_count;
    const char *problem;         /* NULL: none */
    const struct wishes *wishes; /* that a reply `confirm` would apply; NULL: none */
};
/* What was changed is always told. */
bool notice_preferences(struct taking *taking, const struct visitor *visitor,
                        const struct notice_choice *choice, GError **error);

/* What can be said; why, where something was not understood. */
struct notice_problem {
    const char *problem; /* NULL: she asked for help */
    const char *quoted;  /* "" */
    const char *const *suggestions;
    size_t suggestion_count;
};
bool notice_commands(struct taking *taking, const struct visitor *visitor,
                     const struct notice_problem *problem, GError **error);

/* Her words to the page's contact. */
bool notice_forward(struct taking *taking, GError **error);
