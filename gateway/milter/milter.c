#include "gateway/milter/milter.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/milter/session.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BACKLOG          100
#define DRAIN_LOOK_MS    100
#define DRAIN_MOST_MS    (10 * MINUTE_MS)
#define SOCKET_PATH_MOST 90

static bool is_inet(struct text where)
{
    struct text port;
    int64_t number;

    if (!text_has_prefix(where, TEXT("inet:")))
        return false;
    where = text_skip(where, strlen("inet:"));
    return text_next_piece(&where, '@', &port) && where.size > 0 &&
           number_parse(port, 1, 65535, &number);
}

bool milter_check_socket(const char *socket, GError **error)
{
    const struct text where = text_of(socket);

    if (is_inet(where))
        return true;
    if (text_has_prefix(where, TEXT("unix:/")) && where.size <= SOCKET_PATH_MOST)
        return true;
    return error_set(error, TOCSIN_ERROR_CONFIG,
                     "`%s` is no socket: unix:/run/tocsin/milter.sock (at most %d characters) or "
                     "inet:8891@127.0.0.1",
                     socket, SOCKET_PATH_MOST);
}

/* Waits for SIGUSR1, then for the last connection's end. */
static void *drain(void *context)
{
    const struct timespec look = {0, DRAIN_LOOK_MS * 1000000};
    int64_t began_at;
    sigset_t set;
    int number;

    (void)context;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGUSR1);
    if (sigwait(&set, &number) != 0)
        return NULL;
    log_info("milter.draining", LOG_NUMBER("connections", session_count_open()));
    began_at = moment_monotonic();
    do {
        (void)nanosleep(&look, NULL); /* first: connections may wait in the backlog */
    } while ((session_count_open() > 0 || moment_monotonic() - began_at < SECOND_MS) &&
             moment_monotonic() - began_at < DRAIN_MOST_MS);
    (void)smfi_stop();
    return NULL;
}

static bool start_drain(GError **error)
{
    pthread_t thread;
    sigset_t set;
    int failure;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGUSR1);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* in every thread from here on */
    failure = pthread_create(&thread, NULL, drain, NULL);
    if (failure != 0)
        return error_set(error, TOCSIN_ERROR_BUSY, "a thread: %s", g_strerror(failure));
    (void)pthread_detach(thread);
    return true;
}

static bool give_to_group(const char *path, const char *name, GError **error)
{
    const struct group *group = name[0] != '\0' ? getgrnam(name) : NULL;

    if (name[0] != '\0' && group == NULL)
        return error_set(error, TOCSIN_ERROR_CONFIG, "there is no group `%s`", name);
    if (group != NULL && chown(path, (uid_t)-1, group->gr_gid) != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "%s: group `%s`: %s", path, name,
                         g_strerror(errno));
    if (chmod(path, 0660) != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", path, g_strerror(errno));
    return true;
}

static bool open_at(const char *where, GError **error)
{
    if (smfi_setconn((char *)(uintptr_t)where) == MI_SUCCESS && smfi_opensocket(TRUE) == MI_SUCCESS)
        return true;
    return error_set(error, TOCSIN_ERROR_CONFIG, "%s cannot be listened at: %s", where,
                     g_strerror(errno));
}

/* What stands at the public name and is no socket of ours is not replaced (notes A82). */
static bool check_public_name(const char *path, GError **error)
{
    struct stat status;

    if (lstat(path, &status) != 0 || S_ISSOCK(status.st_mode))
        return true;
    return error_set(error, TOCSIN_ERROR_CONFIG, "%s is there and is no socket", path);
}

static bool open_socket(const struct milter_settings *settings, GError **error)
{
    const char *path = settings->socket + strlen("unix:");
    g_autofree char *own_path = NULL;
    g_autofree char *own = NULL;

    if (is_inet(text_of(settings->socket)))
        return open_at(settings->socket, error);
    own_path = g_strdup_printf("%s.%ld", path, (long)getpid());
    own = g_strdup_printf("unix:%s", own_path);
    if (!check_public_name(path, error) || !check_public_name(own_path, error) ||
        !open_at(own, error))
        return false;
    if (give_to_group(own_path, settings->group, error) && rename(own_path, path) == 0)
        return true;
    if (error != NULL && *error == NULL)
        (void)error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", path, g_strerror(errno));
    (void)unlink(own_path);
    return false;
}

bool milter_run(const struct milter_settings *settings, const struct intake_settings *intake,
                const char *const *worker_arguments, GError **error)
{
    OWN(secret) secret = secret_open(intake->store.state, error);
    OWN(pool) pool = NULL;

    if (secret == NULL || !milter_check_socket(settings->socket, error) || !start_drain(error))
        return false;
    pool = pool_open(intake, worker_arguments, settings->workers, error);
    if (pool == NULL || !session_register(intake, secret, pool, error))
        return false;
    (void)smfi_setbacklog(BACKLOG);
    if (!open_socket(settings, error))
        return false;
    log_info("milter.listening", LOG_TEXT("socket", settings->socket));
    if (smfi_main() != MI_SUCCESS)
        return error_set(error, TOCSIN_ERROR_BUSY, "libmilter stopped with a failure");
    /* Callbacks may still run: what they commit must be answered. */
    for (int64_t until = moment_monotonic() + intake->wall_ms;
         session_count_busy() > 0 && moment_monotonic() < until;)
        (void)nanosleep(&(const struct timespec){0, DRAIN_LOOK_MS * 1000000}, NULL);
    log_info("milter.stopped", LOG_NUMBER("unanswered", session_count_busy()));
    return true;
}
