#include "gateway/intake/choosing.h"

#include "gateway/intake/notice.h"
#include "gateway/store/incidents.h"
#include "gateway/store/subscribers.h"

#include <inttypes.h>

/* A change on its way into the store. */
struct choosing {
    struct taking *taking;
    const struct visitor *visitor;
    const struct wishes *wishes;
    const struct wishes_outcome *outcome;
    int64_t followed_id;
    const char *problem; /* NULL: none yet */
};

static bool find_incident(struct choosing *choosing, int64_t number, int64_t *id, GError **error)
{
    const struct taking *taking = choosing->taking;
    const struct incident *incident = NULL;

    if (!incidents_find_number(taking->intake->store, taking->arena, taking->page, number,
                               &incident, error))
        return false;
    if (incident == NULL)
        choosing->problem =
            arena_format(taking->arena, "there is no incident #%" PRId64 " on this page", number);
    else
        *id = incident->id;
    return true;
}

static bool find_all(struct choosing *choosing, const int64_t *numbers, size_t count,
                     GError **error)
{
    bool is_good = true;
    int64_t id = 0;

    for (size_t i = 0; is_good && choosing->problem == NULL && i < count; i++)
        is_good = find_incident(choosing, numbers[i], &id, error);
    return is_good;
}

/* Before anything is changed: all numbers must be the page's. */
static bool find_incidents(struct choosing *choosing, GError **error)
{
    const struct wishes *wishes = choosing->wishes;

    return (wishes->followed == 0 ||
            find_incident(choosing, wishes->followed, &choosing->followed_id, error)) &&
           find_all(choosing, wishes->muted, wishes->muted_count, error) &&
           find_all(choosing, wishes->unmuted, wishes->unmuted_count, error);
}

static void decide(struct choosing *choosing)
{
    const struct taking *taking = choosing->taking;
    const struct wishes_request request = {
        .page = taking->page,
        .subscriber = choosing->visitor->subscriber,
        .wishes = choosing->wishes,
        .followed_id = choosing->followed_id,
        .now = taking->now,
    };
    g_autoptr(GError) why = NULL;

    if (choosing->problem != NULL)
        return;
    choosing->outcome = wishes_apply(taking->arena, &request, &why);
    if (choosing->outcome == NULL)
        choosing->problem = arena_string(taking->arena, why->message);
}

typedef bool set_incident(struct store *store, const struct subscriber_choice *choice,
                          bool *is_known, GError **error);

static bool set_all(const struct choosing *choosing, set_incident *set, const int64_t *numbers,
                    size_t count, GError **error)
{
    bool is_known;

    for (size_t i = 0; i < count; i++) {
        const struct subscriber_choice choice = {choosing->taking->page,
                                                 choosing->visitor->subscriber->id, numbers[i]};

        if (!set(choosing->taking->intake->store, &choice, &is_known, error))
            return false;
    }
    return true;
}

static bool save(const struct choosing *choosing, GError **error)
{
    const struct taking *taking = choosing->taking;
    const struct wishes *wishes = choosing->wishes;
    struct store *store = taking->intake->store;
    const struct consent consent = {
        .at = taking->now,
        .act = CONSENT_CHANGED,
        .how = "mail",
        .source = visitor_source(taking, choosing->visitor),
        .words = wishes_write(taking->arena, wishes),
    };

    return subscribers_save(store, taking->page, choosing->outcome->subscriber, taking->now,
                            error) &&
           set_all(choosing, subscribers_mute, wishes->muted, wishes->muted_count, error) &&
           set_all(choosing, subscribers_unmute, wishes->unmuted, wishes->unmuted_count, error) &&
           set_all(choosing, subscribers_follow, &wishes->followed, wishes->followed != 0, error) &&
           joins_record(store, choosing->outcome->subscriber->id, &consent, error);
}

static size_t add_numbers(struct arena *arena, const char **changes, const char *name,
                          const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        changes[i] = arena_format(arena, "%s: #%" PRId64, name, numbers[i]);
    return count;
}

/* For people: "severity: minor → major". */
static const char *const *write_changes(const struct choosing *choosing, size_t *count)
{
    const struct wishes_outcome *outcome = choosing->outcome;
    const struct wishes *wishes = choosing->wishes;
    struct arena *arena = choosing->taking->arena;
    const char **changes =
        ARENA_ARRAY(arena, const char *,
                    outcome->change_count + wishes->muted_count + wishes->unmuted_count + 1);
    size_t n = 0;

    for (; n < outcome->change_count; n++) {
        const struct wish_change *change = &outcome->changes[n];

        changes[n] =
            change->from[0] == '\0'
                ? arena_format(arena, "%s: %s", change->name, change->to)
                : arena_format(arena, "%s: %s → %s", change->name, change->from, change->to);
    }
    n += add_numbers(arena, changes + n, "mute", wishes->muted, wishes->muted_count);
    n += add_numbers(arena, changes + n, "unmute", wishes->unmuted, wishes->unmuted_count);
    *count = n;
    return changes;
}

static bool answer(struct choosing *choosing, GError **error)
{
    struct taking *taking = choosing->taking;
    struct notice_choice choice = {.subscriber = choosing->visitor->subscriber,
                                   .problem = choosing->problem};
    const struct subscriber *now = NULL;

    if (choosing->problem == NULL) {
        if (!subscribers_load(taking->intake->store, taking->arena, taking->page,
                              choice.subscriber->id, &now, error))
            return false;
        choice.subscriber = now;
        choice.changes = write_changes(choosing, &choice.change_count);
    }
    return notice_preferences(taking, choosing->visitor, &choice, error);
}

bool choosing_apply(struct taking *taking, const struct visitor *visitor,
                    const struct wishes *wishes, GError **error)
{
    struct choosing choosing = {.taking = taking, .visitor = visitor, .wishes = wishes};

    if (!find_incidents(&choosing, error))
        return false;
    decide(&choosing);
    if (choosing.problem == NULL && !save(&choosing, error))
        return false;
    return answer(&choosing, error);
}

/* In our own words (security A39): one line. */
static const char *ask_to_confirm(struct arena *arena, const struct wishes *wishes)
{
    g_auto(GStrv) lines = g_strsplit(g_strchomp(wishes_write(arena, wishes)), "\n", -1);
    g_autofree char *line = g_strjoinv("; ", lines);

    return arena_format(
        arena,
        "anybody could have asked for this in your name (%s): reply `confirm` to this "
        "mail, and it is done",
        line);
}

bool choosing_show(struct taking *taking, const struct visitor *visitor,
                   const struct wishes *wishes, GError **error)
{
    const struct notice_choice choice = {
        .subscriber = visitor->subscriber,
        .wishes = wishes,
        .problem = wishes != NULL ? ask_to_confirm(taking->arena, wishes) : NULL,
    };

    return notice_preferences(taking, visitor, &choice, error);
}
