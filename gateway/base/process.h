/* gateway/base/process.h: this program once more, as a child that dies with its parent.
 *
 * By fork and exec of /proc/self/exe. The child has a process group of its own, no blocked signals,
 * and the default for SIGPIPE; SIGKILL comes to it when the thread that started it ends (prctl(2),
 * PR_SET_PDEATHSIG): start it from one that lasts. Descriptors are O_CLOEXEC everywhere; those in `kept`
 * stay open in it. Between fork and exec only async-signal-safe calls are made. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* `words`: argv, NULL at its end. The pid, or -1 and errno. A child that cannot be made ends with 71
 * (EX_OSERR). */
pid_t process_start(const char *const *words, const int *kept, size_t kept_count);
