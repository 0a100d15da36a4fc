#include "gateway/store/bounces.h"

#include "gateway/base/moment.h"
#include "gateway/store/bounce_score.h"
#include "gateway/store/joins.h"
#include "gateway/store/probes.h"
#include "gateway/store/statements.h"
#include "gateway/store/subscribers.h"

#include <string.h>

/* Who reports later than this reports of nothing that still counts. */
#define AGE_MOST_MS (14 * DAY_MS)
#define MEMORY      ((size_t)256 * 1024)

const struct bounce_settings bounce_settings_default = {
    .permanent = 2,
    .within_ms = 7 * DAY_MS,
    .apart_ms = DAY_MS,
    .temporary_ms = 5 * DAY_MS,
    .probe_ms = 3 * DAY_MS,
    .probes = 3,
    .silence_ms = 2 * DAY_MS,
    .domain_most = 5,
    .domain_ms = HOUR_MS,
};

enum query {
    QUERY_OF_NOTIFICATION,
    QUERY_OF_LETTER,
    QUERY_ADD,
    QUERY_HAS_REFUSED,
    QUERY_RESET,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    /* She was among those whom it was told to. */
    [QUERY_OF_NOTIFICATION] =
        {"SELECT s.id, s.state FROM notification AS n"
         " JOIN subscriber AS s ON s.page_id = n.page_id"
         " WHERE n.id = ?1 AND n.page_id = ?3 AND n.created_at > ?4"
         " AND s.id = ?2 AND s.id <= n.horizon"
         " AND max(s.confirmed_at, coalesce(s.hears_since, 0)) <= n.created_at",
         NULL},
    [QUERY_OF_LETTER] = {"SELECT s.id, s.state FROM letter AS l"
                         " JOIN subscriber AS s ON s.id = l.subscriber_id"
                         " WHERE l.id = ?1 AND (?2 = 0 OR s.id = ?2) AND l.page_id = ?3"
                         " AND l.created_at > ?4",
                         NULL},
    /* One delivery counts once, but what was for now may become for good. */
    [QUERY_ADD] = {"INSERT INTO bounce (subscriber_id, notification_id, letter_id, at,"
                   " is_permanent, is_delayed, in_dialogue, status, words)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
                   " ON CONFLICT (subscriber_id, notification_id, letter_id, in_dialogue)"
                   " DO UPDATE SET at = ?4, is_permanent = max(is_permanent, ?5),"
                   " is_delayed = min(is_delayed, ?6), status = ?8, words = ?9"
                   " WHERE is_permanent < ?5 OR is_delayed > ?6",
                   NULL},
    [QUERY_HAS_REFUSED] = {"SELECT 1 FROM bounce WHERE subscriber_id = ?1 AND in_dialogue = 1",
                           NULL},
    [QUERY_RESET] = {"DELETE FROM bounce WHERE subscriber_id = ?1 AND in_dialogue = 1", NULL},
};

const struct statements_table bounces_statements = {"bounces", queries, QUERY_COUNT};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &bounces_statements, query);
}

static enum bounce_fault judge_permanent(const char *detail)
{
    static const char *const failing[] = {"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"};

    for (size_t i = 0; i < G_N_ELEMENTS(failing); i++)
        if (strcmp(detail, failing[i]) == 0)
            return BOUNCE_FAULT_PERMANENT;
    return strcmp(detail, "2.2") == 0 || strcmp(detail, "4.7") == 0 ? BOUNCE_FAULT_TEMPORARY
                                                                    : BOUNCE_FAULT_OURS;
}

enum bounce_fault bounce_judge_status(const char *status)
{
    if (strncmp(status, "5.", 2) == 0)
        return judge_permanent(status + 2);
    /* Content and policy are ours also when they are for now. */
    if (strncmp(status, "4.", 2) == 0 && status[2] != '6' && status[2] != '7')
        return BOUNCE_FAULT_TEMPORARY;
    return BOUNCE_FAULT_OURS;
}

static enum bounce_fault judge(const struct bounce *bounce)
{
    const enum bounce_fault fault =
        bounce->status[0] == '\0' ? BOUNCE_FAULT_PERMANENT : bounce_judge_status(bounce->status);

    return fault == BOUNCE_FAULT_PERMANENT && !bounce->is_permanent ? BOUNCE_FAULT_TEMPORARY
                                                                    : fault;
}

/* Whose bounce it is; id 0: nobody's. */
struct concerned {
    int64_t id;
    enum subscriber_state state;
};

static bool find_concerned(const struct bounce_desk *desk, const struct bounce *bounce,
                           struct concerned *concerned, GError **error)
{
    const bool is_letter = bounce->letter_id != 0;
    OWN(statement)
    found = start(desk->store, is_letter ? QUERY_OF_LETTER : QUERY_OF_NOTIFICATION);

    *concerned = (struct concerned){0, SUBSCRIBER_PENDING};
    statements_bind_int(found, 1, is_letter ? bounce->letter_id : bounce->notification_id);
    statements_bind_int(found, 2, bounce->subscriber_id);
    statements_bind_string(found, 3, desk->page->id);
    statements_bind_int(found, 4, desk->now - AGE_MOST_MS);
    if (statements_step(found, error) == STATEMENTS_ROW) {
        concerned->id = statements_int(found, 0);
        concerned->state = statements_choice(found, 1, SUBSCRIBER_STATE_COUNT);
    }
    return statements_run(found, error);
}

static bool add_row(const struct bounce_desk *desk, const struct bounce *bounce, bool *is_new,
                    GError **error)
{
    OWN(statement) added = start(desk->store, QUERY_ADD);

    statements_bind_int(added, 1, bounce->subscriber_id);
    statements_bind_int(added, 2, bounce->notification_id);
    statements_bind_int(added, 3, bounce->letter_id);
    statements_bind_int(added, 4, desk->now);
    statements_bind_int(added, 5, bounce->is_permanent ? 1 : 0);
    statements_bind_int(added, 6, bounce->is_delayed ? 1 : 0);
    statements_bind_int(added, 7, bounce->in_dialogue ? 1 : 0);
    statements_bind_string(added, 8, bounce->status);
    statements_bind_string(added, 9, bounce->words);
    if (!statements_run(added, error))
        return false;
    *is_new = statements_changed(desk->store) > 0;
    return true;
}

static bool count_for_confirmed(const struct bounce_desk *desk, int64_t subscriber_id,
                                enum bounce_effect *effect, GError **error)
{
    struct bounce_sum sum = {0};

    *effect = BOUNCE_COUNTED;
    if (!bounce_score_sum(desk, subscriber_id, &sum, error))
        return false;
    if (!sum.is_suspending)
        return true;
    *effect = BOUNCE_SUSPENDED;
    return probes_suspend(desk, subscriber_id, error);
}

static bool count_for_suspended(const struct bounce_desk *desk, const struct bounce *bounce,
                                enum bounce_effect *effect, GError **error)
{
    bool was_last = false;

    *effect = BOUNCE_COUNTED;
    if (!probes_note(desk, bounce, &was_last, error))
        return false;
    if (!was_last)
        return true;
    *effect = BOUNCE_REMOVED;
    return probes_remove(desk, bounce->subscriber_id, bounce->words, error);
}

static bool note(const struct bounce_desk *desk, const struct bounce *given,
                 enum bounce_effect *effect, GError **error)
{
    const enum bounce_fault fault = judge(given);
    struct bounce bounce = *given;
    struct concerned concerned;
    bool is_new = false;

    *effect = BOUNCE_NOTHING;
    if (fault == BOUNCE_FAULT_OURS)
        return true;
    if (!find_concerned(desk, given, &concerned, error))
        return false;
    if (concerned.id == 0 ||
        (concerned.state != SUBSCRIBER_CONFIRMED && concerned.state != SUBSCRIBER_SUSPENDED))
        return true;
    bounce.subscriber_id = concerned.id;
    bounce.is_permanent = fault == BOUNCE_FAULT_PERMANENT;
    if (!add_row(desk, &bounce, &is_new, error))
        return false;
    if (!is_new)
        return true;
    return concerned.state == SUBSCRIBER_CONFIRMED
               ? count_for_confirmed(desk, concerned.id, effect, error)
               : count_for_suspended(desk, &bounce, effect, error);
}

bool bounces_note(const struct bounce_desk *desk, const struct bounce *bounce,
                  enum bounce_effect *effect, GError **error)
{
    const enum statements_scope scope = statements_enter(desk->store, error);
    enum bounce_effect noted = BOUNCE_NOTHING;

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = note(desk, bounce, &noted, error);
    if (!statements_leave(desk->store, scope, is_good, error))
        return false;
    *effect = noted;
    return true;
}

bool bounces_reset(struct store *store, int64_t subscriber_id, GError **error)
{
    OWN(statement) found = start(store, QUERY_HAS_REFUSED);
    OWN(statement) reset = start(store, QUERY_RESET);
    int64_t has_refused = 0;

    statements_bind_int(found, 1, subscriber_id);
    statements_bind_int(reset, 1, subscriber_id);
    return statements_run_value(found, 0, &has_refused, error) &&
           (has_refused == 0 || statements_run(reset, error));
}

static bool complain(const struct bounce_desk *desk, int64_t subscriber_id, const char *source,
                     bool *was_there, GError **error)
{
    OWN(arena) arena = arena_open(MEMORY);
    const struct joins_desk joins = {desk->store, desk->secret, desk->page, desk->now};
    const struct consent consent = {desk->now, CONSENT_COMPLAINED, "complaint", source, ""};
    const struct subscriber *subscriber = NULL;

    if (!subscribers_load(desk->store, arena, desk->page, subscriber_id, &subscriber, error))
        return false;
    if (subscriber == NULL)
        return true;
    return subscribers_remove_id(desk->store, desk->page, subscriber_id, desk->now, was_there,
                                 error) &&
           (!*was_there || joins_record(desk->store, subscriber_id, &consent, error)) &&
           joins_suppress(&joins, subscriber->address, SUPPRESSED_COMPLAINED, error);
}

bool bounces_complain(const struct bounce_desk *desk, int64_t subscriber_id, const char *source,
                      bool *was_there, GError **error)
{
    const enum statements_scope scope = statements_enter(desk->store, error);
    bool was = false;

    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = complain(desk, subscriber_id, source, &was, error);
    if (!statements_leave(desk->store, scope, is_good, error))
        return false;
    *was_there = was;
    return true;
}
