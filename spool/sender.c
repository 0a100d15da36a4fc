#include "spool/sender.h"

#include "gateway/base/error.h"
#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/store/claims.h"
#include "gateway/store/hint.h"
#include "gateway/store/relays.h"
#include "spool/courier.h"
#include "spool/crew.h"
#include "spool/trouble.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define LOOK_EVERY_MS  1000
#define ONCE_EVERY_MS  20
#define ONCE_QUIET     15 /* looks in a row that find everybody idle though something is due: resting */
#define DRAIN_MS       (10 * SECOND_MS)
#define SWEEP_EVERY_MS MINUTE_MS

struct sender {
    const struct sender_world *world;
    struct store *store;
    struct claims *claims;
    struct crew *crew;
    int signals;
    int hint;
    bool is_once;
    bool is_stopping;
    int quiet;
    int64_t sweep_at; /* monotonic */
};

static void report(const char *event, GError *error)
{
    log_error(event, LOG_FAILURE(error));
    g_clear_error(&error);
}

static int open_signals(void)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void take_signals(struct sender *sender)
{
    struct signalfd_siginfo signal;

    while (read(sender->signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
        if (signal.ssi_signo == SIGCHLD)
            crew_reap(sender->crew, moment_monotonic());
        else
            sender->is_stopping = true;
    }
}

static void wait_for_news(struct sender *sender, int most_ms)
{
    struct pollfd sources[] = {{sender->signals, POLLIN, 0}, {sender->hint, POLLIN, 0}};

    (void)poll(sources, G_N_ELEMENTS(sources), most_ms);
    take_signals(sender);
    if (hint_drain(sender->hint))
        crew_wake(sender->crew);
}

static void end_stuck(struct sender *sender)
{
    const struct relay_settings *relay = NULL;

    while ((relay = crew_end_stuck(sender->crew, moment_monotonic())) != NULL) {
        GError *error = NULL;

        const struct trouble trouble = {relay, "no answer in time", false};
        if (!trouble_note_failure(sender->world, sender->store, &trouble, moment_now(), &error))
            report("trouble.untold", error);
    }
}

static void sweep(struct sender *sender)
{
    GError *error = NULL;

    if (moment_monotonic() < sender->sweep_at)
        return;
    sender->sweep_at = moment_monotonic() + SWEEP_EVERY_MS;
    if (!claims_sweep(sender->claims, &error))
        report("progress.unswept", error);
}

/* Once: is all done that can be done now? What rests, or is paused, is not waited for. */
static bool is_done(struct sender *sender)
{
    g_autoptr(GError) error = NULL;
    bool is_due = true;
    bool is_in_hand = true;

    if (!sender->is_once || !crew_is_idle(sender->crew)) {
        sender->quiet = 0;
        return false;
    }
    if (!claims_look(sender->claims, moment_now(), &is_due, &is_in_hand, &error))
        return false;
    if (!is_due && !is_in_hand)
        return true;
    crew_wake(sender->crew);
    return ++sender->quiet > ONCE_QUIET;
}

static void drain(struct sender *sender)
{
    const int64_t until = moment_monotonic() + DRAIN_MS;

    crew_signal(sender->crew, SIGTERM);
    while (crew_is_running(sender->crew) && moment_monotonic() < until) {
        wait_for_news(sender, ONCE_EVERY_MS);
        crew_reap(sender->crew, moment_monotonic());
    }
}

static void loop(struct sender *sender)
{
    while (!sender->is_stopping && !is_done(sender)) {
        crew_start_due(sender->crew, moment_monotonic());
        wait_for_news(sender, sender->is_once ? ONCE_EVERY_MS : LOOK_EVERY_MS);
        crew_reap(sender->crew, moment_monotonic());
        end_stuck(sender);
        sweep(sender);
    }
    drain(sender);
}

static bool run_with(struct sender *sender, const char *const *worker_arguments, GError **error)
{
    const char *state = sender->world->store->state;
    const struct claims_settings settings = {sender->store, NULL, state, sender->world->pages,
                                             sender->world->page_count};
    OWN(claims) claims = claims_open(&settings, error);
    OWN(crew) crew = NULL;

    if (claims == NULL)
        return false;
    /* Asked for now: relays that rest are tried once more. */
    if (sender->is_once && !relays_end_rest(sender->store, NULL, error))
        return false;
    crew = crew_open(sender->world, worker_arguments, error);
    if (crew == NULL)
        return false;
    sender->claims = claims;
    sender->crew = crew;
    loop(sender);
    return true;
}

bool sender_run(const struct sender_world *world, const char *const *worker_arguments, bool is_once,
                GError **error)
{
    OWN(store) store = NULL;
    struct sender sender = {.world = world, .is_once = is_once, .hint = -1};

    if (!spool_settings_check(world->spool, error))
        return false;
    store = store_open(world->store, STORE_NORMAL, error);
    if (store == NULL)
        return false;
    sender.store = store;
    if (!is_once)
        sender.hint = hint_open(world->store->state, error);
    if (!is_once && sender.hint < 0)
        return false;
    sender.signals = open_signals();

    const bool is_good = run_with(&sender, worker_arguments, error);
    (void)close(sender.signals);
    hint_close(world->store->state, sender.hint);
    return is_good;
}

bool sender_worker_run(const struct sender_world *world, const char *const *words, GError **error)
{
    int64_t numbers[4] = {0};
    const int64_t most[4] = {(int64_t)world->spool->relay_count - 1, WATCH_WORKERS_MOST - 1,
                             INT32_MAX, INT32_MAX};

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (words[i] == NULL || !number_parse(text_of(words[i]), 0, most[i], &numbers[i]))
            return error_set(error, TOCSIN_ERROR_INPUT,
                             "sender-worker: is started by the sender alone");

    const struct courier_place place = {(size_t)numbers[0], (size_t)numbers[1], (int)numbers[2],
                                        (int)numbers[3]};
    return courier_run(world, &place, error);
}
