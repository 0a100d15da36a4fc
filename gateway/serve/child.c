#include "gateway/serve/child.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/base/process.h"

#include <errno.h>
#include <signal.h>

#define FIRST_WAIT_MS   100
#define LONGEST_WAIT_MS MINUTE_MS
#define LONG_LIFE_MS    (30 * SECOND_MS)

bool child_start(struct child *child, const char *program, const char *file, GError **error)
{
    const char *const words[] = {program, "--config", file, child->verb, NULL};
    const pid_t pid = process_start(words, NULL, 0);

    if (pid < 0)
        return error_set(error, TOCSIN_ERROR_BUSY, "%s: %s", child->verb, g_strerror(errno));
    child->pid = pid;
    child->state = CHILD_RUNNING;
    child->started_at = moment_monotonic();
    return true;
}

void child_put_off(struct child *child, int64_t now)
{
    if (now - child->started_at >= LONG_LIFE_MS)
        child->wait_ms = 0;
    child->wait_ms = child->wait_ms == 0 ? FIRST_WAIT_MS : MIN(2 * child->wait_ms, LONGEST_WAIT_MS);
    child->state = CHILD_DOWN;
    child->pid = 0;
    child->start_at = now + child->wait_ms;
}

void child_signal(const struct child *child, int number)
{
    if (child->pid > 0)
        (void)kill(child->pid, number);
}

void child_kill(const struct child *child)
{
    if (child->pid > 0)
        (void)kill(-child->pid, SIGKILL);
}
