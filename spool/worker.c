#include "spool/worker.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/store/claims.h"
#include "gateway/store/relays.h"
#include "spool/mailroom.h"
#include "spool/trouble.h"
#include "spool/verdict.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define CLAIM_BYTES   ((size_t)32 * 1024 * 1024)
#define SESSION_MOST  500 /* messages: libesmtp keeps about 5 KB of each until the session ends */
#define SLICE_MOST    100
#define SLICE_LEAST   5
#define SLICE_FIRST   20
#define SLICE_SPAN_MS 500 /* a slice is as large as fits: letters wait behind it */
#define LOOK_EVERY_MS 2000
#define TURN_CHECK_MS 100 /* SIGTERM is seen within it while a rate is kept */

struct worker {
    const struct sender_world *world;
    const struct relay_settings *settings;
    size_t relay_number;
    struct relay *relay;
    struct store *store;
    struct claims *claims;
    struct mailroom *mailroom;
    struct watch_place *place;
    struct watch_relay *shared;
    int signals;
    int wake;

    struct arena *arena; /* of the claim */
    const struct claim *claim;
    size_t item;
    int64_t claimed_at; /* monotonic */
    size_t slice_most;
    struct relay_mail mail;

    size_t session_count;
    bool is_connected;
    bool is_stopping;
    bool must_rest; /* the session is to end: the relay, or our store, is in trouble */
    bool was_bare;
    int64_t relay_failures;
    char fault[sizeof((struct relay_reply *)0)->text];
};

static bool report(struct worker *worker, const char *event, GError *error)
{
    log_error(event, LOG_TEXT("relay", worker->settings->name), LOG_FAILURE(error));
    g_clear_error(&error);
    worker->must_rest = true;
    return false;
}

static bool is_stopping(struct worker *worker)
{
    struct signalfd_siginfo signal;

    if (read(worker->signals, &signal, sizeof signal) == (ssize_t)sizeof signal)
        worker->is_stopping = true;
    return worker->is_stopping;
}

static void say(struct worker *worker, enum watch_phase phase)
{
    watch_say(worker->place, phase, moment_monotonic());
}

static void drop_claim(struct worker *worker)
{
    worker->claim = NULL;
    worker->item = 0;
    arena_close(worker->arena);
    worker->arena = NULL;
}

/* So many messages as took SLICE_SPAN_MS by the speed of the last slice. */
static void learn_speed(struct worker *worker)
{
    const int64_t span_ms = MAX(moment_monotonic() - worker->claimed_at, 1);
    const int64_t fitting = (int64_t)worker->item * SLICE_SPAN_MS / span_ms;

    if (worker->claim->kind == CLAIM_STRETCH && worker->item > 0)
        worker->slice_most = (size_t)CLAMP(fitting, SLICE_LEAST, SLICE_MOST);
}

static bool finish_claim(struct worker *worker)
{
    GError *error = NULL;

    learn_speed(worker);

    const bool is_finished = claims_finish(worker->claims, worker->claim, moment_now(), &error);
    drop_claim(worker);
    return is_finished || report(worker, "slice.unfinished", error);
}

static void release_claim(struct worker *worker)
{
    if (worker->claim == NULL)
        return;
    if (worker->item == worker->claim->count) {
        (void)finish_claim(worker);
        return;
    }
    claims_release(worker->claims, worker->claim);
    drop_claim(worker);
}

/* A later relay works while all before it fail or are paused. */
static bool is_our_turn(struct worker *worker, struct arena *arena, bool *is_turn, GError **error)
{
    for (size_t i = 0; i < worker->relay_number; i++) {
        struct relay_state state;

        if (!relays_load(worker->store, arena, worker->world->spool->relays[i].name, &state, error))
            return false;
        if (state.failures == 0 && !state.is_paused) {
            *is_turn = false;
            return true;
        }
    }
    *is_turn = true;
    return true;
}

/* May we claim, and what? One worker alone tries a relay whose rest is over. */
static bool look_at_relay(struct worker *worker, struct claims_wish *wish, bool *may_claim,
                          GError **error)
{
    OWN(arena) arena = arena_open((size_t)256 * 1024);
    const int64_t now = moment_now();
    struct relay_state state;

    if (!relays_load(worker->store, arena, worker->settings->name, &state, error) ||
        !is_our_turn(worker, arena, may_claim, error))
        return false;
    wish->letters_only = state.is_paused;
    worker->relay_failures = state.failures;
    if (!*may_claim || state.failures == 0)
        return true;
    if (state.retry_at > now) {
        *may_claim = false;
        return true;
    }
    return relays_probe(worker->store, worker->settings->name,
                        now + worker->world->spool->watch.connect_ms, now, may_claim, error);
}

static bool take_claim(struct worker *worker)
{
    struct claims_wish wish = {.relay = worker->settings->name, .most = worker->slice_most};
    bool may_claim = false;
    GError *error = NULL;

    if (worker->session_count == 0 || worker->relay_failures == 0) {
        if (!look_at_relay(worker, &wish, &may_claim, &error))
            return report(worker, "relay.unknown", error);
    }
    if (!may_claim)
        return false;
    worker->arena = arena_open(CLAIM_BYTES);
    worker->claimed_at = moment_monotonic();
    if (!claims_take(worker->claims, worker->arena, &wish, moment_now(), &worker->claim, &error)) {
        drop_claim(worker);
        return report(worker, "claim.failed", error);
    }
    if (worker->claim == NULL)
        drop_claim(worker);
    return worker->claim != NULL;
}

static bool wait_for_turn(struct worker *worker)
{
    int64_t left_us =
        watch_take_turn(worker->shared, worker->settings->rate, g_get_monotonic_time());

    while (left_us > 0 && !is_stopping(worker)) {
        const int64_t step_us = MIN(left_us, INT64_C(1000) * TURN_CHECK_MS);
        g_usleep((gulong)step_us);
        left_us -= step_us;
        say(worker, WATCH_IDLE);
    }
    return !worker->is_stopping;
}

static bool note(struct worker *worker, const struct claims_result *result)
{
    GError *error = NULL;

    if (!claims_note(worker->claims, worker->claim, worker->item, result, moment_now(), &error))
        return report(worker, "delivery.unnoted", error);
    worker->item++;
    return true;
}

static struct claims_result later(struct worker *worker, const char *reason, bool is_in_doubt)
{
    const struct claim_item *item = &worker->claim->items[worker->item];
    const int64_t now = moment_now();
    const struct attempt attempt = {
        .began_at = item->began_at == 0 ? now : item->began_at,
        .failed_at = now,
        .failures = item->failures + 1,
    };
    struct claims_result result = {CLAIMS_LATER, now, is_in_doubt, reason};

    if (backoff_decide(&worker->world->spool->backoff, &attempt, secret_random_bits(),
                       &result.due_at) == BACKOFF_GIVE_UP)
        result.outcome = CLAIMS_FAILED;
    return result;
}

/* A mail that cannot be written is no reason to lose it: a template may be mended. */
static bool write_mail(struct worker *worker)
{
    g_autoptr(GError) error = NULL;

    if (mailroom_write(worker->mailroom, worker->claim, worker->item, &worker->mail, &error))
        return true;
    log_error("mail.unwritten", LOG_NUMBER("notification", worker->claim->notification_id),
              LOG_NUMBER("to", worker->claim->items[worker->item].id), LOG_FAILURE(error));

    struct relay_reply words = {0};
    if (g_utf8_validate(error->message, -1, NULL))
        g_strlcpy(words.text, error->message, sizeof words.text);
    const struct claims_result result = later(worker, words.text, false);
    (void)note(worker, &result);
    return false;
}

/* *is_ready: the item's mail is written. Otherwise: look again. False: stop. */
static bool prepare_item(struct worker *worker, bool *is_ready)
{
    enum claims_answer answer = CLAIMS_SKIP;
    GError *error = NULL;

    if (!wait_for_turn(worker))
        return false;
    if (!claims_may_send(worker->claims, worker->claim, worker->item, &answer, &error))
        return report(worker, "claim.unclear", error);
    switch (answer) {
    case CLAIMS_SUPERSEDED:
        return finish_claim(worker);
    case CLAIMS_SKIP:
        worker->item++;
        return true;
    case CLAIMS_SEND:
        *is_ready = write_mail(worker);
        return !worker->must_rest;
    }
    return false;
}

static const struct relay_mail *give_next(void *context)
{
    struct worker *worker = context;
    bool is_ready = false;

    say(worker, WATCH_IDLE);
    while (!is_ready) {
        if (is_stopping(worker) || worker->must_rest || worker->session_count >= SESSION_MOST)
            return NULL;
        if (worker->claim != NULL && worker->item == worker->claim->count && !finish_claim(worker))
            return NULL;
        if (worker->claim == NULL && !take_claim(worker))
            return NULL;
        if (worker->item < worker->claim->count && !prepare_item(worker, &is_ready))
            return NULL;
    }
    worker->session_count++;
    say(worker, worker->is_connected ? WATCH_TALKING : WATCH_CONNECTING);
    return &worker->mail;
}

static void note_sent(struct worker *worker)
{
    g_autoptr(GError) error = NULL;

    atomic_store(&worker->shared->refusals, 0);
    if (worker->relay_failures > 0) {
        if (relays_note_success(worker->store, worker->settings->name, &error))
            log_info("relay.works", LOG_TEXT("relay", worker->settings->name));
        worker->relay_failures = 0;
    }
    (void)note(worker, &(struct claims_result){.outcome = CLAIMS_SENT, .reason = ""});
}

static void note_refusal(struct worker *worker, const struct relay_reply *reply)
{
    const struct claims_result result = later(worker, reply->text, reply->is_in_doubt);
    const uint32_t most = worker->world->spool->refusals_most;
    GError *error = NULL;

    (void)note(worker, &result);
    if (atomic_fetch_add(&worker->shared->refusals, 1) + 1 < most)
        return;
    atomic_store(&worker->shared->refusals, 0);
    worker->must_rest = true;
    const struct trouble trouble = {worker->settings, reply->text, worker->relay_failures > 0};
    if (!trouble_note_refusals(worker->world, worker->store, &trouble, moment_now(), &error))
        (void)report(worker, "trouble.untold", error);
}

static void note_failure(struct worker *worker, const struct relay_reply *reply)
{
    worker->must_rest = true;
    g_strlcpy(worker->fault, reply->text[0] == '\0' ? "the connection ended" : reply->text,
              sizeof worker->fault);
    if (reply->stage == STAGE_CONNECT)
        return; /* she was not written to: the slice goes to whoever claims next */

    const struct claims_result result = later(worker, worker->fault, reply->is_in_doubt);
    (void)note(worker, &result);
}

static void note_end(struct worker *worker, const struct relay_reply *reply)
{
    log_info("delivery.failed", LOG_NUMBER("notification", worker->claim->notification_id),
             LOG_NUMBER("to", worker->claim->items[worker->item].id),
             LOG_TEXT("reason", reply->text));
    (void)note(worker, &(struct claims_result){CLAIMS_FAILED, moment_now(), false, reply->text});
}

static void take_reply(void *context, const struct relay_reply *reply)
{
    struct worker *worker = context;
    const enum verdict verdict = verdict_of(reply, worker->was_bare);

    worker->was_bare = verdict_is_bare(reply);
    switch (verdict) {
    case VERDICT_SENT:
        note_sent(worker);
        break;
    case VERDICT_ADDRESS_FAILED:
    case VERDICT_GATE:
        note_end(worker, reply);
        break;
    case VERDICT_LATER: {
        const struct claims_result result = later(worker, reply->text, reply->is_in_doubt);
        (void)note(worker, &result);
        break;
    }
    case VERDICT_REFUSED:
        note_refusal(worker, reply);
        break;
    case VERDICT_RELAY_FAILED:
        note_failure(worker, reply);
        break;
    }
}

static void take_phase(void *context, enum relay_stage stage)
{
    struct worker *worker = context;

    if (stage == STAGE_GATE || stage == STAGE_CONNECT) {
        say(worker, WATCH_CONNECTING);
        return;
    }
    worker->is_connected = true;
    say(worker, stage == STAGE_DOT ? WATCH_DOT : WATCH_TALKING);
}

/* One session. False: nothing was to do, or the relay rests. */
static bool work(struct worker *worker)
{
    const struct relay_feed feed = {give_next, take_reply, take_phase, worker};
    struct trouble trouble = {worker->settings, worker->fault, false};
    struct relay_reply fault = {0};
    GError *error = NULL;

    worker->session_count = 0;
    worker->is_connected = false;
    worker->must_rest = false;
    worker->fault[0] = '\0';
    (void)relay_run(worker->relay, &feed, &fault); /* the mail in hand was told of the fault */
    say(worker, WATCH_IDLE);
    if (worker->must_rest)
        release_claim(worker);
    trouble.is_probe = worker->relay_failures > 0;
    if (worker->fault[0] != '\0' &&
        !trouble_note_failure(worker->world, worker->store, &trouble, moment_now(), &error))
        (void)report(worker, "trouble.untold", error);
    return worker->session_count > 0 && !worker->must_rest;
}

static void wait_for_work(struct worker *worker)
{
    struct pollfd sources[] = {{worker->signals, POLLIN, 0}, {worker->wake, POLLIN, 0}};
    uint64_t count = 0;

    (void)poll(sources, G_N_ELEMENTS(sources), LOOK_EVERY_MS);
    (void)!read(worker->wake, &count, sizeof count);
}

static void loop(struct worker *worker)
{
    while (!is_stopping(worker)) {
        if (store_is_broken(worker->store))
            break; /* the parent starts another, which opens it anew */
        if (!work(worker) && !worker->is_stopping)
            wait_for_work(worker);
    }
    release_claim(worker);
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

static bool run_with(struct worker *worker, const struct secret *secret, GError **error)
{
    const struct sender_world *world = worker->world;
    char buffer[256] = "";
    const struct claims_settings claims_settings = {worker->store, secret, world->store->state,
                                                    world->pages, world->page_count};
    OWN(compose) compose = compose_open(world->compose, secret, error);
    OWN(claims) claims = compose == NULL ? NULL : claims_open(&claims_settings, error);
    OWN(relay)
    relay = claims == NULL ? NULL
                           : relay_open(worker->settings, &world->spool->timeouts,
                                        find_hostname(world->spool, buffer, sizeof buffer), error);

    if (relay == NULL)
        return false;

    const struct mailroom_settings mailroom_settings = {worker->store, compose, secret,
                                                        world->pages, world->page_count};
    OWN(mailroom) mailroom = mailroom_open(&mailroom_settings);
    worker->claims = claims;
    worker->relay = relay;
    worker->mailroom = mailroom;
    loop(worker);
    return true;
}

bool worker_run(const struct sender_world *world, const struct worker_place *place, GError **error)
{
    OWN(watch) watch = watch_map(place->watch, error);
    OWN(secret) secret = watch == NULL ? NULL : secret_open(world->store->state, error);
    OWN(store) store = secret == NULL ? NULL : store_open(world->store, STORE_NORMAL, error);
    struct worker worker = {
        .world = world,
        .settings = &world->spool->relays[place->relay],
        .relay_number = place->relay,
        .store = store,
        .wake = place->wake,
        .slice_most = SLICE_FIRST,
    };

    if (store == NULL)
        return false;
    worker.place = &watch->workers[place->number];
    worker.shared = &watch->relays[place->relay];
    worker.signals = open_signals();
    say(&worker, WATCH_IDLE);

    const bool is_done = run_with(&worker, secret, error);
    (void)close(worker.signals);
    return is_done;
}
