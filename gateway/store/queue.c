#include "gateway/store/queue.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/incident/letter.h"
#include "gateway/store/relays.h"
#include "gateway/store/statements.h"

#include <inttypes.h>

#define ENTRIES_MOST    1000
#define EXCEPTIONS_MOST 1000
#define FAILED_SPAN_MS  (7 * DAY_MS)

enum query {
    QUERY_NEWS,
    QUERY_ONE_NEWS,
    QUERY_TALLY,
    QUERY_REASON,
    QUERY_AHEAD,
    QUERY_IN_HAND,
    QUERY_LETTERS,
    QUERY_ONE_LETTER,
    QUERY_EXCEPTIONS,
    QUERY_COUNT,
};

#define NEWS_COLUMNS                                                                               \
    "SELECT n.id, n.kind, i.public_id, n.sent_count, n.state, n.created_at, n.page_id"             \
    " FROM notification AS n JOIN incident AS i ON i.id = n.incident_id WHERE "
#define LETTER_COLUMNS                                                                             \
    "SELECT l.id, l.kind, i.public_id, l.state, l.failures, l.due_at, l.reason, l.page_id, "       \
    "l.address"                                                                                    \
    " FROM letter AS l LEFT JOIN incident AS i ON i.id = l.incident_id WHERE "

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_NEWS] = {NEWS_COLUMNS "n.id > (SELECT max(id) FROM notification) - 10000"
                                 " AND (n.state = 0 OR EXISTS (SELECT 1 FROM exception AS e"
                                 " WHERE e.notification_id = n.id AND e.state = 2))"
                                 " ORDER BY n.id DESC LIMIT ?1",
                    NULL},
    [QUERY_ONE_NEWS] = {NEWS_COLUMNS "n.id = ?1", NULL},
    [QUERY_TALLY] = {"SELECT total(state IN (0, 1)), total(state = 2),"
                     " min(CASE state WHEN 0 THEN due_at END)"
                     " FROM exception WHERE notification_id = ?1",
                     NULL},
    [QUERY_REASON] = {"SELECT reason FROM exception WHERE notification_id = ?1 AND reason <> ''"
                      " AND state IN (0, 2) LIMIT 1",
                      NULL},
    /* Behind the cursor; each severity by its own range of the key. */
    [QUERY_AHEAD] = {"SELECT count(*) FROM (SELECT DISTINCT k.subscriber_id"
                     " FROM notification AS n"
                     " JOIN notification_lane AS l ON l.notification_id = n.id"
                     " JOIN notification_topic AS t ON t.notification_id = n.id"
                     " JOIN interest AS k ON k.page_id = n.page_id AND k.lane = l.lane"
                     " AND k.topic = t.topic AND k.severity IN (0, 1, 2)"
                     " AND k.severity <= n.severity"
                     " AND k.subscriber_id > CASE ?2 WHEN 0 THEN l.cursor_id ELSE 0 END"
                     " AND k.subscriber_id <= CASE WHEN ?2 = 0 AND l.is_wrapped = 0"
                     " THEN n.horizon ELSE l.start_id END"
                     " WHERE n.id = ?1 AND n.state = 0 AND l.is_done = 0"
                     " AND (?2 = 0 OR l.is_wrapped = 0) LIMIT 10000)",
                     "(subquery-1): what is counted"},
    /* In open slices; their progress files know how many of them were told. */
    [QUERY_IN_HAND] = {"SELECT count(*) FROM (SELECT DISTINCT k.subscriber_id"
                       " FROM slice AS o JOIN notification AS n ON n.id = o.notification_id"
                       " JOIN notification_topic AS t ON t.notification_id = n.id"
                       " JOIN interest AS k ON k.page_id = n.page_id AND k.lane = o.lane"
                       " AND k.topic = t.topic AND k.severity IN (0, 1, 2)"
                       " AND k.severity <= n.severity"
                       " AND k.subscriber_id >= o.first_id AND k.subscriber_id <= o.last_id"
                       " WHERE o.notification_id = ?1 AND o.closed_at IS NULL AND o.kind = 0"
                       " AND n.state = 0 AND NOT EXISTS (SELECT 1 FROM exception AS e"
                       " WHERE e.notification_id = ?1 AND e.subscriber_id = k.subscriber_id)"
                       " LIMIT 10000)",
                       "(subquery-2): what is counted"},
    [QUERY_LETTERS] = {LETTER_COLUMNS "l.id > (SELECT max(id) FROM letter) - 10000"
                                      " AND (l.state = 0 OR (l.state = 2 AND l.ended_at > ?2))"
                                      " ORDER BY l.id DESC LIMIT ?1",
                       NULL},
    [QUERY_ONE_LETTER] = {LETTER_COLUMNS "l.id = ?1", NULL},
    [QUERY_EXCEPTIONS] = {"SELECT s.address, e.state, e.failures, e.due_at, e.reason, e.in_doubt"
                          " FROM exception AS e JOIN subscriber AS s ON s.id = e.subscriber_id"
                          " WHERE e.notification_id = ?1 AND e.state < 3"
                          " ORDER BY e.subscriber_id LIMIT ?2",
                          NULL},
};

const struct statements_table queue_statements = {"queue", queries, QUERY_COUNT};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &queue_statements, query);
}

static bool count_ahead(struct store *store, int64_t id, bool is_front, int64_t *count,
                        GError **error)
{
    OWN(statement) counted = start(store, QUERY_AHEAD);

    statements_bind_int(counted, 1, id);
    statements_bind_int(counted, 2, is_front ? 1 : 0);
    return statements_run_value(counted, 0, count, error);
}

static bool count_in_hand(struct store *store, int64_t id, int64_t *count, GError **error)
{
    OWN(statement) counted = start(store, QUERY_IN_HAND);

    statements_bind_int(counted, 1, id);
    return statements_run_value(counted, 0, count, error);
}

static bool read_tally(struct store *store, int64_t id, struct queue_entry *entry, GError **error)
{
    OWN(statement) found = start(store, QUERY_TALLY);

    statements_bind_int(found, 1, id);

    const enum statements_step step = statements_step(found, error);
    if (step == STATEMENTS_ROW) {
        entry->deferred = statements_int(found, 0);
        entry->failed = statements_int(found, 1);
        entry->due_at = statements_int(found, 2);
    }
    return step != STATEMENTS_FAILED && statements_run(found, error);
}

static bool read_reason(struct store *store, struct arena *arena, int64_t id,
                        struct queue_entry *entry, GError **error)
{
    OWN(statement) found = start(store, QUERY_REASON);

    entry->reason = "";
    statements_bind_int(found, 1, id);

    const enum statements_step step = statements_step(found, error);
    if (step == STATEMENTS_ROW)
        entry->reason = statements_string(found, arena, 0);
    return step != STATEMENTS_FAILED && statements_run(found, error);
}

/* What was never tried waits for a relay; a pause by hand lets letters go. */
static bool explain_wait(struct store *store, struct arena *arena, bool is_letter,
                         struct queue_entry *entry, GError **error)
{
    struct relay_trouble trouble;

    if (entry->waiting == 0 || entry->reason[0] != '\0')
        return true;
    if (!relays_find_trouble(store, arena, !is_letter, &trouble, error))
        return false;
    entry->reason = trouble.reason;
    entry->due_at = MAX(entry->due_at, trouble.retry_at);
    return true;
}

/* The rest of a notification's entry, whose row is already there. */
static bool complete(struct store *store, struct arena *arena, struct queue_entry *entry,
                     GError **error)
{
    int64_t id = 0;
    int64_t behind = 0;
    int64_t front = 0;
    int64_t in_hand = 0;
    const int64_t created_at = entry->due_at;
    const bool is_told_now = entry->waiting != 0;

    if (!number_parse(text_of(entry->id), 1, INT64_MAX, &id))
        return error_set(error, TOCSIN_ERROR_BUG, "%s: no id", entry->id);
    entry->due_at = 0;
    if (!read_tally(store, id, entry, error) || !read_reason(store, arena, id, entry, error) ||
        !count_ahead(store, id, false, &behind, error) ||
        !count_ahead(store, id, true, &front, error) || !count_in_hand(store, id, &in_hand, error))
        return false;
    entry->waiting = behind + front + in_hand;
    if (!is_told_now)
        entry->deferred = 0; /* taken over by the newer one */
    if (entry->waiting > 0 && entry->due_at == 0)
        entry->due_at = created_at;
    return explain_wait(store, arena, false, entry, error);
}

/* `waiting` and `due_at` carry state and moment until complete(). */
static struct queue_entry read_news(struct statement *found, struct arena *arena)
{
    return (struct queue_entry){
        .id = arena_format(arena, "%" PRId64, statements_int(found, 0)),
        .kind = notification_kind_name(statements_choice(found, 1, NOTIFICATION_KIND_COUNT)),
        .incident_id = statements_string(found, arena, 2),
        .sent = statements_int(found, 3),
        .waiting = statements_int(found, 4) == 0 ? 1 : 0,
        .due_at = statements_int(found, 5),
        .page_id = statements_string(found, arena, 6),
    };
}

static struct queue_entry read_letter(struct statement *found, struct arena *arena)
{
    const int64_t state = statements_int(found, 3);
    const bool was_tried = statements_int(found, 4) > 0;

    return (struct queue_entry){
        .id = arena_format(arena, "L%" PRId64, statements_int(found, 0)),
        .kind = letter_kind_name(statements_choice(found, 1, LETTER_KIND_COUNT)),
        .incident_id = statements_is_null(found, 2) ? NULL : statements_string(found, arena, 2),
        .waiting = state == 0 && !was_tried ? 1 : 0,
        .deferred = state == 0 && was_tried ? 1 : 0,
        .sent = state == 1 ? 1 : 0,
        .failed = state == 2 ? 1 : 0,
        .due_at = state == 0 ? statements_int(found, 5) : 0,
        .reason = statements_string(found, arena, 6),
        .page_id = statements_string(found, arena, 7),
        .address = statements_string(found, arena, 8),
    };
}

static bool list_news(struct store *store, struct arena *arena, GArray *entries, GError **error)
{
    OWN(statement) found = start(store, QUERY_NEWS);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, ENTRIES_MOST);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct queue_entry entry = read_news(found, arena);
        g_array_append_val(entries, entry);
    }
    if (step != STATEMENTS_DONE)
        return false;
    for (guint i = 0; i < entries->len; i++)
        if (!complete(store, arena, &g_array_index(entries, struct queue_entry, i), error))
            return false;
    return true;
}

static bool list_letters(struct store *store, struct arena *arena, int64_t now, GArray *entries,
                         GError **error)
{
    OWN(statement) found = start(store, QUERY_LETTERS);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, ENTRIES_MOST);
    statements_bind_int(found, 2, now - FAILED_SPAN_MS);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        struct queue_entry entry = read_letter(found, arena);
        if (!explain_wait(store, arena, true, &entry, error))
            return false;
        g_array_append_val(entries, entry);
    }
    return step == STATEMENTS_DONE;
}

bool queue_list(struct store *store, struct arena *arena, int64_t now,
                const struct queue_entry **entries, size_t *count, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct queue_entry));

    if (!list_news(store, arena, found, error) || !list_letters(store, arena, now, found, error))
        return false;

    struct queue_entry *copy = ARENA_ARRAY(arena, struct queue_entry, found->len);
    for (guint i = 0; i < found->len; i++)
        copy[i] = g_array_index(found, struct queue_entry, i);
    *entries = copy;
    *count = found->len;
    return true;
}

bool queue_read_id(const char *id, bool *is_letter, int64_t *number)
{
    *is_letter = id[0] == 'L' || id[0] == 'l';
    return number_parse(text_of(id + (*is_letter ? 1 : 0)), 1, INT64_MAX, number);
}

static bool show_entry(struct store *store, struct arena *arena, bool is_letter, int64_t number,
                       struct queue_entry *entry, GError **error)
{
    OWN(statement) found = start(store, is_letter ? QUERY_ONE_LETTER : QUERY_ONE_NEWS);

    statements_bind_int(found, 1, number);

    const enum statements_step step = statements_step(found, error);
    if (step == STATEMENTS_ROW)
        *entry = is_letter ? read_letter(found, arena) : read_news(found, arena);
    return step != STATEMENTS_FAILED && statements_run(found, error);
}

static bool list_exceptions(struct store *store, struct arena *arena, int64_t number,
                            struct queue_item *details, GError **error)
{
    static const char *const states[] = {"deferred", "waiting", "failed"};
    OWN(statement) found = start(store, QUERY_EXCEPTIONS);
    struct queue_exception *exceptions =
        ARENA_ARRAY(arena, struct queue_exception, EXCEPTIONS_MOST);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, number);
    statements_bind_int(found, 2, EXCEPTIONS_MOST);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW)
        exceptions[details->count++] = (struct queue_exception){
            .address = statements_string(found, arena, 0),
            .state = states[statements_choice(found, 1, G_N_ELEMENTS(states))],
            .failures = statements_int(found, 2),
            .due_at = statements_int(found, 3),
            .reason = statements_string(found, arena, 4),
            .is_in_doubt = statements_int(found, 5) != 0,
        };
    details->exceptions = exceptions;
    return step == STATEMENTS_DONE;
}

bool queue_show(struct store *store, struct arena *arena, const char *id, struct queue_item *item,
                GError **error)
{
    struct queue_entry *found = ARENA_NEW(arena, struct queue_entry);
    struct queue_item details = {NULL, NULL, 0};
    bool is_letter = false;
    int64_t number = 0;

    if (queue_read_id(id, &is_letter, &number)) {
        if (!show_entry(store, arena, is_letter, number, found, error))
            return false;
        if (found->id != NULL && !is_letter &&
            (!complete(store, arena, found, error) ||
             !list_exceptions(store, arena, number, &details, error)))
            return false;
    }
    details.entry = found->id == NULL ? NULL : found;
    *item = details;
    return true;
}
