#include "gateway/store/probes.h"

#include "gateway/base/moment.h"
#include "gateway/store/joins.h"
#include "gateway/store/letters.h"
#include "gateway/store/statements.h"
#include "gateway/store/subscribers.h"

#include <inttypes.h>

#define KEPT_MS        (90 * DAY_MS) /* of a bounce, for people to look at */
#define FORGET_MOST    500
#define PATIENTS_BYTES ((size_t)16 * 1024 * 1024)
#define MEMORY         ((size_t)256 * 1024)

enum query {
    QUERY_DUE,
    QUERY_PROBE,
    QUERY_REASON,
    QUERY_SUSPENDED,
    QUERY_PROBED,
    QUERY_LOOK_AT,
    QUERY_FORGIVE,
    QUERY_FORGET,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_DUE] = {"SELECT id, address, language, time_zone, suspended_at, probed_at, probe_count"
                   " FROM subscriber WHERE page_id = ?1 AND state = 2 AND probe_at <= ?2"
                   " ORDER BY probe_at LIMIT ?3",
                   NULL},
    [QUERY_PROBE] = {"SELECT l.id, l.state, l.ended_at, EXISTS (SELECT 1 FROM bounce AS b"
                     " WHERE b.subscriber_id = ?1 AND b.notification_id = 0"
                     " AND b.letter_id = l.id AND b.is_delayed = 0)"
                     " FROM letter AS l WHERE l.subscriber_id = ?1 AND l.kind = ?2"
                     " AND l.created_at >= ?3 ORDER BY l.id DESC LIMIT 1",
                     NULL},
    [QUERY_REASON] = {"SELECT words FROM bounce WHERE subscriber_id = ?1 ORDER BY id DESC LIMIT 1",
                      NULL},
    [QUERY_SUSPENDED] = {"UPDATE subscriber SET probed_at = NULL, probe_count = 0, probe_at = ?2"
                         " WHERE id = ?1",
                         NULL},
    [QUERY_PROBED] = {"UPDATE subscriber SET probed_at = ?2, probe_count = ?3, probe_at = ?4"
                      " WHERE id = ?1",
                      NULL},
    [QUERY_LOOK_AT] = {"UPDATE subscriber SET probe_at = ?2 WHERE id = ?1", NULL},
    [QUERY_FORGIVE] = {"DELETE FROM bounce WHERE subscriber_id = ?1", NULL},
    [QUERY_FORGET] = {"DELETE FROM bounce WHERE id IN"
                      " (SELECT id FROM bounce WHERE at < ?1 ORDER BY at LIMIT ?2)",
                      NULL},
};

const struct statements_table probes_statements = {"probes", queries, QUERY_COUNT};

/* A suspended subscriber, as she is looked at. */
struct patient {
    int64_t id;
    const char *address;
    const char *language;
    const char *time_zone;
    int64_t suspended_at;
    int64_t probed_at;
    int64_t probe_count;
};

/* Her last probe; id 0: none. */
struct probe {
    int64_t id;
    bool is_waiting;
    bool is_sent;
    int64_t sent_at;
    bool came_back;
};

static struct statement *start(const struct bounce_desk *desk, size_t query)
{
    return statements_start(desk->store, &probes_statements, query);
}

static bool look_at(const struct bounce_desk *desk, int64_t subscriber_id, int64_t at,
                    GError **error)
{
    OWN(statement) set = start(desk, QUERY_LOOK_AT);

    statements_bind_int(set, 1, subscriber_id);
    statements_bind_int(set, 2, at);
    return statements_run(set, error);
}

bool probes_suspend(const struct bounce_desk *desk, int64_t subscriber_id, GError **error)
{
    if (!subscribers_suspend(desk->store, subscriber_id, desk->now, error))
        return false;

    OWN(statement) suspended = start(desk, QUERY_SUSPENDED);
    statements_bind_int(suspended, 1, subscriber_id);
    statements_bind_int(suspended, 2, desk->now + desk->settings->probe_ms);
    return statements_run(suspended, error);
}

bool probes_remove(const struct bounce_desk *desk, int64_t subscriber_id, const char *words,
                   GError **error)
{
    OWN(arena) arena = arena_open(MEMORY);
    const struct joins_desk joins = {desk->store, desk->secret, desk->page, desk->now};
    const struct consent consent = {desk->now, CONSENT_LEFT, "bounces", words, ""};
    const struct subscriber *subscriber = NULL;
    bool was_there = false;

    if (!subscribers_load(desk->store, arena, desk->page, subscriber_id, &subscriber, error))
        return false;
    return subscriber == NULL ||
           (subscribers_remove_id(desk->store, desk->page, subscriber_id, desk->now, &was_there,
                                  error) &&
            joins_record(desk->store, subscriber_id, &consent, error) &&
            joins_suppress(&joins, subscriber->address, SUPPRESSED_BOUNCED, error));
}

static bool find_probe(const struct bounce_desk *desk, const struct patient *patient,
                       struct probe *probe, GError **error)
{
    OWN(statement) found = start(desk, QUERY_PROBE);

    *probe = (struct probe){0};
    statements_bind_int(found, 1, patient->id);
    statements_bind_int(found, 2, LETTER_PROBE);
    statements_bind_int(found, 3, patient->suspended_at);
    if (statements_step(found, error) == STATEMENTS_ROW)
        *probe = (struct probe){
            .id = statements_int(found, 0),
            .is_waiting = statements_int(found, 1) == 0,
            .is_sent = statements_int(found, 1) == 1,
            .sent_at = statements_int(found, 2),
            .came_back = statements_int(found, 3) != 0,
        };
    return statements_run(found, error);
}

static struct patient read_patient(struct statement *found, struct arena *arena)
{
    return (struct patient){
        .id = statements_int(found, 0),
        .address = statements_string(found, arena, 1),
        .language = statements_string(found, arena, 2),
        .time_zone = statements_string(found, arena, 3),
        .suspended_at = statements_int(found, 4),
        .probed_at = statements_int(found, 5),
        .probe_count = statements_int(found, 6),
    };
}

static bool find_reason(const struct bounce_desk *desk, struct arena *arena,
                        const struct patient *patient, const char **reason, GError **error)
{
    OWN(statement) found = start(desk, QUERY_REASON);

    *reason = "";
    statements_bind_int(found, 1, patient->id);
    if (statements_step(found, error) == STATEMENTS_ROW)
        *reason = statements_string(found, arena, 0);
    return statements_run(found, error);
}

static bool write_to(const struct bounce_desk *desk, const struct patient *patient,
                     enum letter_kind kind, GError **error)
{
    OWN(arena) arena = arena_open(MEMORY);
    struct letter_fact facts[] = {
        {"reason", ""},
        {"suspended_at", arena_format(arena, "%" PRId64, patient->suspended_at)},
    };
    struct letter letter = {
        .page_id = desk->page->id,
        .kind = kind,
        .address = patient->address,
        .language = patient->language,
        .time_zone = patient->time_zone,
        .facts = facts,
        .fact_count = G_N_ELEMENTS(facts),
        .subscriber_id = patient->id,
        .created_at = desk->now,
        .due_at = desk->now,
    };

    return find_reason(desk, arena, patient, &facts[0].value, error) &&
           letters_add(desk->store, &letter, error);
}

/* `count`: how many she had with this one. */
static bool send_probe(const struct bounce_desk *desk, const struct patient *patient, int64_t count,
                       GError **error)
{
    OWN(statement) probed = start(desk, QUERY_PROBED);

    statements_bind_int(probed, 1, patient->id);
    statements_bind_int(probed, 2, desk->now);
    statements_bind_int(probed, 3, count);
    statements_bind_int(probed, 4, desk->now + desk->settings->silence_ms);
    return statements_run(probed, error) && write_to(desk, patient, LETTER_PROBE, error);
}

static bool restore(const struct bounce_desk *desk, const struct patient *patient, GError **error)
{
    OWN(statement) forgiven = start(desk, QUERY_FORGIVE);

    statements_bind_int(forgiven, 1, patient->id);
    return subscribers_restore(desk->store, patient->id, desk->now, error) &&
           write_to(desk, patient, LETTER_RESTORED, error) && statements_run(forgiven, error);
}

static bool visit(const struct bounce_desk *desk, const struct patient *patient, GError **error)
{
    const struct bounce_settings *settings = desk->settings;
    struct probe probe = {0};

    if (!find_probe(desk, patient, &probe, error))
        return false;
    if (probe.is_waiting) /* for a relay: that proves nothing */
        return look_at(desk, patient->id,
                       desk->now + CLAMP(settings->silence_ms, SECOND_MS, HOUR_MS), error);
    if (probe.came_back && patient->probe_count >= settings->probes)
        return probes_remove(desk, patient->id, "", error);
    if (probe.came_back || probe.id == 0)
        return send_probe(desk, patient, patient->probe_count + 1, error);
    if (!probe.is_sent) /* it failed, but not by her: it does not count */
        return send_probe(desk, patient, MAX(patient->probe_count, 1), error);
    if (probe.sent_at + settings->silence_ms > desk->now)
        return look_at(desk, patient->id, probe.sent_at + settings->silence_ms, error);
    return restore(desk, patient, error);
}

bool probes_note(const struct bounce_desk *desk, const struct bounce *bounce, bool *was_last,
                 GError **error)
{
    OWN(arena) arena = arena_open(MEMORY);
    struct patient patient = {.id = bounce->subscriber_id};
    struct bounce_score standing = {0};
    struct probe probe = {0};

    *was_last = false;
    if (!bounces_score(desk, arena, bounce->subscriber_id, &standing, error))
        return false;
    patient.suspended_at = standing.suspended_at;
    if (!find_probe(desk, &patient, &probe, error))
        return false;
    if (probe.id == 0 || probe.id != bounce->letter_id)
        return true;
    if (bounce->is_delayed)
        return look_at(desk, patient.id, desk->now + desk->settings->silence_ms, error);
    *was_last = standing.probe_count >= desk->settings->probes;
    return look_at(desk, patient.id, MAX(desk->now, standing.probed_at + desk->settings->probe_ms),
                   error);
}

bool bounces_forget(struct store *store, int64_t now, GError **error)
{
    OWN(statement) forgotten = statements_start(store, &probes_statements, QUERY_FORGET);

    statements_bind_int(forgotten, 1, now - KEPT_MS);
    statements_bind_int(forgotten, 2, FORGET_MOST);
    return statements_run(forgotten, error);
}

static bool find_due(const struct bounce_desk *desk, struct arena *arena, GArray *patients,
                     int64_t most, GError **error)
{
    OWN(statement) found = start(desk, QUERY_DUE);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, desk->page->id);
    statements_bind_int(found, 2, desk->now);
    statements_bind_int(found, 3, most);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct patient patient = read_patient(found, arena);

        g_array_append_val(patients, patient);
    }
    return step == STATEMENTS_DONE;
}

static bool visit_all(const struct bounce_desk *desk, GArray *patients, GError **error)
{
    for (guint i = 0; i < patients->len; i++)
        if (!visit(desk, &g_array_index(patients, struct patient, i), error))
            return false;
    return true;
}

/* Read once more within the transaction: another clock may run. */
static bool run_in_transaction(const struct bounce_desk *desk, int64_t most, GArray *patients,
                               GError **error)
{
    OWN(arena) arena = arena_open(PATIENTS_BYTES);

    return find_due(desk, arena, patients, most, error) && visit_all(desk, patients, error);
}

/* While nobody is due no lock is taken. */
static bool is_any_due(const struct bounce_desk *desk, bool *is_any, GError **error)
{
    OWN(arena) arena = arena_open(PATIENTS_BYTES);
    g_autoptr(GArray) patients = g_array_new(FALSE, FALSE, sizeof(struct patient));

    if (!find_due(desk, arena, patients, 1, error))
        return false;
    *is_any = patients->len > 0;
    return true;
}

bool bounces_run_due(const struct bounce_desk *desk, int64_t most, int64_t *done, GError **error)
{
    g_autoptr(GArray) patients = g_array_new(FALSE, FALSE, sizeof(struct patient));
    bool is_any = false;

    if (!is_any_due(desk, &is_any, error))
        return false;
    *done = 0;
    if (!is_any)
        return true;

    const enum statements_scope scope = statements_enter(desk->store, error);
    if (scope == STATEMENTS_REFUSED)
        return false;
    const bool is_good = run_in_transaction(desk, CLAMP(most, 1, 1000), patients, error);
    if (!statements_leave(desk->store, scope, is_good, error))
        return false;
    *done = patients->len;
    return true;
}
