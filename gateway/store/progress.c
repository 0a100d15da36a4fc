#include "gateway/store/progress.h"

#include "gateway/base/error.h"
#include "gateway/base/number.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
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

/* Other processes read it by pread(2): a mapping that is shared is the file's own pages. */
struct progress_page {
    _Atomic int64_t opened_at;
    _Atomic int64_t sent_through;
    _Atomic int64_t in_hand;
    _Atomic int64_t sent_count;
};
static_assert(sizeof(struct progress_page) == sizeof(struct progress), "the same four numbers");

void progress_close(struct progress_file *file)
{
    if (file->page != NULL)
        (void)munmap(file->page, sizeof *file->page);
    if (file->descriptor >= 0)
        (void)close(file->descriptor);
    *file = PROGRESS_NONE;
}

/* Written first: a mapped page without room behind it on the disk would end us with SIGBUS. */
static bool map(struct progress_file *file, const struct progress *progress, GError **error)
{
    const ssize_t size = (ssize_t)sizeof *progress;

    if (pwrite(file->descriptor, progress, sizeof *progress, 0) != size)
        return fail(error, "write");

    void *page =
        mmap(NULL, sizeof *file->page, PROT_READ | PROT_WRITE, MAP_SHARED, file->descriptor, 0);
    if (page == MAP_FAILED)
        return fail(error, "map");
    file->page = page;
    return true;
}

static bool map_or_close(struct progress_file *file, const struct progress *progress,
                         GError **error)
{
    if (map(file, progress, error))
        return true;
    progress_close(file);
    return false;
}

bool progress_make(int folder, int64_t slice_id, const struct progress *progress,
                   struct progress_file *file, GError **error)
{
    *file = (struct progress_file){open_locked(folder, slice_id), NULL};
    return file->descriptor < 0 ? fail(error, "make") : map_or_close(file, progress, error);
}

static void read_progress(int descriptor, int64_t opened_at, struct progress *progress)
{
    struct progress found;

    if (pread(descriptor, &found, sizeof found, 0) == (ssize_t)sizeof found &&
        found.opened_at == opened_at)
        *progress = found;
}

bool progress_take(int folder, int64_t slice_id, struct progress *progress,
                   struct progress_file *file, GError **error)
{
    *file = (struct progress_file){open_locked(folder, slice_id), NULL};
    if (file->descriptor < 0)
        return errno == EWOULDBLOCK || fail(error, "take over");
    read_progress(file->descriptor, progress->opened_at, progress);
    return map_or_close(file, progress, error);
}

void progress_store(const struct progress_file *file, const struct progress *progress)
{
    atomic_store(&file->page->sent_count, progress->sent_count);
    atomic_store(&file->page->sent_through, progress->sent_through);
    atomic_store(&file->page->in_hand, progress->in_hand);
}

void progress_peek(int folder, int64_t slice_id, int64_t opened_at, struct progress *progress)
{
    char name[NAME_SIZE];

    write_name(name, slice_id);

    const int descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (descriptor < 0)
        return;
    read_progress(descriptor, opened_at, progress);
    (void)close(descriptor);
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
