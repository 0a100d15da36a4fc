#include "gateway/base/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

/* Between fork and exec. The parent may have ended before it could be asked for: then so do we. */
static void become(char *const *words, const int *kept, size_t kept_count, pid_t parent)
{
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(EX_OSERR);
    for (size_t i = 0; i < kept_count; i++)
        if (fcntl(kept[i], F_SETFD, 0) != 0)
            _exit(EX_OSERR);
    (void)execv("/proc/self/exe", words);
    _exit(EX_OSERR);
}

pid_t process_start(const char *const *words, const int *kept, size_t kept_count)
{
    const pid_t parent = getpid();
    const pid_t pid = fork();

    if (pid == 0) /* the type is exec's: it writes none of them */
        become((char *const *)(uintptr_t)words, kept, kept_count, parent);
    return pid;
}
