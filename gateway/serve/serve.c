#include "gateway/serve/serve.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/serve/child.h"
#include "gateway/serve/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MOST     16 /* three in force, the others leaving */
#define LOOK_MS           SECOND_MS
#define TAKE_OVER_MS      (10 * SECOND_MS)
#define TAKE_OVER_LOOK_MS 20
#define LEAVE_MS          (20 * SECOND_MS)
#define ARENA_BYTES       ((size_t)256 << 20)

struct serve {
    const char *program;
    const char *file; /* the administrator's */
    const char *state;
    char in_force[PATH_MAX]; /* the snapshot that children read */
    char socket[PATH_MAX];   /* the milter's */
    unsigned generation;
    int signals;
    bool is_ending;
    struct child children[CHILDREN_MOST];
    size_t count;
};

static int lock_state(const char *state, GError **error)
{
    g_autofree char *path = g_build_filename(state, "serve.lock", NULL);
    const int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (descriptor < 0) {
        (void)error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", path, g_strerror(errno));
        return -1;
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        return descriptor;
    (void)error_set(error, TOCSIN_ERROR_BUSY,
                    "%s is locked: another `tocsin serve` uses this state", path);
    (void)close(descriptor);
    return -1;
}

static int open_signals(GError **error)
{
    sigset_t set;
    int descriptor;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0)
        (void)error_set(error, TOCSIN_ERROR_BUSY, "signals: %s", g_strerror(errno));
    return descriptor;
}

static bool take_snapshot(struct serve *serve, const struct config *config, GError **error)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const char *path =
        snapshot_make(arena, serve->state, serve->file, serve->generation % 2, error);

    if (path == NULL)
        return false;
    serve->generation++;
    (void)g_strlcpy(serve->in_force, path, sizeof serve->in_force);
    (void)g_strlcpy(serve->socket, config->milter.socket, sizeof serve->socket);
    return true;
}

static void start(struct serve *serve, struct child *child)
{
    g_autoptr(GError) error = NULL;

    if (child_start(child, serve->program, serve->in_force, &error)) {
        log_info("child.started", LOG_TEXT("child", child->verb), LOG_NUMBER("pid", child->pid));
        return;
    }
    child_put_off(child, moment_monotonic());
    log_error("child.start_failed", LOG_TEXT("child", child->verb), LOG_FAILURE(error));
}

static struct child *add_child(struct serve *serve, const char *verb)
{
    struct child *child;

    g_assert(serve->count < CHILDREN_MOST);
    child = &serve->children[serve->count++];
    *child = (struct child){.verb = verb, .state = CHILD_DOWN};
    return child;
}

static void log_end(const struct child *child, int status)
{
    const bool was_asked = child->state == CHILD_LEAVING;
    const int64_t number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);

    if (was_asked)
        log_info("child.ended", LOG_TEXT("child", child->verb), LOG_NUMBER("pid", child->pid));
    else
        log_error("child.died", LOG_TEXT("child", child->verb), LOG_NUMBER("pid", child->pid),
                  LOG_NUMBER(WIFSIGNALED(status) ? "signal" : "status", number));
}

static void forget(struct serve *serve, struct child *child)
{
    *child = serve->children[--serve->count];
}

static struct child *find_pid(struct serve *serve, pid_t pid)
{
    for (size_t i = 0; i < serve->count; i++)
        if (serve->children[i].pid == pid)
            return &serve->children[i];
    return NULL;
}

static void reap(struct serve *serve)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct child *child = find_pid(serve, pid);

        if (child == NULL)
            continue;
        log_end(child, status);
        child_kill(child); /* what it may have left of its group */
        if (child->state == CHILD_LEAVING)
            forget(serve, child);
        else
            child_put_off(child, moment_monotonic());
    }
}

static void start_due(struct serve *serve)
{
    for (size_t i = 0; i < serve->count; i++)
        if (serve->children[i].state == CHILD_DOWN &&
            serve->children[i].start_at <= moment_monotonic())
            start(serve, &serve->children[i]);
}

static ino_t socket_inode(const struct serve *serve)
{
    struct stat status;

    if (!g_str_has_prefix(serve->socket, "unix:") ||
        lstat(serve->socket + strlen("unix:"), &status) != 0)
        return 0;
    return status.st_ino;
}

static struct child *find_verb(struct serve *serve, const char *verb)
{
    for (size_t i = 0; i < serve->count; i++)
        if (serve->children[i].state != CHILD_LEAVING && strcmp(serve->children[i].verb, verb) == 0)
            return &serve->children[i];
    return NULL;
}

/* Has the successor put its socket under the public name? It may also have died. */
static bool has_taken_over(struct serve *serve, const struct child *successor, ino_t before)
{
    const struct timespec look = {0, TAKE_OVER_LOOK_MS * 1000000};
    const int64_t until = moment_monotonic() + TAKE_OVER_MS;

    while (moment_monotonic() < until) {
        if (socket_inode(serve) != before)
            return true;
        if (waitpid(successor->pid, NULL, WNOHANG) != 0)
            return false;
        (void)nanosleep(&look, NULL);
    }
    return false;
}

/* The old milter serves the connections that it has; new ones are the successor's. */
static void replace_milter(struct serve *serve)
{
    struct child *old = find_verb(serve, "milter");
    const ino_t before = socket_inode(serve);
    struct child *successor;

    if (old == NULL || serve->count == CHILDREN_MOST)
        return;
    if (before == 0 || old->state != CHILD_RUNNING) { /* an inet port: there can be but one */
        child_signal(old, SIGTERM);
        return;
    }
    successor = add_child(serve, "milter");
    start(serve, successor);
    if (successor->state == CHILD_RUNNING && has_taken_over(serve, successor, before)) {
        old->state = CHILD_LEAVING;
        child_signal(old, SIGUSR1);
        return;
    }
    log_error("milter.not_replaced", LOG_TEXT("reason", "the new one did not open its socket"));
    child_kill(successor);
    (void)waitpid(successor->pid, NULL, 0);
    forget(serve, successor);
}

/* A sender, or clock, that is told to end finishes what it has in hand beside its successor. */
static void replace(struct serve *serve, const char *verb)
{
    struct child *old = find_verb(serve, verb);

    if (old == NULL || serve->count == CHILDREN_MOST || old->state != CHILD_RUNNING)
        return;
    old->state = CHILD_LEAVING;
    child_signal(old, SIGTERM);
    start(serve, add_child(serve, verb));
}

static void log_problems(struct problems *problems)
{
    size_t count;
    const struct problem *const *list = problems_list(problems, &count);
    OWN(arena) arena = arena_open(ARENA_BYTES);

    for (size_t i = 0; i < count; i++) {
        const char *text = problems_write_one(arena, list[i]);

        if (list[i]->is_warning)
            log_warning("config.warning", LOG_TEXT("problem", text));
        else
            log_error("config.error", LOG_TEXT("problem", text));
    }
}

/* All or nothing. */
static void reload(struct serve *serve)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GError) error = NULL;
    struct problems *problems = problems_new(arena);
    const struct config *config = config_load(arena, serve->file, problems);
    const bool is_good = config != NULL && config_check(arena, config, problems);

    log_problems(problems);
    if (!is_good || strcmp(config->state, serve->state) != 0) {
        log_error("config.not_reloaded",
                  LOG_TEXT("reason", is_good ? "`state` cannot change while running"
                                             : "it has errors; the old one stays in force"));
        return;
    }
    if (!take_snapshot(serve, config, &error)) {
        log_error("config.not_reloaded", LOG_FAILURE(error));
        return;
    }
    log_info("config.reloaded", LOG_TEXT("file", serve->file));
    replace_milter(serve);
    replace(serve, "sender");
    replace(serve, "clock");
}

static void take_signals(struct serve *serve)
{
    struct signalfd_siginfo info;
    bool has_hup = false;

    while (read(serve->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
            serve->is_ending = true;
        has_hup |= info.ssi_signo == SIGHUP;
    }
    reap(serve);
    if (has_hup && !serve->is_ending)
        reload(serve);
}

static void wait_for_signals(struct serve *serve, int64_t most_ms)
{
    struct pollfd wait = {.fd = serve->signals, .events = POLLIN};

    if (poll(&wait, 1, (int)most_ms) > 0)
        take_signals(serve);
}

static void end_all(struct serve *serve)
{
    const int64_t until = moment_monotonic() + LEAVE_MS;

    log_info("serve.ending", LOG_NUMBER("children", serve->count));
    for (size_t i = 0; i < serve->count; i++) {
        serve->children[i].state = CHILD_LEAVING;
        child_signal(&serve->children[i], SIGTERM);
    }
    for (size_t i = serve->count; i > 0; i--) /* those that were down */
        if (serve->children[i - 1].pid == 0)
            forget(serve, &serve->children[i - 1]);
    while (serve->count > 0 && moment_monotonic() < until)
        wait_for_signals(serve, LOOK_MS);
    for (size_t i = 0; i < serve->count; i++)
        child_kill(&serve->children[i]);
}

static bool prepare_store(const struct config *config, GError **error)
{
    OWN(store) store = store_open(&config->store, STORE_FULL, error);

    return store != NULL &&
           store_mirror(store, config->pages, config->page_count, moment_now(), error);
}

bool serve_run(const struct config *config, const char *program, const char *file, GError **error)
{
    struct serve *serve = g_new0(struct serve, 1);
    int lock = -1;
    bool is_ready;

    serve->program = program;
    serve->file = file;
    serve->state = config->state;
    lock = lock_state(config->state, error);
    serve->signals = lock >= 0 ? open_signals(error) : -1;
    is_ready =
        serve->signals >= 0 && prepare_store(config, error) && take_snapshot(serve, config, error);
    if (is_ready) {
        (void)add_child(serve, "milter");
        (void)add_child(serve, "sender");
        (void)add_child(serve, "clock");
        log_info("serve.started", LOG_TEXT("state", serve->state));
        while (!serve->is_ending) {
            start_due(serve);
            wait_for_signals(serve, LOOK_MS);
        }
        end_all(serve);
    }
    if (serve->signals >= 0)
        (void)close(serve->signals);
    if (lock >= 0)
        (void)close(lock);
    g_free(serve);
    return is_ready;
}
