#include "gateway/intake/worker.h"

#include "gateway/base/moment.h"
#include "gateway/base/process.h"
#include "gateway/intake/frame.h"
#include "gateway/intake/taking.h"
#include "gateway/store/intakes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

struct worker {
    pid_t pid; /* 0: ended, and its status was read */
    int descriptor;
};

static struct intake_verdict failed_verdict(struct arena *arena, enum tocsin_error code,
                                            const char *text)
{
    return (struct intake_verdict){
        .outcome = INTAKE_REFUSED,
        .code = code,
        .smtp = "",
        .enhanced = "",
        .text = text_clean_line(arena, text_of(text), INTAKE_TEXT_MOST),
        .is_whole = true,
        .event = "mail.failed",
        .page_id = "",
        .incident_id = "",
        .monitor = "",
    };
}

static enum tocsin_error code_of(const GError *error)
{
    return error->domain == TOCSIN_ERROR ? (enum tocsin_error)error->code : TOCSIN_ERROR_BUG;
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

static struct intake_verdict take_timed(struct intake *intake, struct arena *arena,
                                        struct text body)
{
    struct envelope envelope;
    struct intake_verdict verdict;

    if (!frame_read_envelope(arena, body, &envelope))
        return failed_verdict(arena, TOCSIN_ERROR_BUG, "not an envelope");
    arm(intake->settings->cpu_ms);
    verdict = intake_take(intake, arena, &envelope, moment_now());
    arm(0);
    return verdict;
}

/* A failure of the store, or of ours; not "too often" or "not yet", which have their own codes and which
 * anybody can bring about. */
static bool has_failed(const struct intake_verdict *verdict)
{
    return verdict->outcome == INTAKE_REFUSED && verdict->enhanced[0] == '\0' &&
           (verdict->code == TOCSIN_ERROR_BUSY || verdict->code == TOCSIN_ERROR_BUG);
}

static void take_one(const struct intake_settings *settings, struct intake **intake,
                     struct arena *arena, struct text body, GString *frame)
{
    g_autoptr(GError) error = NULL;
    struct intake_verdict verdict;

    /* Before the timer: what the site's grammars cost is not this mail's. */
    if (*intake == NULL)
        *intake = intake_open(settings, moment_now(), &error);
    verdict = *intake != NULL ? take_timed(*intake, arena, body)
                              : failed_verdict(arena, code_of(error), error->message);
    frame_write_verdict(frame, &verdict);
    if (has_failed(&verdict)) {
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
        take_one(settings, &intake, arena, body, frame);
        if (frame_send(descriptor, frame, 0) != FRAME_DONE)
            return;
    }
}

static char **add_number(const char *const *arguments, int descriptor)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autofree char *number = g_strdup_printf("%d", descriptor);

    for (size_t i = 0; arguments[i] != NULL; i++)
        g_strv_builder_add(words, arguments[i]);
    g_strv_builder_add(words, number);
    return g_strv_builder_end(words);
}

struct worker *worker_start(const char *const *arguments, GError **error)
{
    g_auto(GStrv) words = NULL;
    struct worker *worker;
    int ends[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        (void)error_set(error, TOCSIN_ERROR_BUSY, "a worker's socket: %s", g_strerror(errno));
        return NULL;
    }
    words = add_number(arguments, ends[1]);
    pid = process_start((const char *const *)words, &ends[1], 1);
    (void)close(ends[1]);
    if (pid < 0) {
        (void)error_set(error, TOCSIN_ERROR_BUSY, "a worker: %s", g_strerror(errno));
        (void)close(ends[0]);
        return NULL;
    }
    worker = g_new0(struct worker, 1);
    *worker = (struct worker){pid, ends[0]};
    return worker;
}

/* What it died of, if it was dying already. */
static int end(struct worker *worker)
{
    int status = 0;

    if (worker->pid == 0)
        return 0;
    (void)kill(worker->pid, SIGKILL);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    worker->pid = 0;
    return status;
}

void worker_close(struct worker *worker)
{
    if (worker == NULL)
        return;
    (void)end(worker);
    (void)close(worker->descriptor);
    g_free(worker);
}

/* Of these a mail may be the cause; the others come from outside. */
static bool is_fault(int status)
{
    static const int faults[] = {SIGPROF, SIGABRT, SIGSEGV, SIGBUS,
                                 SIGILL,  SIGFPE,  SIGTRAP, SIGSYS};

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
        if (WIFSIGNALED(status) && WTERMSIG(status) == faults[i])
            return true;
#ifdef __SANITIZE_ADDRESS__
    return WIFEXITED(status) && WEXITSTATUS(status) == 1; /* how a sanitizer ends its program */
#else
    return false;
#endif
}

static enum worker_outcome outcome_of(struct worker *worker, enum frame_outcome outcome)
{
    if (outcome == FRAME_LATE)
        return WORKER_LATE;
    return is_fault(end(worker)) ? WORKER_DIED : WORKER_GONE;
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
    *verdict = failed_verdict(arena, TOCSIN_ERROR_BUSY,
                              outcome == FRAME_LATE ? "reading this mail takes too long; try again"
                                                    : "reading this mail failed; try again");
    return outcome_of(worker, outcome);
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
