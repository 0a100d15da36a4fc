#include "spool/watch.h"

#include "gateway/base/error.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

struct watch *watch_map(int descriptor, GError **error)
{
    void *page =
        mmap(NULL, sizeof(struct watch), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);

    if (page != MAP_FAILED)
        return page;
    (void)error_set(error, TOCSIN_ERROR_BUSY, "the workers' page: %s", g_strerror(errno));
    return NULL;
}

struct watch *watch_make(int *descriptor, GError **error)
{
    const int made = memfd_create("tocsin-sender", MFD_CLOEXEC);

    if (made < 0 || ftruncate(made, (off_t)sizeof(struct watch)) != 0) {
        (void)error_set(error, TOCSIN_ERROR_BUSY, "the workers' page: %s", g_strerror(errno));
        if (made >= 0)
            (void)close(made);
        return NULL;
    }
    *descriptor = made;
    return watch_map(made, error);
}

void watch_close(struct watch *watch)
{
    if (watch != NULL)
        (void)munmap(watch, sizeof *watch);
}

void watch_say(struct watch_place *place, enum watch_phase phase, int64_t monotonic_ms)
{
    atomic_store(&place->since, monotonic_ms);
    atomic_store(&place->phase, (int)phase);
}

bool watch_is_stuck(const struct spool_watch *limits, enum watch_phase phase, int64_t span_ms)
{
    switch (phase) {
    case WATCH_WAITING:
    case WATCH_IDLE:
        return false;
    case WATCH_CONNECTING:
        return span_ms > limits->connect_ms;
    case WATCH_TALKING:
        return span_ms > limits->progress_ms;
    case WATCH_DOT:
        return span_ms > limits->dot_ms;
    }
    return true; /* not a phase: the page was overwritten */
}

int64_t watch_take_turn(struct watch_relay *relay, int64_t rate, int64_t monotonic_us)
{
    const int64_t step_us = rate <= 0 ? 0 : MAX(INT64_C(1000000) / rate, 1);
    int64_t free_at = atomic_load(&relay->free_at_us);
    int64_t turn_at = 0;

    if (step_us == 0)
        return 0;
    do {
        turn_at = MAX(free_at, monotonic_us);
    } while (!atomic_compare_exchange_weak(&relay->free_at_us, &free_at, turn_at + step_us));
    return turn_at - monotonic_us;
}
