#include "gateway/intake/worker.h"

#include "gateway/base/moment.h"
#include "gateway/intake/frame.h"
#include "gateway/store/intakes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARENA_BYTES   ((size_t)256 << 20)
#define ENVELOPE_ROOM ((size_t)4 << 20) /* recipients and strings beside the mail */
#define VERDICT_MOST  ((size_t)64 << 10)
#define ADDRESS_SPACE ((rlim_t)1 << 30)
#define WORDS_MOST    16

struct worker {
    pid_t pid;
    int descriptor;
};

static struct intake_verdict failed_verdict(const GError *error)
{
    return (struct intake_verdict){
        .outcome = INTAKE_REFUSED,
        .code = error->domain == TOCSIN_ERROR ? (enum tocsin_error)error->code : TOCSIN_ERROR_BUG,
        .smtp = "",
        .enhanced = "",
        .text = error->message,
        .is_whole = true,
        .event = "mail.failed",
        .page_id = "",
        .incident_id = "",
    };
}

/* SIGPROF ends the process when a mail has used its processor time; 0 disarms. */
static void arm(int64_t cpu_ms)
{
    const struct itimerval timer = {
        .it_value = {cpu_ms / SECOND_MS, cpu_ms % SECOND_MS * SECOND_MS},
    };

    (void)setitimer(ITIMER_PROF, &timer, NULL);
}

/* A mail that eats memory ends its worker, not the machine. Sanitizers need more than any limit. */
static void limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
    const struct rlimit limit = {ADDRESS_SPACE, ADDRESS_SPACE};

    (void)setrlimit(RLIMIT_AS, &limit);
#endif
    (void)prctl(PR_SET_DUMPABLE, 0);
}

static void take_one(const struct intake_settings *settings, struct intake **intake,
                     struct arena *arena, struct text body, GString *frame)
{
    g_autoptr(GError) error = NULL;
    struct envelope envelope;
    struct intake_verdict verdict;

    if (*intake == NULL)
        *intake = intake_open(settings, moment_now(), &error);
    if (*intake == NULL)
        verdict = failed_verdict(error);
    else if (!frame_read_envelope(arena, body, &envelope))
        verdict = failed_verdict(
            &(const GError){TOCSIN_ERROR, TOCSIN_ERROR_BUG, (char *)(uintptr_t) "not an envelope"});
    else
        verdict = intake_take(*intake, arena, &envelope, moment_now());
    frame_write_verdict(frame, &verdict);
    if (verdict.outcome == INTAKE_REFUSED && verdict.code == TOCSIN_ERROR_BUSY) {
        /* After a failed sync the pages in memory are not to be believed: begin anew. */
        intake_close(*intake);
        *intake = NULL;
    }
}

void worker_run(const struct intake_settings *settings, int descriptor)
{
    OWN(intake) intake = NULL;
    g_autoptr(GString) frame = g_string_new(NULL);

    limit_memory();
    for (;;) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct text body;

        if (frame_receive(descriptor, arena, settings->mail.message_bytes + ENVELOPE_ROOM, 0,
                          &body) != FRAME_DONE)
            return;
        arm(settings->cpu_ms);
        take_one(settings, &intake, arena, body, frame);
        arm(0);
        if (frame_send(descriptor, frame, 0) != FRAME_DONE)
            return;
    }
}

/* In the child, between fork and exec: only what is async-signal-safe. */
static void become(const char *const *words, int descriptor, pid_t parent)
{
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
        fcntl(descriptor, F_SETFD, 0) != 0)
        _exit(127);
    (void)execv("/proc/self/exe", (char *const *)(uintptr_t)words);
    _exit(127);
}

struct worker *worker_start(const char *const *arguments, GError **error)
{
    const char *words[WORDS_MOST + 2] = {NULL};
    char number[16];
    const pid_t parent = getpid();
    struct worker *worker;
    int ends[2];
    pid_t pid;
    size_t count;

    for (count = 0; arguments[count] != NULL; count++) {
        g_assert(count < WORDS_MOST);
        words[count] = arguments[count];
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        (void)error_set(error, TOCSIN_ERROR_BUSY, "a worker's socket: %s", g_strerror(errno));
        return NULL;
    }
    (void)snprintf(number, sizeof number, "%d", ends[1]);
    words[count] = number;
    pid = fork();
    if (pid == 0)
        become(words, ends[1], parent);
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        (void)error_set(error, TOCSIN_ERROR_BUSY, "a worker: %s", g_strerror(errno));
        return NULL;
    }
    worker = g_new0(struct worker, 1);
    *worker = (struct worker){pid, ends[0]};
    return worker;
}

void worker_close(struct worker *worker)
{
    if (worker == NULL)
        return;
    (void)kill(worker->pid, SIGKILL);
    (void)close(worker->descriptor);
    while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    g_free(worker);
}

enum worker_outcome worker_ask(struct worker *worker, struct arena *arena,
                               const struct envelope *envelope, int64_t wall_ms,
                               struct intake_verdict *verdict)
{
    const int64_t deadline = moment_monotonic() + wall_ms;
    g_autoptr(GString) frame = g_string_sized_new(envelope->bytes.size + 4096);
    enum frame_outcome outcome;
    struct text body;

    frame_write_envelope(frame, envelope);
    outcome = frame_send(worker->descriptor, frame, deadline);
    if (outcome == FRAME_DONE)
        outcome = frame_receive(worker->descriptor, arena, VERDICT_MOST, deadline, &body);
    if (outcome == FRAME_DONE && frame_read_verdict(body, verdict))
        return WORKER_ANSWERED;
    *verdict = failed_verdict(&(const GError){
        TOCSIN_ERROR, TOCSIN_ERROR_BUSY,
        (char *)(uintptr_t)(outcome == FRAME_LATE ? "reading this mail takes too long; try again"
                                                  : "reading this mail failed; try again")});
    return outcome == FRAME_LATE ? WORKER_LATE : WORKER_DIED;
}

bool worker_note_crash(const struct store_settings *store, struct text bytes, int64_t now,
                       GError **error)
{
    OWN(store) opened = store_open(store, STORE_FULL, error);
    uint8_t digest[MAIL_DIGEST_SIZE];

    if (opened == NULL)
        return false;
    mail_digest(bytes, digest);
    return intakes_note_crash(opened, digest, now, error);
}
