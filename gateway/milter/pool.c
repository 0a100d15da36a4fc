#include "gateway/milter/pool.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"

#include <pthread.h>
#include <signal.h>

#define RESTART_MS         (100 * INT64_C(1))
#define RESTART_LONGEST_MS (10 * SECOND_MS)

enum slot_state { SLOT_DOWN, SLOT_FREE, SLOT_BUSY };

struct slot {
    enum slot_state state;
    struct worker *worker;
    int64_t start_at; /* SLOT_DOWN: when the next is started (monotonic) */
    int64_t wait_ms;  /* the last wait; back to nothing with an answer */
};

struct pool {
    const struct intake_settings *settings;
    const char *const *arguments;
    pthread_t keeper;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* monotonic */
    bool is_ending;
    size_t count;
    struct slot *slots;
};

static struct timespec timespec_of(int64_t monotonic_ms)
{
    return (struct timespec){monotonic_ms / SECOND_MS, monotonic_ms % SECOND_MS * 1000000};
}

/* With the lock. */
static struct slot *find_due(struct pool *pool, int64_t now, int64_t *next_at)
{
    *next_at = now + MINUTE_MS;
    for (size_t i = 0; i < pool->count; i++) {
        struct slot *slot = &pool->slots[i];

        if (slot->state != SLOT_DOWN)
            continue;
        if (slot->start_at <= now)
            return slot;
        *next_at = MIN(*next_at, slot->start_at);
    }
    return NULL;
}

static void put_off(struct slot *slot)
{
    slot->wait_ms = slot->wait_ms == 0 ? RESTART_MS : MIN(2 * slot->wait_ms, RESTART_LONGEST_MS);
    slot->start_at = moment_monotonic() + slot->wait_ms;
}

/* With the lock; it is fast: a fork. */
static void start(struct pool *pool, struct slot *slot)
{
    g_autoptr(GError) error = NULL;

    slot->worker = worker_start(pool->arguments, &error);
    if (slot->worker != NULL) {
        slot->state = SLOT_FREE;
        (void)pthread_cond_broadcast(&pool->changed);
        return;
    }
    put_off(slot);
    log_error("worker.start_failed", LOG_FAILURE(error));
}

static void *keep(void *context)
{
    struct pool *pool = context;

    (void)pthread_mutex_lock(&pool->lock);
    while (!pool->is_ending) {
        int64_t next_at;
        struct slot *slot = find_due(pool, moment_monotonic(), &next_at);

        if (slot != NULL) {
            start(pool, slot);
        } else {
            const struct timespec until = timespec_of(next_at);

            (void)pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
        }
    }
    for (size_t i = 0; i < pool->count; i++)
        worker_close(pool->slots[i].worker);
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct pool *pool_open(const struct intake_settings *settings, const char *const *arguments,
                       size_t count, GError **error)
{
    struct pool *pool = g_new0(struct pool, 1);
    pthread_condattr_t monotonic;
    sigset_t all;
    sigset_t before;
    int failure;

    pool->settings = settings;
    pool->arguments = arguments;
    pool->count = count;
    pool->slots = g_new0(struct slot, count);
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&pool->changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&pool->keeper, NULL, keep, pool);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure == 0)
        return pool;
    (void)error_set(error, TOCSIN_ERROR_BUSY, "a thread: %s", g_strerror(failure));
    g_free(pool->slots);
    g_free(pool);
    return NULL;
}

void pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    (void)pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    (void)pthread_cond_broadcast(&pool->changed);
    (void)pthread_mutex_unlock(&pool->lock);
    (void)pthread_join(pool->keeper, NULL);
    (void)pthread_cond_destroy(&pool->changed);
    (void)pthread_mutex_destroy(&pool->lock);
    g_free(pool->slots);
    g_free(pool);
}

static struct slot *find_free(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        if (pool->slots[i].state == SLOT_FREE)
            return &pool->slots[i];
    return NULL;
}

/* NULL: none came free in time. */
static struct slot *take_slot(struct pool *pool, int64_t deadline)
{
    const struct timespec until = timespec_of(deadline);
    struct slot *slot;

    (void)pthread_mutex_lock(&pool->lock);
    while ((slot = find_free(pool)) == NULL && moment_monotonic() < deadline)
        (void)pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
    if (slot != NULL)
        slot->state = SLOT_BUSY;
    (void)pthread_mutex_unlock(&pool->lock);
    return slot;
}

static void give_back(struct pool *pool, struct slot *slot, bool is_alive)
{
    if (!is_alive) {
        worker_close(slot->worker);
        slot->worker = NULL;
    }
    (void)pthread_mutex_lock(&pool->lock);
    if (is_alive) {
        slot->wait_ms = 0;
        slot->state = SLOT_FREE;
    } else {
        put_off(slot);
        slot->state = SLOT_DOWN;
    }
    (void)pthread_cond_broadcast(&pool->changed);
    (void)pthread_mutex_unlock(&pool->lock);
}

static void note_crash(const struct pool *pool, const struct envelope *envelope)
{
    g_autoptr(GError) error = NULL;

    log_error("worker.died", LOG_TEXT("from", envelope->session.mail_from),
              LOG_TEXT("client", envelope->session.client_addr));
    if (!worker_note_crash(&pool->settings->store, envelope->bytes, moment_now(), &error))
        log_error("worker.crash_not_noted", LOG_FAILURE(error));
}

struct intake_verdict pool_ask(struct pool *pool, struct arena *arena,
                               const struct envelope *envelope)
{
    struct slot *slot = take_slot(pool, moment_monotonic() + pool->settings->wall_ms);
    struct intake_verdict verdict = {
        .outcome = INTAKE_REFUSED,
        .code = TOCSIN_ERROR_BUSY,
        .smtp = "",
        .enhanced = "",
        .text = "too many mails at once; try again",
        .is_whole = true,
        .event = "mail.crowded",
        .page_id = "",
        .incident_id = "",
        .monitor = "",
    };
    enum worker_outcome outcome;

    if (slot == NULL)
        return verdict;
    outcome = worker_ask(slot->worker, arena, envelope, pool->settings->wall_ms, &verdict);
    give_back(pool, slot, outcome == WORKER_ANSWERED);
    if (outcome == WORKER_DIED)
        note_crash(pool, envelope);
    else if (outcome != WORKER_ANSWERED)
        log_error(outcome == WORKER_LATE ? "worker.late" : "worker.gone",
                  LOG_TEXT("from", envelope->session.mail_from));
    return verdict;
}
