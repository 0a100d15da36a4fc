#include "gateway/clock/clock.h"

#include "gateway/base/error.h"
#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/clock/chores.h"
#include "gateway/store/hint.h"
#include "gateway/store/letters.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define LOOK_EVERY_MS   (2 * SECOND_MS)
#define LOOK_LEAST_MS   10
#define FORGET_EVERY_MS MINUTE_MS

struct clock {
    struct clock_desk desk;
    int signals; /* -1: nobody stops it */
    bool is_stopping;
    int64_t forget_at; /* monotonic */
};

static bool look_for_signals(struct clock *clock, int most_ms)
{
    struct pollfd source = {clock->signals, POLLIN, 0};
    struct signalfd_siginfo signal;

    if (clock->signals < 0)
        return false;
    if (poll(&source, 1, most_ms) > 0 &&
        read(clock->signals, &signal, sizeof signal) == (ssize_t)sizeof signal)
        clock->is_stopping = true;
    return clock->is_stopping;
}

/* All that is due at `now`, with the same `now` for all of it; SIGTERM is seen between transactions. */
static bool do_due(struct clock *clock, int64_t now, GError **error)
{
    struct chores_tally tally = {0};
    bool has_more = true;
    bool is_good = true;

    while (is_good && has_more && !look_for_signals(clock, 0)) {
        struct chores_tally part = {0};

        is_good = chores_run(&clock->desk, now, &part, &has_more, error);
        if (chores_has_done(&part))
            hint_send(clock->desk.world->store->state);
        chores_add(&tally, &part);
    }
    chores_log(&tally);
    return is_good;
}

bool clock_run_due(const struct clock_desk *desk, int64_t now, int64_t *next, GError **error)
{
    struct clock clock = {.desk = *desk, .signals = -1};

    return do_due(&clock, now, error) && chores_forget(desk, now, error) &&
           chores_find_next(desk, now + LOOK_EVERY_MS, next, error);
}

/* Letters that a clock made for a moment still to come, and died over. */
static bool keep_house(struct clock *clock, int64_t now, GError **error)
{
    if (moment_monotonic() < clock->forget_at)
        return true;
    clock->forget_at = moment_monotonic() + FORGET_EVERY_MS;
    return letters_make_due(clock->desk.store, now, error) &&
           chores_forget(&clock->desk, now, error);
}

static void tick(struct clock *clock, int64_t *next)
{
    const int64_t now = moment_now();
    g_autoptr(GError) error = NULL;

    *next = now + LOOK_EVERY_MS;
    if (!do_due(clock, now, &error) || !keep_house(clock, now, &error) ||
        !chores_find_next(&clock->desk, *next, next, &error))
        log_error("clock.failed", LOG_FAILURE(error));
}

static bool loop(struct clock *clock, GError **error)
{
    while (!look_for_signals(clock, 0)) {
        int64_t next = 0;

        tick(clock, &next);
        if (store_is_broken(clock->desk.store)) /* opened anew by who is started next */
            return error_set(error, TOCSIN_ERROR_BUSY, "the database could not be synced");
        (void)look_for_signals(clock,
                               (int)CLAMP(next - moment_now(), LOOK_LEAST_MS, LOOK_EVERY_MS));
    }
    return true;
}

static bool open_signals(int *descriptor, GError **error)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    *descriptor = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    return *descriptor >= 0 ||
           error_set(error, TOCSIN_ERROR_BUSY, "signals: %s", g_strerror(errno));
}

bool clock_run(const struct clock_world *world, GError **error)
{
    OWN(secret) secret = secret_open(world->store->state, error);
    OWN(store) store = secret == NULL ? NULL : store_open(world->store, STORE_FULL, error);
    struct clock clock = {.desk = {world, store, secret}};

    if (store == NULL || !open_signals(&clock.signals, error))
        return false;

    const bool is_good = loop(&clock, error);
    (void)close(clock.signals);
    return is_good;
}

bool clock_run_once(const struct clock_world *world, int64_t now, GError **error)
{
    OWN(secret) secret = secret_open(world->store->state, error);
    OWN(store) store = secret == NULL ? NULL : store_open(world->store, STORE_FULL, error);
    const struct clock_desk desk = {world, store, secret};
    int64_t next = 0;

    if (store == NULL || !clock_run_due(&desk, now == 0 ? moment_now() : now, &next, error) ||
        !letters_make_due(store, moment_now(), error))
        return false;
    hint_send(world->store->state);
    return true;
}
