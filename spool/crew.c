#include "spool/crew.h"

#include "gateway/base/error.h"
#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/base/process.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_PAUSE_MS 250
#define LONG_PAUSE_MS  (30 * SECOND_MS)
#define WOKEN_MOST     2                /* of a relay: one for a letter, one for a list */
#define STEADY_MS      (10 * SECOND_MS) /* who lived that long begins with the first pause again */
#define ARGUMENTS_MOST 32
#define WORDS          4

struct member {
    size_t relay;
    pid_t process; /* 0: none */
    int wake;
    int64_t started_at;
    int64_t start_at;
    int64_t pause_ms;
};

struct crew {
    const struct sender_world *world;
    const char *const *arguments;
    struct watch *watch;
    int watch_descriptor;
    struct member *members;
    size_t count;
};

static size_t count_workers(const struct spool_settings *spool)
{
    size_t count = 0;

    for (size_t i = 0; i < spool->relay_count; i++)
        count += spool->relays[i].connections;
    return MIN(count, WATCH_WORKERS_MOST);
}

static bool add_members(struct crew *crew, GError **error)
{
    size_t relay = 0;
    size_t of_relay = 0;

    crew->count = count_workers(crew->world->spool);
    crew->members = g_new0(struct member, crew->count);
    for (size_t i = 0; i < crew->count; i++) {
        if (of_relay == crew->world->spool->relays[relay].connections) {
            relay++;
            of_relay = 0;
        }
        of_relay++;
        crew->members[i] = (struct member){.relay = relay, .wake = -1, .pause_ms = FIRST_PAUSE_MS};
    }
    for (size_t i = 0; i < crew->count; i++) {
        crew->members[i].wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (crew->members[i].wake < 0)
            return error_set(error, TOCSIN_ERROR_BUSY, "eventfd: %s", g_strerror(errno));
    }
    return true;
}

struct crew *crew_open(const struct sender_world *world, const char *const *arguments,
                       GError **error)
{
    struct crew *crew = g_new0(struct crew, 1);

    crew->world = world;
    crew->arguments = arguments;
    crew->watch_descriptor = -1;
    crew->watch = watch_make(&crew->watch_descriptor, error);
    if (crew->watch != NULL && add_members(crew, error))
        return crew;
    crew_close(crew);
    return NULL;
}

void crew_signal(struct crew *crew, int signal)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->members[i].process > 0)
            (void)kill(crew->members[i].process, signal);
}

void crew_close(struct crew *crew)
{
    if (crew == NULL)
        return;
    crew_signal(crew, SIGKILL);
    for (size_t i = 0; i < crew->count; i++) {
        if (crew->members[i].process > 0)
            (void)waitpid(crew->members[i].process, NULL, 0);
        if (crew->members[i].wake >= 0)
            (void)close(crew->members[i].wake);
    }
    watch_close(crew->watch);
    if (crew->watch_descriptor >= 0)
        (void)close(crew->watch_descriptor);
    g_free(crew->members);
    g_free(crew);
}

static void start(struct crew *crew, size_t number, int64_t monotonic_ms)
{
    struct member *member = &crew->members[number];
    char words[WORDS][24];
    const uint64_t values[WORDS] = {member->relay, number, (uint64_t)crew->watch_descriptor,
                                    (uint64_t)member->wake};
    const char *arguments[ARGUMENTS_MOST + WORDS + 1] = {NULL};
    const int kept[] = {member->wake, crew->watch_descriptor};
    size_t count = 0;

    for (; crew->arguments[count] != NULL && count < ARGUMENTS_MOST; count++)
        arguments[count] = crew->arguments[count];
    for (size_t i = 0; i < WORDS; i++) {
        (void)g_snprintf(words[i], sizeof words[i], "%" PRIu64, values[i]);
        arguments[count++] = words[i];
    }
    watch_say(&crew->watch->workers[number], WATCH_TALKING, monotonic_ms);
    member->started_at = monotonic_ms;
    member->process = process_start(arguments, kept, G_N_ELEMENTS(kept));
    if (member->process < 0) {
        log_error("worker.unstarted", LOG_TEXT("error", g_strerror(errno)));
        member->process = 0;
        member->start_at = monotonic_ms + LONG_PAUSE_MS;
    }
}

void crew_start_due(struct crew *crew, int64_t monotonic_ms)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->members[i].process == 0 && crew->members[i].start_at <= monotonic_ms)
            start(crew, i, monotonic_ms);
}

static void note_end(struct crew *crew, struct member *member, int status, int64_t monotonic_ms)
{
    const bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;

    member->process = 0;
    if (monotonic_ms - member->started_at > STEADY_MS)
        member->pause_ms = FIRST_PAUSE_MS;
    member->start_at = monotonic_ms + member->pause_ms;
    member->pause_ms = MIN(member->pause_ms * 2, LONG_PAUSE_MS);
    if (!is_good)
        log_warning("worker.ended",
                    LOG_TEXT("relay", crew->world->spool->relays[member->relay].name),
                    LOG_NUMBER("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0),
                    LOG_NUMBER("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
}

void crew_reap(struct crew *crew, int64_t monotonic_ms)
{
    for (size_t i = 0; i < crew->count; i++) {
        struct member *member = &crew->members[i];
        int status = 0;

        if (member->process > 0 && waitpid(member->process, &status, WNOHANG) == member->process)
            note_end(crew, member, status, monotonic_ms);
    }
}

const struct relay_settings *crew_end_stuck(struct crew *crew, int64_t monotonic_ms)
{
    for (size_t i = 0; i < crew->count; i++) {
        struct member *member = &crew->members[i];
        struct watch_place *place = &crew->watch->workers[i];
        const enum watch_phase phase = (enum watch_phase)atomic_load(&place->phase);
        const int64_t span_ms = monotonic_ms - atomic_load(&place->since);
        const struct relay_settings *relay = &crew->world->spool->relays[member->relay];

        if (member->process == 0 || !watch_is_stuck(&crew->world->spool->watch, phase, span_ms))
            continue;
        log_warning("worker.stuck", LOG_TEXT("relay", relay->name), LOG_NUMBER("phase", phase),
                    LOG_NUMBER("span_ms", span_ms));
        (void)kill(member->process, SIGKILL);
        watch_say(place, WATCH_TALKING, monotonic_ms); /* until it is reaped */
        if (phase != WATCH_IDLE)
            return relay;
    }
    return NULL;
}

/* It is as good as looking from now on: while it waits for its turn on the processor it is not idle. */
static void wake(struct member *member, struct watch_place *place)
{
    const uint64_t one = 1;
    int waiting = WATCH_WAITING;

    (void)atomic_compare_exchange_strong(&place->phase, &waiting, WATCH_IDLE);
    (void)!write(member->wake, &one, sizeof one);
}

static bool is_free(const struct watch_place *place)
{
    const int phase = atomic_load(&place->phase);

    return phase == WATCH_WAITING || phase == WATCH_IDLE;
}

void crew_wake(struct crew *crew)
{
    size_t relay = SIZE_MAX;
    size_t woken = 0;

    for (size_t i = 0; i < crew->count; i++) {
        if (crew->members[i].relay != relay)
            woken = 0;
        relay = crew->members[i].relay;
        if (woken == WOKEN_MOST || !is_free(&crew->watch->workers[i]))
            continue;
        woken++;
        wake(&crew->members[i], &crew->watch->workers[i]);
    }
}

bool crew_is_idle(const struct crew *crew)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->members[i].process == 0 ||
            atomic_load(&crew->watch->workers[i].phase) != WATCH_WAITING)
            return false;
    return true;
}

bool crew_is_running(const struct crew *crew)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->members[i].process > 0)
            return true;
    return false;
}
