/* gateway/serve/child.h: one process that the supervisor keeps running. */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>
#include <sys/types.h>

enum child_state {
    CHILD_DOWN, /* to be started at start_at */
    CHILD_RUNNING,
    CHILD_LEAVING, /* told to end; its place is another's, or nobody's */
};

struct child {
    const char *verb;
    enum child_state state;
    pid_t pid;
    int64_t started_at; /* monotonic */
    int64_t start_at;   /* monotonic */
    int64_t wait_ms;
};

/* Starts this program again as `verb` with that configuration file. False: `error`; it stays down. */
bool child_start(struct child *child, const char *program, const char *file, GError **error);

/* It has ended: when is it started again? After long life at once, else with a growing wait. */
void child_put_off(struct child *child, int64_t now);

void child_signal(const struct child *child, int number);
/* The whole process group, at once. */
void child_kill(const struct child *child);
