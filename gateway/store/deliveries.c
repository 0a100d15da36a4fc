#include "gateway/store/deliveries.h"

#include "gateway/base/moment.h"
#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#include <assert.h>

#define KEPT_MS     (31 * DAY_MS)
#define FORGET_MOST 500

enum query {
    QUERY_STANDING,
    QUERY_NEWS,
    QUERY_EXCEPTION,
    QUERY_COVER,
    QUERY_CONCERN,
    QUERY_FORGET,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_STANDING] = {"SELECT lane, suspended_at, left_at FROM subscriber WHERE id = ?1", NULL},
    [QUERY_NEWS] = {"SELECT n.id, i.number, i.title, n.kind, n.created_at, n.state, n.severity,"
                    " n.horizon, n.incident_id, n.news FROM notification AS n"
                    " JOIN incident AS i ON i.id = n.incident_id"
                    " WHERE n.id < ?1 AND n.page_id = ?2 ORDER BY n.id DESC LIMIT ?3",
                    NULL},
    [QUERY_EXCEPTION] = {"SELECT state, reason, failures FROM exception"
                         " WHERE notification_id = ?1 AND subscriber_id = ?2",
                         NULL},
    [QUERY_COVER] = {"SELECT last_id, opened_at, closed_at, relay FROM slice"
                     " WHERE notification_id = ?1 AND lane = ?2 AND first_id <= ?3"
                     " ORDER BY first_id DESC LIMIT 1",
                     NULL},
    /* Everything, a topic of it, or the incident itself; and is it muted? */
    [QUERY_CONCERN] = {"SELECT NOT EXISTS (SELECT 1 FROM subscriber_topic WHERE subscriber_id = ?2)"
                       " OR EXISTS (SELECT 1 FROM subscriber_topic AS s"
                       " JOIN notification_topic AS t ON t.topic = s.topic"
                       " WHERE s.subscriber_id = ?2 AND t.notification_id = ?1)"
                       " OR EXISTS (SELECT 1 FROM subscriber_topic"
                       " WHERE subscriber_id = ?2 AND topic = 'i:' || ?3),"
                       " EXISTS (SELECT 1 FROM subscriber_mute"
                       " WHERE subscriber_id = ?2 AND incident_id = ?3)",
                       NULL},
    [QUERY_FORGET] = {"DELETE FROM slice WHERE id IN (SELECT s.id FROM slice AS s"
                      " JOIN notification AS n ON n.id = s.notification_id"
                      " WHERE s.id > 0 AND s.closed_at < ?1 AND n.state = 1"
                      " ORDER BY s.id LIMIT ?2)",
                      NULL},
};

const struct statements_table deliveries_statements = {"deliveries", queries, QUERY_COUNT};

static const char *const outcome_names[] = {
    [DELIVERED] = "sent",
    [DELIVERY_UNDERWAY] = "under way",
    [DELIVERY_DEFERRED] = "deferred",
    [DELIVERY_FAILED] = "failed",
    [DELIVERY_SUPERSEDED] = "superseded",
    [DELIVERY_FILTERED] = "filtered",
    [DELIVERY_KIND_UNWANTED] = "kind unwanted",
    [DELIVERY_MUTED] = "muted",
    [DELIVERY_PAUSED] = "paused",
    [DELIVERY_SUSPENDED] = "suspended",
    [DELIVERY_IN_DIGEST] = "in digest",
    [DELIVERY_NOT_YET_CONFIRMED] = "not yet confirmed",
    [DELIVERY_LEFT] = "left",
};
static_assert(G_N_ELEMENTS(outcome_names) == DELIVERY_OUTCOME_COUNT, "each outcome has its name");

const char *delivery_outcome_name(enum delivery_outcome outcome)
{
    return outcome_names[outcome];
}

/* The states of an exception and of a notification. */
enum { EXCEPTION_DUE, EXCEPTION_WAITING, EXCEPTION_FAILED, EXCEPTION_SENT, EXCEPTION_DROPPED };
enum { NEWS_BEING_TOLD, NEWS_TOLD, NEWS_SUPERSEDED };

/* Of her row, what no struct subscriber has. */
struct row_facts {
    enum lane lane;
    int64_t suspended_at;
    int64_t left_at;
};

struct inquiry {
    struct store *store;
    struct arena *arena;
    const struct deliveries_wish *wish;
    struct row_facts facts;
};

struct news {
    int64_t state;
    enum incident_severity severity;
    int64_t horizon;
    int64_t incident_id;
    enum news_kind kind;
};

static struct statement *start(const struct inquiry *inquiry, size_t query)
{
    return statements_start(inquiry->store, &deliveries_statements, query);
}

static bool load_standing(struct inquiry *inquiry, GError **error)
{
    OWN(statement) found = start(inquiry, QUERY_STANDING);

    statements_bind_int(found, 1, inquiry->wish->subscriber->id);
    if (statements_step(found, error) == STATEMENTS_ROW)
        inquiry->facts = (struct row_facts){
            .lane = statements_choice(found, 0, 2),
            .suspended_at = statements_int(found, 1),
            .left_at = statements_int(found, 2),
        };
    return statements_run(found, error);
}

/* *is_known: her exception says what became of it. */
static bool look_for_exception(const struct inquiry *inquiry, const struct news *news,
                               struct delivery *delivery, bool *is_known, GError **error)
{
    OWN(statement) found = start(inquiry, QUERY_EXCEPTION);
    int64_t state = EXCEPTION_DROPPED;
    int64_t failures = 0;

    statements_bind_int(found, 1, delivery->notification_id);
    statements_bind_int(found, 2, inquiry->wish->subscriber->id);
    if (statements_step(found, error) == STATEMENTS_ROW) {
        state = statements_choice(found, 0, EXCEPTION_DROPPED + 1);
        delivery->reason = statements_string(found, inquiry->arena, 1);
        failures = statements_int(found, 2);
    }
    if (!statements_run(found, error))
        return false;
    *is_known = state == EXCEPTION_FAILED || state == EXCEPTION_SENT ||
                (state <= EXCEPTION_WAITING && news->state == NEWS_BEING_TOLD);
    if (state == EXCEPTION_FAILED)
        delivery->outcome = DELIVERY_FAILED;
    if (state == EXCEPTION_SENT)
        delivery->outcome = DELIVERED;
    if (state <= EXCEPTION_WAITING)
        delivery->outcome = failures > 0 ? DELIVERY_DEFERRED : DELIVERY_UNDERWAY;
    return true;
}

/* Made in her last pause (or suspension), which is over. */
static bool was_silent(const struct subscriber *subscriber, const struct news *news,
                       const struct delivery *delivery)
{
    const bool came_through = subscriber->breaks_through && news->severity == SEVERITY_CRITICAL;

    return subscriber->silent_since != 0 && subscriber->silent_since <= delivery->made_at &&
           delivery->made_at < subscriber->hears_since && !came_through;
}

/* True: her row says why not, whatever she prefers. */
static bool judge_standing(const struct inquiry *inquiry, const struct news *news,
                           struct delivery *delivery)
{
    const struct subscriber *subscriber = inquiry->wish->subscriber;
    const struct row_facts *facts = &inquiry->facts;

    if (subscriber->state == SUBSCRIBER_UNSUBSCRIBED && facts->left_at <= delivery->made_at)
        delivery->outcome = DELIVERY_LEFT;
    else if (subscriber->state == SUBSCRIBER_PENDING ||
             subscriber->confirmed_at > delivery->made_at || subscriber->id > news->horizon)
        delivery->outcome = DELIVERY_NOT_YET_CONFIRMED;
    else if (subscriber->state == SUBSCRIBER_SUSPENDED && facts->suspended_at <= delivery->made_at)
        delivery->outcome = DELIVERY_SUSPENDED;
    else if (was_silent(subscriber, news, delivery))
        delivery->outcome = DELIVERY_PAUSED;
    else
        return false;
    return true;
}

static bool load_concern(const struct inquiry *inquiry, const struct news *news,
                         const struct delivery *delivery, bool *is_concerned, bool *is_muted,
                         GError **error)
{
    OWN(statement) found = start(inquiry, QUERY_CONCERN);

    statements_bind_int(found, 1, delivery->notification_id);
    statements_bind_int(found, 2, inquiry->wish->subscriber->id);
    statements_bind_int(found, 3, news->incident_id);
    if (statements_step(found, error) == STATEMENTS_ROW) {
        *is_concerned = statements_int(found, 0) != 0;
        *is_muted = statements_int(found, 1) != 0;
    }
    return statements_run(found, error);
}

/* In the pause that she has now. */
static bool is_paused(const struct subscriber *subscriber, const struct delivery *delivery)
{
    return subscriber->paused_until > delivery->made_at &&
           subscriber->silent_since <= delivery->made_at;
}

/* Sets the outcome where today's preferences hold it back. */
static bool judge_preferences(const struct inquiry *inquiry, const struct news *news,
                              struct delivery *delivery, GError **error)
{
    const struct subscriber *subscriber = inquiry->wish->subscriber;
    const bool breaks_through = subscriber->breaks_through && news->severity == SEVERITY_CRITICAL;
    bool is_concerned = false;
    bool is_muted = false;

    if (!load_concern(inquiry, news, delivery, &is_concerned, &is_muted, error))
        return false;
    delivery->is_by_todays_preferences = true;
    if ((subscriber->kinds & news->kind) == 0)
        delivery->outcome = DELIVERY_KIND_UNWANTED;
    else if (!is_concerned || news->severity < subscriber->severity)
        delivery->outcome = DELIVERY_FILTERED;
    else if (is_muted)
        delivery->outcome = DELIVERY_MUTED;
    else if (is_paused(subscriber, delivery) && !breaks_through)
        delivery->outcome = DELIVERY_PAUSED;
    else if (subscriber->delivery != DELIVERY_IMMEDIATE && !breaks_through)
        delivery->outcome = DELIVERY_IN_DIGEST;
    else
        delivery->is_by_todays_preferences = false;
    return true;
}

/* She is in the stretch that was walked: from when to when, and by which relay. */
static bool look_for_slice(const struct inquiry *inquiry, const struct news *news,
                           struct delivery *delivery, GError **error)
{
    const int64_t id = inquiry->wish->subscriber->id;
    OWN(statement) found = start(inquiry, QUERY_COVER);

    statements_bind_int(found, 1, delivery->notification_id);
    statements_bind_int(found, 2, inquiry->facts.lane);
    statements_bind_int(found, 3, id);
    if (statements_step(found, error) == STATEMENTS_ROW && statements_int(found, 0) >= id &&
        !statements_is_null(found, 2)) {
        delivery->opened_at = statements_int(found, 1);
        delivery->closed_at = statements_int(found, 2);
        delivery->relay = statements_string(found, inquiry->arena, 3);
    }
    if (!statements_run(found, error))
        return false;
    if (delivery->closed_at != 0 || news->state == NEWS_TOLD)
        delivery->outcome = DELIVERED;
    else
        delivery->outcome =
            news->state == NEWS_SUPERSEDED ? DELIVERY_SUPERSEDED : DELIVERY_UNDERWAY;
    return true;
}

static bool explain(const struct inquiry *inquiry, const struct news *news,
                    struct delivery *delivery, GError **error)
{
    bool is_known = false;

    if (!look_for_exception(inquiry, news, delivery, &is_known, error))
        return false;
    if (is_known || judge_standing(inquiry, news, delivery))
        return true;
    return judge_preferences(inquiry, news, delivery, error) &&
           (delivery->is_by_todays_preferences || look_for_slice(inquiry, news, delivery, error));
}

static struct delivery read_row(const struct inquiry *inquiry, struct statement *found,
                                struct news *news)
{
    *news = (struct news){
        .state = statements_int(found, 5),
        .severity = statements_choice(found, 6, INCIDENT_SEVERITY_COUNT),
        .horizon = statements_int(found, 7),
        .incident_id = statements_int(found, 8),
        .kind = statements_choice(found, 9, NEWS_ALL + 1),
    };
    return (struct delivery){
        .notification_id = statements_int(found, 0),
        .incident_number = statements_int(found, 1),
        .title = statements_string(found, inquiry->arena, 2),
        .kind = statements_choice(found, 3, NOTIFICATION_KIND_COUNT),
        .made_at = statements_int(found, 4),
        .relay = "",
        .reason = "",
    };
}

static bool list(const struct inquiry *inquiry, GArray *rows, GError **error)
{
    const struct deliveries_wish *wish = inquiry->wish;
    OWN(statement) found = start(inquiry, QUERY_NEWS);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, INT64_MAX);
    statements_bind_string(found, 2, wish->page->id);
    statements_bind_int(found, 3, (int64_t)MIN(wish->most, (size_t)INT32_MAX));
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        struct news news;
        struct delivery delivery = read_row(inquiry, found, &news);

        if (delivery.made_at < wish->since)
            return true; /* the rest is older still */
        if (!explain(inquiry, &news, &delivery, error))
            return false;
        g_array_append_val(rows, delivery);
    }
    return step == STATEMENTS_DONE;
}

bool deliveries_list(struct store *store, struct arena *arena, const struct deliveries_wish *wish,
                     const struct delivery **deliveries, size_t *count, GError **error)
{
    struct inquiry inquiry = {.store = store, .arena = arena, .wish = wish};
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct delivery));

    if (!load_standing(&inquiry, error) || !list(&inquiry, rows, error))
        return false;
    *deliveries = rows_keep(arena, rows);
    *count = rows->len;
    return true;
}

bool deliveries_forget(struct store *store, int64_t now, GError **error)
{
    OWN(statement)
    forgotten = statements_start(store, &deliveries_statements, QUERY_FORGET);

    statements_bind_int(forgotten, 1, now - KEPT_MS);
    statements_bind_int(forgotten, 2, FORGET_MOST);
    return statements_run(forgotten, error);
}
