#include "gateway/clock/chores.h"

#include "gateway/base/error.h"
#include "gateway/base/log.h"
#include "gateway/clock/unpublished.h"
#include "gateway/store/alerts.h"
#include "gateway/store/bounces.h"
#include "gateway/store/deliveries.h"
#include "gateway/store/digests.h"
#include "gateway/store/domains.h"
#include "gateway/store/intakes.h"
#include "gateway/store/joins.h"
#include "gateway/store/maintenances.h"
#include "gateway/store/subscribers.h"

#include <assert.h>

#define ROWS_MOST 250 /* a transaction: nobody waits long for the lock */

struct turn {
    const struct clock_desk *desk;
    const struct page *page;
    int64_t now;
};

static bool tell_unpublished(const struct turn *turn, int64_t *done, GError **error)
{
    return unpublished_tell(turn->desk->store, turn->page, turn->now, ROWS_MOST, done, error);
}

static bool keep_maintenances(const struct turn *turn, int64_t *done, GError **error)
{
    const struct clock_world *world = turn->desk->world;
    const struct maintenances_desk desk = {turn->desk->store, turn->page, world->operators,
                                           world->operator_count};

    return maintenances_run_due(&desk, turn->now, ROWS_MOST, done, error);
}

static bool settle(const struct turn *turn, int64_t *done, GError **error)
{
    return subscribers_settle(turn->desk->store, turn->page, turn->now, ROWS_MOST, done, error);
}

static bool make_digests(const struct turn *turn, int64_t *done, GError **error)
{
    return digests_run_due(turn->desk->store, turn->page, turn->now, ROWS_MOST, done, error);
}

static bool probe_suspended(const struct turn *turn, int64_t *done, GError **error)
{
    const struct bounce_desk desk = {turn->desk->store, turn->desk->secret, turn->page,
                                     turn->desk->world->bounces, turn->now};

    return bounces_run_due(&desk, ROWS_MOST, done, error);
}

static struct alerts_desk alerts_desk_of(const struct clock_desk *desk, const struct page *page,
                                         int64_t now)
{
    return (struct alerts_desk){
        .store = desk->store,
        .page = page,
        .monitors = desk->world->monitors,
        .monitor_count = desk->world->monitor_count,
        .operators = desk->world->operators,
        .operator_count = desk->world->operator_count,
        .now = now,
    };
}

static bool judge_alerts(const struct turn *turn, int64_t *done, GError **error)
{
    const struct alerts_desk desk = alerts_desk_of(turn->desk, turn->page, turn->now);

    return alerts_run_due(&desk, ROWS_MOST, done, error);
}

/* In the order in which they are done. */
static const struct {
    const char *name;
    bool (*run)(const struct turn *turn, int64_t *done, GError **error);
} chores[] = {
    [CHORE_UNPUBLISHED] = {"unpublished", tell_unpublished},
    [CHORE_MAINTENANCE] = {"maintenance", keep_maintenances}, /* so digests tell of it */
    [CHORE_SETTLED] = {"settled", settle}, /* a pause ends before a digest is due */
    [CHORE_DIGESTS] = {"digests", make_digests},
    [CHORE_BOUNCES] = {"bounces", probe_suspended},
    [CHORE_ALERTS] = {"alerts", judge_alerts},
};
static_assert(G_N_ELEMENTS(chores) == CHORE_COUNT, "each chore has its row");

static bool run_one(const struct turn *turn, enum chore chore, struct chores_tally *tally,
                    bool *has_more, GError **error)
{
    int64_t done = 0;

    if (!chores[chore].run(turn, &done, error)) {
        g_prefix_error(error, "%s of %s: ", chores[chore].name, turn->page->id);
        return false;
    }
    tally->done[chore] += done;
    *has_more |= done >= ROWS_MOST;
    return true;
}

static void keep_first(GError **first, GError *error)
{
    if (*first == NULL)
        *first = error;
    else
        g_error_free(error);
}

/* A store that is busy for one is so for all. */
static bool is_for_all(const GError *error)
{
    return g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_BUSY);
}

static bool run_page(const struct turn *turn, struct chores_tally *tally, bool *has_more,
                     GError **first)
{
    for (int chore = 0; chore < CHORE_COUNT; chore++) {
        GError *error = NULL;

        if (run_one(turn, (enum chore)chore, tally, has_more, &error))
            continue;
        keep_first(first, error);
        if (is_for_all(*first))
            return false;
    }
    return true;
}

bool chores_run(const struct clock_desk *desk, int64_t now, struct chores_tally *tally,
                bool *has_more, GError **error)
{
    GError *first = NULL;

    *has_more = false;
    for (size_t i = 0; i < desk->world->page_count; i++) {
        const struct turn turn = {desk, desk->world->pages[i], now};

        if (!run_page(&turn, tally, has_more, &first))
            break;
    }
    if (first == NULL)
        return true;
    g_propagate_error(error, first);
    return false;
}

bool chores_forget(const struct clock_desk *desk, int64_t now, GError **error)
{
    return intakes_forget(desk->store, now, error) && joins_forget(desk->store, now, error) &&
           deliveries_forget(desk->store, now, error) && bounces_forget(desk->store, now, error) &&
           domains_forget(desk->store, now, error) && alerts_forget(desk->store, now, error);
}

static bool find_next_of(const struct clock_desk *desk, const struct page *page, int64_t latest,
                         int64_t *next, GError **error)
{
    const struct alerts_desk alerts = alerts_desk_of(desk, page, latest);
    int64_t digest_at = 0;
    int64_t maintenance_at = 0;
    int64_t alert_at = 0;

    if (!digests_next(desk->store, page, &digest_at, error) ||
        !maintenances_next(desk->store, page, &maintenance_at, error) ||
        !alerts_next(&alerts, &alert_at, error))
        return false;
    *next = digest_at != 0 ? MIN(latest, digest_at) : latest;
    *next = maintenance_at != 0 ? MIN(*next, maintenance_at) : *next;
    *next = alert_at != 0 ? MIN(*next, alert_at) : *next;
    return true;
}

bool chores_find_next(const struct clock_desk *desk, int64_t latest, int64_t *next, GError **error)
{
    int64_t first = latest;

    for (size_t i = 0; i < desk->world->page_count; i++)
        if (!find_next_of(desk, desk->world->pages[i], first, &first, error))
            return false;
    *next = first;
    return true;
}

void chores_add(struct chores_tally *tally, const struct chores_tally *more)
{
    for (int chore = 0; chore < CHORE_COUNT; chore++)
        tally->done[chore] += more->done[chore];
}

bool chores_has_done(const struct chores_tally *tally)
{
    for (int chore = 0; chore < CHORE_COUNT; chore++)
        if (tally->done[chore] > 0)
            return true;
    return false;
}

void chores_log(const struct chores_tally *tally)
{
    for (int chore = 0; chore < CHORE_COUNT; chore++)
        if (tally->done[chore] > 0)
            log_info("clock.did", LOG_TEXT("chore", chores[chore].name),
                     LOG_NUMBER("count", tally->done[chore]));
}
