#include "gateway/store/place.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DATABASE_NAME    "tocsin.db"
#define LOCK_PAUSE_US    5000
#define MODE_OF_OTHERS   (S_IWGRP | S_IWOTH)
#define MODE_BEYOND_OURS (S_IRWXG | S_IRWXO)

static bool is_network(const struct statfs *system)
{
    switch ((unsigned)system->f_type) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case 0xff534d42U: /* CIFS */
    case SMB2_SUPER_MAGIC:
    case AFS_SUPER_MAGIC:
    case CODA_SUPER_MAGIC:
        return true;
    default:
        return false;
    }
}

/* Root may work on what is a service's: what it makes is given to the directory's owner (SQLite does
 * the same with its -wal and -shm). */
static bool check_directory(int directory, uid_t *owner, GError **error)
{
    struct stat status;
    struct statfs system;

    if (fstat(directory, &status) != 0 || fstatfs(directory, &system) != 0)
        return error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
    if (status.st_uid != geteuid() && geteuid() != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "belongs to user %u, not to us (user %u)",
                         status.st_uid, geteuid());
    if ((status.st_mode & MODE_OF_OTHERS) != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "mode %04o lets others write it: chmod go-w",
                         status.st_mode & 07777U);
    if (is_network(&system))
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "lies on a network file system: SQLite needs a local one");
    *owner = status.st_uid;
    return true;
}

static bool make_file(int directory, uid_t owner, GError **error)
{
    const int file = openat(directory, DATABASE_NAME,
                            O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (file < 0)
        return error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
    const bool is_given = geteuid() != 0 || fchown(file, owner, (gid_t)-1) == 0;
    const bool is_kept = is_given && fsync(file) == 0 && fsync(directory) == 0;
    const int why = errno;
    (void)close(file);
    return is_kept || error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(why));
}

static bool check_file(int directory, uid_t owner, GError **error)
{
    struct stat status;

    if (fstatat(directory, DATABASE_NAME, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? make_file(directory, owner, error)
                               : error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
    if (S_ISLNK(status.st_mode))
        return error_set(error, TOCSIN_ERROR_CONFIG, "is a symbolic link");
    if (!S_ISREG(status.st_mode) || status.st_nlink != 1)
        return error_set(error, TOCSIN_ERROR_CONFIG, "is no plain file with one name");
    if (status.st_uid != owner)
        return error_set(error, TOCSIN_ERROR_CONFIG, "belongs to user %u, its directory to user %u",
                         status.st_uid, owner);
    if ((status.st_mode & MODE_BEYOND_OURS) != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "mode %04o lets others read or write it: chmod 600",
                         status.st_mode & 07777U);
    return true;
}

static bool lock_directory(int directory, int64_t busy_ms, GError **error)
{
    const int64_t until = moment_monotonic() + busy_ms;

    while (flock(directory, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
        if (moment_monotonic() >= until)
            return error_set(error, TOCSIN_ERROR_BUSY, "another process holds its lock");
        (void)usleep(LOCK_PAUSE_US);
    }
    return true;
}

static char *find_path(const char *state)
{
    char *const real = realpath(state, NULL);
    char *const path = g_strdup_printf("%s/" DATABASE_NAME, real != NULL ? real : state);

    free(real);
    return path;
}

void place_close(struct place *place)
{
    if (place == NULL)
        return;
    (void)close(place->directory); /* and with it the lock */
    g_free(place->path);
    g_free(place);
}

/* All but opening the directory. */
static bool prepare(struct place *place, const struct store_settings *settings, GError **error)
{
    uid_t owner = 0;

    if (!check_directory(place->directory, &owner, error) ||
        !lock_directory(place->directory, settings->busy_ms, error)) {
        g_prefix_error(error, "%s: ", settings->state);
        return false;
    }
    if (check_file(place->directory, owner, error))
        return true;
    g_prefix_error(error, "%s: ", place->path);
    return false;
}

struct place *place_open(const struct store_settings *settings, GError **error)
{
    const int directory = open(settings->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (directory < 0) {
        error_set(error, TOCSIN_ERROR_BUSY, "%s: %s", settings->state, g_strerror(errno));
        return NULL;
    }
    struct place *const place = g_new0(struct place, 1);
    place->directory = directory;
    place->path = find_path(settings->state);
    if (prepare(place, settings, error))
        return place;
    place_close(place);
    return NULL;
}
