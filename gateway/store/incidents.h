/* gateway/store/incidents.h: reading incidents. Every reader is by page, so that nothing of another page
 * is ever found. What is returned lives in `arena`. */
#pragma once

#include "gateway/store/store.h"

/* True and *incident NULL: there is none. */
bool incidents_load(struct store *store, struct arena *arena, const struct page *page, int64_t id,
                    const struct incident **incident, GError **error);
bool incidents_find_number(struct store *store, struct arena *arena, const struct page *page,
                           int64_t number, const struct incident **incident, GError **error);
bool incidents_find_public_id(struct store *store, struct arena *arena, const struct page *page,
                              const char *public_id, const struct incident **incident,
                              GError **error);

struct incident_list {
    const struct incident *const *incidents;
    size_t count;
};

/* Open ones whose title, or first title, is `title` (ASCII case aside); newest first, at most 10. */
bool incidents_find_title(struct store *store, struct arena *arena, const struct page *page,
                          const char *title, struct incident_list *list, GError **error);
/* Newest first. */
bool incidents_list(struct store *store, struct arena *arena, const struct listing *listing,
                    struct incident_list *list, GError **error);

/* Which incident a notification or letter of ours was about; 0: none, or no such. */
bool incidents_of_notification(struct store *store, const struct page *page,
                               int64_t notification_id, int64_t *incident_id, GError **error);
bool incidents_of_letter(struct store *store, const struct page *page, int64_t letter_id,
                         int64_t *incident_id, GError **error);

/* Oldest first; public ones, or notes, or (kind -1) both. */
bool incidents_updates(struct store *store, struct arena *arena, int64_t incident_id, int kind,
                       const struct update **updates, size_t *count, GError **error);

/* How far a story is read. */
struct incidents_reach {
    int64_t incident_id;
    int64_t update_id; /* the last */
    size_t most;
};
/* The newest of the public ones so far, oldest first. */
bool incidents_updates_through(struct store *store, struct arena *arena,
                               const struct incidents_reach *reach, const struct update **updates,
                               size_t *count, GError **error);

/* The story as far as a notification reaches; first_missed is its last update. */
bool incidents_story(struct store *store, struct arena *arena, const struct page *page,
                     int64_t notification_id, struct story *story, GError **error);

struct audit {
    int64_t at;
    const char *role;
    const char *by;
    const char *proofs;
    const char *client;
    const char *message_id;
    const char *changes;
};

bool incidents_audit(struct store *store, struct arena *arena, int64_t incident_id,
                     const struct audit **rows, size_t *count, GError **error);

/* A component's state on the page now. */
bool incidents_component_states(struct store *store, struct arena *arena, const struct page *page,
                                const struct standing **states, size_t *count, GError **error);
