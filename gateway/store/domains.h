/* gateway/store/domains.h: domains that refuse us by policy (5.7.x).
 *
 * That is nobody's own failure: after so many refusals of different people of one domain, and no mail
 * taken between them, its people wait until the pause is over, and somebody is told once. A mail taken
 * makes it begin anew. Each writer is a transaction of its own unless one is open. */
#pragma once

#include "gateway/store/bounces.h"

struct domain_refusal {
    const char *name; /* in lower case */
    int64_t subscriber_id;
    const char *reason; /* the relay's words */
    int64_t now;
};

/* *is_told: paused with this one, and nobody was told since it last took a mail: tell somebody. */
bool domains_note_refusal(struct store *store, const struct domain_refusal *refusal,
                          const struct bounce_settings *settings, bool *is_told, GError **error);
/* It took a mail; NULL: all domains, since it was the relay. Writes only where there is something. */
bool domains_reset(struct store *store, const char *name, GError **error);
/* Does any domain refuse? While none does, nobody need be looked up. */
bool domains_are_any(struct store *store, bool *are_any, GError **error);

struct domain_pause {
    int64_t until; /* in the past: not paused */
    const char *reason;
};
bool domains_load_pause(struct store *store, struct arena *arena, const char *name,
                        struct domain_pause *pause, GError **error);
/* Who has refused nothing for a day is no more known. */
bool domains_forget(struct store *store, int64_t now, GError **error);
