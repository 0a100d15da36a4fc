#include "spool/courier.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/store/store.h"
#include "spool/courier_parts.h"
#include "spool/trouble.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SLICE_FIRST      20
#define LOOK_EVERY_MS    2000
#define SIGNALS_EVERY_MS 20 /* not for each message: a system call that says no */

bool courier_report(struct courier *courier, const char *event, GError *error)
{
    log_error(event, LOG_TEXT("relay", courier->settings->name), LOG_FAILURE(error));
    g_clear_error(&error);
    courier->must_rest = true;
    return false;
}

bool courier_is_stopping(struct courier *courier)
{
    struct signalfd_siginfo signal;
    const int64_t now = moment_monotonic();

    if (now < courier->signals_looked_at + SIGNALS_EVERY_MS)
        return courier->is_stopping;
    courier->signals_looked_at = now;
    if (read(courier->signals, &signal, sizeof signal) == (ssize_t)sizeof signal)
        courier->is_stopping = true;
    return courier->is_stopping;
}

void courier_say(struct courier *courier, enum watch_phase phase)
{
    watch_say(courier->place, phase, moment_monotonic());
}

/* One session. False: nothing was to do, or the relay rests. */
static bool work(struct courier *courier)
{
    const struct relay_feed feed = courier_feed(courier);
    struct trouble trouble = {courier->settings, courier->fault, false};
    struct relay_reply fault = {0};
    GError *error = NULL;

    courier->session_count = 0;
    courier->session_sent = 0;
    courier->is_connected = false;
    courier->must_rest = false;
    courier->fault[0] = '\0';
    (void)relay_run(courier->relay, &feed, &fault); /* the mail in hand was told of the fault */
    courier_say(courier, WATCH_IDLE);
    if (courier->must_rest)
        courier_release(courier);
    trouble.is_probe = courier->relay_failures > 0;
    /* A connection that ended after a message is no trouble of the relay's: the next takes over. */
    if (courier->fault[0] != '\0' && courier->session_sent > 0)
        return true;
    if (courier->fault[0] != '\0' &&
        !trouble_note_failure(courier->world, courier->store, &trouble, moment_now(), &error))
        (void)courier_report(courier, "trouble.untold", error);
    return courier->session_count > 0 && !courier->must_rest;
}

static void wait_for_work(struct courier *courier)
{
    struct pollfd sources[] = {{courier->signals, POLLIN, 0}, {courier->wake, POLLIN, 0}};
    uint64_t count = 0;

    courier_say(courier, WATCH_WAITING);
    (void)poll(sources, G_N_ELEMENTS(sources), LOOK_EVERY_MS);
    courier_say(courier, WATCH_IDLE);
    (void)!read(courier->wake, &count, sizeof count);
}

static void loop(struct courier *courier)
{
    while (!courier_is_stopping(courier)) {
        if (store_is_broken(courier->store))
            break; /* the parent starts another, which opens it anew */
        if (!work(courier) && !courier->is_stopping)
            wait_for_work(courier);
    }
    courier_release(courier);
}

static const char *find_hostname(const struct spool_settings *spool, char *buffer, size_t size)
{
    if (spool->hostname[0] != '\0')
        return spool->hostname;
    if (gethostname(buffer, size - 1) != 0 || buffer[0] == '\0')
        g_strlcpy(buffer, "localhost", size);
    return buffer;
}

static int open_signals(void)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigprocmask(SIG_SETMASK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool run_with(struct courier *courier, const struct secret *secret, GError **error)
{
    const struct sender_world *world = courier->world;
    char buffer[256] = "";
    const struct claims_settings claims_settings = {courier->store, secret, world->store->state,
                                                    world->pages, world->page_count};
    OWN(compose) compose = compose_open(world->compose, secret, error);
    OWN(claims) claims = compose == NULL ? NULL : claims_open(&claims_settings, error);
    OWN(relay)
    relay = claims == NULL ? NULL
                           : relay_open(courier->settings, &world->spool->timeouts,
                                        find_hostname(world->spool, buffer, sizeof buffer), error);

    if (relay == NULL)
        return false;

    const struct mailroom_settings mailroom_settings = {courier->store, compose, secret,
                                                        world->pages, world->page_count};
    OWN(mailroom) mailroom = mailroom_open(&mailroom_settings);
    courier->secret = secret;
    courier->claims = claims;
    courier->relay = relay;
    courier->mailroom = mailroom;
    loop(courier);
    return true;
}

bool courier_run(const struct sender_world *world, const struct courier_place *place,
                 GError **error)
{
    OWN(watch) watch = watch_map(place->watch, error);
    OWN(secret) secret = watch == NULL ? NULL : secret_open(world->store->state, error);
    OWN(store) store = secret == NULL ? NULL : store_open(world->store, STORE_NORMAL, error);
    struct courier courier = {
        .world = world,
        .settings = &world->spool->relays[place->relay],
        .relay_number = place->relay,
        .store = store,
        .wake = place->wake,
        .slice_most = SLICE_FIRST,
    };

    if (store == NULL)
        return false;
    courier.place = &watch->workers[place->number];
    courier.shared = &watch->relays[place->relay];
    courier.signals = open_signals();
    courier_say(&courier, WATCH_IDLE);

    const bool is_done = run_with(&courier, secret, error);
    (void)close(courier.signals);
    return is_done;
}
