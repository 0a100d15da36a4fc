#include "gateway/store/progress.h"

#include "gateway/base/error.h"
#include "gateway/base/number.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE 24

static bool fail(GError **error, const char *what)
{
    return error_set(error, TOCSIN_ERROR_BUSY, "slices: %s: %s", what, g_strerror(errno));
}

static void write_name(char name[NAME_SIZE], int64_t slice_id)
{
    (void)snprintf(name, NAME_SIZE, "%" PRId64, slice_id);
}

int progress_open_folder(const char *state, GError **error)
{
    g_autofree char *path = g_build_filename(state, "slices", NULL);
    int folder = -1;

    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0)
        (void)error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", path, g_strerror(errno));
    return folder;
}

static int open_locked(int folder, int64_t slice_id)
{
    char name[NAME_SIZE];

    write_name(name, slice_id);

    const int descriptor = openat(folder, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        return descriptor;

    const int problem = errno;
    (void)close(descriptor);
    errno = problem;
    return -1;
}

int progress_make(int folder, int64_t slice_id, const struct progress *progress, GError **error)
{
    const int descriptor = open_locked(folder, slice_id);

    if (descriptor < 0) {
        (void)fail(error, "make");
        return -1;
    }
    if (progress_write(descriptor, progress, error))
        return descriptor;
    (void)close(descriptor);
    return -1;
}

int progress_take(int folder, int64_t slice_id, GError **error)
{
    const int descriptor = open_locked(folder, slice_id);

    if (descriptor < 0 && errno != EWOULDBLOCK)
        (void)fail(error, "take over");
    return descriptor;
}

void progress_read(int descriptor, int64_t opened_at, struct progress *progress)
{
    struct progress found;

    if (pread(descriptor, &found, sizeof found, 0) == (ssize_t)sizeof found &&
        found.opened_at == opened_at)
        *progress = found;
}

void progress_peek(int folder, int64_t slice_id, int64_t opened_at, struct progress *progress)
{
    char name[NAME_SIZE];

    write_name(name, slice_id);

    const int descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (descriptor < 0)
        return;
    progress_read(descriptor, opened_at, progress);
    (void)close(descriptor);
}

bool progress_write(int descriptor, const struct progress *progress, GError **error)
{
    const ssize_t size = (ssize_t)sizeof *progress;

    return pwrite(descriptor, progress, sizeof *progress, 0) == size || fail(error, "write");
}

bool progress_is_owned(int folder, int64_t slice_id)
{
    char name[NAME_SIZE];

    write_name(name, slice_id);

    const int descriptor = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return false;

    const bool is_owned = flock(descriptor, LOCK_EX | LOCK_NB) != 0;
    (void)close(descriptor);
    return is_owned;
}

void progress_remove(int folder, int64_t slice_id)
{
    char name[NAME_SIZE];

    write_name(name, slice_id);
    (void)unlinkat(folder, name, 0);
}

bool progress_sweep(int folder, bool (*is_open)(void *context, int64_t slice_id), void *context,
                    GError **error)
{
    const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listed = copy < 0 ? NULL : fdopendir(copy);

    if (listed == NULL)
        return fail(error, "list");
    for (const struct dirent *entry = readdir(listed); entry != NULL; entry = readdir(listed)) {
        int64_t slice_id = 0;

        if (number_parse(text_of(entry->d_name), 1, INT64_MAX, &slice_id) &&
            !is_open(context, slice_id))
            progress_remove(folder, slice_id);
    }
    (void)closedir(listed);
    return true;
}
