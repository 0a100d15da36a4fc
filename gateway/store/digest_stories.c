/* digests_load() of digests.h. */
#include "gateway/store/digests.h"

#include "gateway/store/digest_changes.h"
#include "gateway/store/incidents.h"
#include "gateway/store/rows.h"

#include <string.h>

/* A digest as it is put together. */
struct draft {
    struct store *store;
    struct arena *arena;
    const struct page *page;
    const struct digest_taste *taste;
    struct digest_mark since;
    struct digest_mark until;
    size_t updates_most; /* of each story */
};

static gint compare_changes(gconstpointer one, gconstpointer other)
{
    const struct digest_change *left = one;
    const struct digest_change *right = other;

    if (left->severity != right->severity)
        return left->severity > right->severity ? -1 : 1;
    return left->incident_id > right->incident_id ? -1 : left->incident_id < right->incident_id;
}

static bool choose(const struct draft *draft, GArray *chosen, GError **error)
{
    const struct digest_span span = {draft->page, draft->since.notification_id,
                                     draft->until.notification_id};
    struct digest_changes changes;

    if (!digest_changes_load(draft->store, draft->arena, &span, &changes, error))
        return false;
    for (size_t i = 0; i < changes.count; i++)
        if (digest_changes_wait(draft->taste, &changes.rows[i]))
            g_array_append_val(chosen, changes.rows[i]);
    g_array_sort(chosen, compare_changes);
    if (chosen->len > DIGEST_STORIES_MOST)
        g_array_set_size(chosen, DIGEST_STORIES_MOST);
    return true;
}

static bool was_affected(const struct digest_change *change, const char *component_id)
{
    for (size_t i = 0; i < change->topic_count; i++)
        if (g_str_has_prefix(change->topics[i], "c:") &&
            strcmp(change->topics[i] + strlen("c:"), component_id) == 0)
            return true;
    return false;
}

static void keep_affected(const struct draft *draft, const struct digest_change *change,
                          struct incident *incident)
{
    struct affected *kept = ARENA_ARRAY(draft->arena, struct affected, incident->affected_count);
    size_t count = 0;

    for (size_t i = 0; i < incident->affected_count; i++)
        if (was_affected(change, incident->affected[i].component_id))
            kept[count++] = incident->affected[i];
    incident->affected = kept;
    incident->affected_count = count;
}

/* When it was resolved: texts may follow. */
static int64_t find_resolution(const struct incident *now, const struct story *story)
{
    const struct update *last = &story->updates[story->update_count - 1];
    size_t first = story->update_count - 1;

    if (last->status != INCIDENT_RESOLVED)
        return 0;
    if (now->resolved_at != 0 && now->resolved_at <= last->created_at)
        return now->resolved_at;
    while (first > 0 && story->updates[first - 1].status == INCIDENT_RESOLVED)
        first--;
    return story->updates[first].created_at;
}

static const struct maintenance *turn_stage_back(const struct draft *draft,
                                                 const struct maintenance *now,
                                                 enum maintenance_state stage)
{
    struct maintenance *then = ARENA_NEW(draft->arena, struct maintenance);

    *then = *now;
    then->state = stage;
    return then;
}

/* As it was when the digest ends. */
static const struct incident *
turn_back(const struct draft *draft, const struct digest_change *change, const struct story *story)
{
    const struct update *last = &story->updates[story->update_count - 1];
    struct incident *then = ARENA_NEW(draft->arena, struct incident);

    *then = *story->incident;
    then->status = last->status;
    then->severity = last->severity;
    then->highest_severity = MAX(change->severity, last->severity);
    then->updated_at = last->created_at;
    then->resolved_at = find_resolution(story->incident, story);
    if (then->maintenance != NULL && last->has_stage)
        then->maintenance = turn_stage_back(draft, then->maintenance, last->stage);
    keep_affected(draft, change, then);
    return then;
}

/* To whom it was none of her news before, all of it is news. */
static bool set_first_missed(const struct draft *draft, struct story *story, GError **error)
{
    struct digest_change before;

    if (!digest_changes_before(draft->store, draft->arena, story->incident->id, &draft->since,
                               &before, error))
        return false;
    if (before.notification_id == 0 || !digest_changes_concern(draft->taste, &before))
        return true;
    while (story->first_missed + 1 < story->update_count &&
           story->updates[story->first_missed].id <= draft->since.update_id)
        story->first_missed++;
    return true;
}

/* Without updates: there is nothing to tell. */
static bool load_story(const struct draft *draft, const struct digest_change *change,
                       struct story *story, GError **error)
{
    const struct incidents_reach reach = {change->incident_id, draft->until.update_id,
                                          draft->updates_most};

    *story = (struct story){
        .page = draft->page,
        .notification_id = change->notification_id,
        .kind = change->kind,
        .made_at = change->made_at,
    };
    if (!incidents_load(draft->store, draft->arena, draft->page, change->incident_id,
                        &story->incident, error) ||
        !incidents_updates_through(draft->store, draft->arena, &reach, &story->updates,
                                   &story->update_count, error))
        return false;
    if (story->incident == NULL || story->update_count == 0)
        return true;
    story->incident = turn_back(draft, change, story);
    return set_first_missed(draft, story, error);
}

static bool load_stories(struct draft *draft, struct digest *digest, GError **error)
{
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(struct digest_change));
    g_autoptr(GArray) stories = g_array_new(FALSE, FALSE, sizeof(struct story));

    if (!choose(draft, chosen, error))
        return false;
    draft->updates_most = MAX(DIGEST_UPDATES_MOST / MAX(chosen->len, 1), 1);
    for (guint i = 0; i < chosen->len; i++) {
        struct story story;

        if (!load_story(draft, &g_array_index(chosen, struct digest_change, i), &story, error))
            return false;
        if (story.update_count > 0 && story.incident != NULL)
            g_array_append_val(stories, story);
    }
    digest->stories = rows_keep(draft->arena, stories);
    digest->story_count = stories->len;
    return true;
}

bool digests_load(struct store *store, struct arena *arena, const struct subscriber *subscriber,
                  struct digest *digest, GError **error)
{
    struct digest_taste taste;
    struct draft draft = {
        .store = store,
        .arena = arena,
        .page = digest->page,
        .taste = &taste,
    };

    return digest_changes_taste(store, arena, subscriber, &taste, error) &&
           digest_changes_reach(store, digest->page, digest->since, &draft.since, error) &&
           digest_changes_reach(store, digest->page, digest->until, &draft.until, error) &&
           load_stories(&draft, digest, error);
}
