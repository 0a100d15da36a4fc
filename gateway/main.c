/* gateway/main.c: finds the verb's row and runs it. */
#include "gateway/base/log.h"
#include "gateway/cli/verbs.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* A descriptor of ours must never become 0, 1 or 2, whoever started us with them closed. */
static void open_standard_descriptors(void)
{
    int descriptor;

    do
        descriptor = open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor > STDERR_FILENO)
        (void)close(descriptor);
}

int main(int argc, char **argv)
{
    open_standard_descriptors();
    (void)umask(077);
    (void)signal(SIGPIPE, SIG_IGN);
    log_open(LOG_LEVEL_INFO);
    return verbs_run(argc, argv);
}
