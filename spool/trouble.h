/* spool/trouble.h: a relay is in trouble: it rests, and somebody is told once. */
#pragma once

#include "gateway/store/store.h"
#include "spool/sender.h"

struct trouble {
    const struct relay_settings *relay;
    const char *reason;
    bool is_probe; /* it was tried after a rest */
};

/* A connection or the relay itself failed. */
bool trouble_note_failure(const struct sender_world *world, struct store *store,
                          const struct trouble *trouble, int64_t now, GError **error);

/* A domain of one page's subscribers refuses them by policy, and is paused. */
struct domain_trouble {
    const struct page *page;
    const char *domain;
    const char *reason; /* its words */
    int64_t until;
};
/* The page's contact, or its operators, get a letter. */
bool trouble_note_domain(const struct sender_world *world, struct store *store,
                         const struct domain_trouble *trouble, int64_t now, GError **error);

/* Too many refusals by policy in a row: it rests as long as it may, and each page's contact, or its
 * operators where it has none, get a letter: once until it works again. */
bool trouble_note_refusals(const struct sender_world *world, struct store *store,
                           const struct trouble *trouble, int64_t now, GError **error);
