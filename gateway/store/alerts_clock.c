/* What the clock does with alerts: alerts_run_due() and its like of alerts.h. */
#include "gateway/store/alerts_facts.h"
#include "gateway/store/alerts_hearing.h"
#include "gateway/store/alerts_life.h"
#include "gateway/store/alerts_rows.h"
#include "gateway/store/drafts.h"
#include "gateway/store/statements.h"

#include "gateway/base/error.h"
#include "gateway/base/log.h"
#include "gateway/base/moment.h"

#include <string.h>

#define MEMORY       ((size_t)16 * 1024 * 1024)
#define POSTPONED_MS HOUR_MS

static const struct monitor *find_monitor(const struct alerts_desk *desk, const char *name)
{
    for (size_t i = 0; i < desk->monitor_count; i++)
        if (strcmp(desk->monitors[i]->name, name) == 0 &&
            strcmp(desk->monitors[i]->policy.page_id, desk->page->id) == 0)
            return desk->monitors[i];
    return NULL;
}

static struct alerts_source source_of(const struct monitor *monitor)
{
    return (struct alerts_source){
        .monitor = monitor, .proofs = "", .client = "", .message_id = "", .by = "", .answered = ""};
}

/* Operators hear how many there are once the storm has calmed, or each quarter of an hour. */
static bool summarise(const struct settling *settling, struct cluster *cluster, GError **error)
{
    const struct alerts_desk *desk = settling->desk;
    const int64_t summary_at = alerts_settle_summary_at(cluster);
    const struct decision *decision;
    struct alert_facts facts;
    struct alert_plan plan;

    if (summary_at == 0 || summary_at > desk->now)
        return true;
    if (!alerts_facts_load(desk, settling->arena, settling->source->monitor, cluster, &facts,
                           error) ||
        !alerts_facts_count(desk->store, cluster, &facts, error))
        return false;
    plan = alert_summarise(settling->arena, &facts, cluster->joined);
    cluster->joined = 0;
    /* One that came back alone is no storm. */
    return plan.action != ALERT_DO_CHANGE || facts.counting < 2 ||
           alerts_settle_change(settling, plan.command, &decision, error);
}

static bool judge(const struct alerts_desk *desk, struct arena *arena, struct cluster *cluster,
                  GError **error)
{
    const struct monitor *monitor = find_monitor(desk, cluster->monitor);
    const struct alerts_source source = source_of(monitor);
    const struct settling settling = {.desk = desk, .arena = arena, .source = &source};
    const struct decision *decision;
    struct alert_plan plan;

    if (monitor == NULL) {
        log_warning("alert.monitor_missing", LOG_TEXT("page", desk->page->id),
                    LOG_TEXT("monitor", cluster->monitor));
        cluster->judge_at = 0;
        return alerts_cluster_save(desk->store, cluster, error);
    }
    if (!summarise(&settling, cluster, error))
        return false;
    cluster->judge_at = 0;
    return alerts_cluster_save(desk->store, cluster, error) &&
           alerts_settle(&settling, cluster, &plan, &decision, error);
}

static bool judge_due(const struct alerts_desk *desk, int64_t id, bool *was_due, GError **error)
{
    OWN(arena) arena = arena_open(MEMORY);
    struct cluster cluster;

    if (!alerts_cluster_load(desk->store, arena, desk->page, id, &cluster, error))
        return false;
    *was_due = cluster.id != 0 && cluster.judge_at != 0 && cluster.judge_at <= desk->now;
    return !*was_due || judge(desk, arena, &cluster, error);
}

/* One that cannot be judged must not keep the others from their turn. */
static bool postpone(const struct alerts_desk *desk, int64_t id, GError **error)
{
    OWN(arena) arena = arena_open(MEMORY);
    struct cluster cluster;

    if (!alerts_cluster_load(desk->store, arena, desk->page, id, &cluster, error))
        return false;
    cluster.judge_at = desk->now + POSTPONED_MS;
    return cluster.id == 0 || alerts_cluster_save(desk->store, &cluster, error);
}

static bool run_cluster(const struct alerts_desk *desk, int64_t id, GError **error)
{
    GError *failure = NULL;
    bool was_due = false;

    if (!store_begin(desk->store, error))
        return false;
    if (judge_due(desk, id, &was_due, &failure) && store_commit(desk->store, &failure))
        return true;
    store_rollback(desk->store);
    if (!g_error_matches(failure, TOCSIN_ERROR, TOCSIN_ERROR_BUSY))
        (void)postpone(desk, id, NULL);
    g_propagate_error(error, failure);
    return false;
}

static bool run_clusters(const struct alerts_desk *desk, int64_t most, int64_t *done,
                         GError **error)
{
    int64_t id = 0;

    while (*done < most) {
        if (!alerts_cluster_find_due(desk->store, desk->page, desk->now, &id, error))
            return false;
        if (id == 0)
            return true;
        if (!run_cluster(desk, id, error))
            return false;
        ++*done;
    }
    return true;
}

/* Is it known already that the monitor is silent? */
static bool is_known_silent(const struct alerts_desk *desk, const struct monitor *monitor,
                            bool *is_known, GError **error)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024);
    struct alert_row row;

    if (!alerts_rows_find(desk->store, arena, monitor, ALERT_KEY_SILENT, &row, error))
        return false;
    *is_known = row.alert.id != 0 && row.alert.is_open;
    return true;
}

/* The moment at which its silence is to be said; 0: none, since it never was heard (*is_new), is known to
 * be silent, or is not expected. */
static bool find_silence(const struct alerts_desk *desk, const struct monitor *monitor,
                         int64_t *silent_at, bool *is_new, GError **error)
{
    bool is_known = false;

    *silent_at = 0;
    *is_new = false;
    if (monitor->policy.expect_every_ms == 0 ||
        strcmp(monitor->policy.page_id, desk->page->id) != 0)
        return true;
    if (!alerts_life_silent_at(desk, monitor, silent_at, error))
        return false;
    *is_new = *silent_at == 0;
    if (*is_new)
        return true;
    if (!is_known_silent(desk, monitor, &is_known, error))
        return false;
    *silent_at = is_known ? 0 : *silent_at;
    return true;
}

static bool raise_silence(const struct alerts_desk *desk, const struct monitor *monitor,
                          GError **error)
{
    OWN(arena) arena = arena_open(MEMORY);
    const struct alerts_source source = source_of(monitor);
    const struct settling settling = {.desk = desk, .arena = arena, .source = &source};
    const struct alert_report report = alerts_life_report(arena, desk, monitor, ALERT_PROBLEM);
    struct alerts_effect effect;
    int64_t silent_at = 0;
    bool is_new = false;

    /* A mail may have come since it was looked for. */
    if (!find_silence(desk, monitor, &silent_at, &is_new, error))
        return false;
    if (is_new)
        return alerts_life_note(desk, monitor, error);
    return silent_at == 0 || silent_at > desk->now ||
           alerts_hearing_take(&settling, &report, &effect, error);
}

static bool run_monitor(const struct alerts_desk *desk, const struct monitor *monitor,
                        int64_t *done, GError **error)
{
    int64_t silent_at = 0;
    bool is_new = false;

    if (!find_silence(desk, monitor, &silent_at, &is_new, error))
        return false;
    if (!is_new && (silent_at == 0 || silent_at > desk->now))
        return true;
    if (!store_begin(desk->store, error))
        return false;
    if (!raise_silence(desk, monitor, error) || !store_commit(desk->store, error)) {
        store_rollback(desk->store);
        return false;
    }
    *done += is_new ? 0 : 1;
    return true;
}

bool alerts_run_due(const struct alerts_desk *desk, int64_t most, int64_t *done, GError **error)
{
    *done = 0;
    if (!run_clusters(desk, most, done, error))
        return false;
    for (size_t i = 0; i < desk->monitor_count && *done < most; i++)
        if (!run_monitor(desk, desk->monitors[i], done, error))
            return false;
    return true;
}

bool alerts_next(const struct alerts_desk *desk, int64_t *next, GError **error)
{
    int64_t first = 0;

    if (!alerts_cluster_next(desk->store, desk->page, &first, error))
        return false;
    for (size_t i = 0; i < desk->monitor_count; i++) {
        int64_t silent_at = 0;
        bool is_new = false;

        if (!find_silence(desk, desk->monitors[i], &silent_at, &is_new, error))
            return false;
        if (silent_at != 0)
            first = first == 0 ? silent_at : MIN(first, silent_at);
    }
    *next = first;
    return true;
}
