#include "gateway/base/process.h"

#include <fcntl.h>
#include <glib.h>
#include <signal.h>
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
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) copy = NULL; /* exec's type is of strings that may be written */
    pid_t pid;

    for (size_t i = 0; words[i] != NULL; i++)
        g_strv_builder_add(builder, words[i]);
    copy = g_strv_builder_end(builder);
    pid = fork();
    if (pid == 0)
        become(copy, kept, kept_count, parent);
    return pid;
}
